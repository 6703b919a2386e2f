import assert from "node:assert/strict";
import { aliasRows } from "./alias_rows.ts";

Deno.test("aliasRows() tells what was found and what is not known", () => {
  const none = {
    ...{ tested: 0, aliased: 0, undecided: 0 },
    ...{ unfit: 0, unheld: 0, dropped: 0 },
  };
  assert.deepEqual(aliasRows(null, 0), []);
  assert.deepEqual(aliasRows(none, 0).map((line) => line.trim()), [
    "aliased prefixes                             0  of 0 tested with 0 probes",
  ]);
  const lines = aliasRows({
    ...{ tested: 1024, aliased: 3, undecided: 2 },
    ...{ unfit: 7, unheld: 5, dropped: 11 },
  }, 16_384);
  assert.match(
    lines[0]!,
    /3 {2}of 1,024 tested with 16,384 probes; 2 undecided$/,
  );
  assert.match(lines[1]!, / 11 {2}left out: --aliased drop$/);
  assert.match(lines[2]!, /untested prefixes.* 7 /);
  assert.match(lines[3]!, / 5 {2}written before/);
});
