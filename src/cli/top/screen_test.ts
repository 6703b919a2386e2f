import assert from "node:assert/strict";
import { viewAt } from "../../report/_test_scan.ts";
import { plainLine, screenLines } from "./screen.ts";

Deno.test("screenLines() fits every terminal, and says the same on all", () => {
  for (const columns of [40, 80, 120, 200]) {
    for (const rows of [10, 24, 50]) {
      for (const isUtf8 of [true, false]) {
        const lines = screenLines(viewAt(100), { columns, rows, isUtf8 });
        assert.ok(lines.length < rows, `${lines.length} lines of ${rows}`);
        for (const line of lines) {
          assert.ok(line.length < columns, `${line.length} of ${columns}`);
        }
        assert.match(lines[1]!, /^Sending: 0\.28%, 1:40 passed/);
        assert.ok(
          lines.some((line) => line.startsWith("Found    found 134,7")),
        );
      }
    }
  }
});

Deno.test("screenLines() has the log in the room that is left", () => {
  const space = { columns: 120, rows: 40, isUtf8: true };
  assert.match(
    screenLines(viewAt(100), space).at(-1)!,
    /^09:56:41 2\.1% of the packets/,
  );
});

Deno.test("plainLine() is one line", () => {
  const line = plainLine(viewAt(36_000));
  assert.match(line, /^Done completed after 10:00:00; sent 3,702,258,432 at /);
  assert.ok(!line.includes("\n"));
});
