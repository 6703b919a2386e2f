import assert from "node:assert/strict";
import { TestDirectory } from "../../src/cli/_test_directory.ts";
import { Host, TEST_REQUIREMENTS, TMUX } from "../../src/demo/mod.ts";
import { findSkipReason, testUnless } from "./skip.ts";
import { Tmux } from "./tmux.ts";

const SKIP_REASON = await findSkipReason([...TEST_REQUIREMENTS, TMUX]);
const HEAD =
  "real-time,time-elapsed,percent-complete,hit-rate,sent-total,sent-last-one-sec,recv-success-total\n";

testUnless(
  SKIP_REASON,
  "top follows a status file in a terminal of any width until q",
  async () => {
    await using host = await Host.create();
    using directory = new TestDirectory();
    for (const columns of [40, 200]) {
      const path = directory.write("status.csv", `${HEAD}x,1,10,50,10,10,5\n`);
      await using tmux = await Tmux.open(host, {
        columns,
        rows: 24,
        directory: directory.path,
        script: `pacemap top ${path}; echo "code $?"`,
      });
      await tmux.until(/^Found {4}found 5 \(50\.0%\)/);
      await Deno.writeTextFile(path, "x,2,20,50,20,10,10\n", { append: true });
      const lines = await tmux.until(/^Found {4}found 10 \(50\.0%\)/);
      assert.match(lines[2]!, /^\[#+-+\]$/);
      assert.equal(lines[2]!.length, columns - 1);
      await tmux.press("q");
      const left = await tmux.until(/^code 0$/);
      // The last figures stay.
      assert.ok(left.some((line) => line.startsWith("Found    found 10")));
    }
  },
);
