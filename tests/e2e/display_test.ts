import assert from "node:assert/strict";
import { TestDirectory } from "../../src/cli/_test_directory.ts";
import { Network, TEST_REQUIREMENTS, TMUX } from "../../src/demo/mod.ts";
import { findSkipReason, testUnless } from "./skip.ts";
import { Tmux } from "./tmux.ts";

const SKIP_REASON = await findSkipReason([...TEST_REQUIREMENTS, TMUX]);
const ROWS = 24;
/** What the display shows once all hosts have answered, by the width of the terminal. */
const FINAL_LINES: Readonly<Record<number, readonly RegExp[]>> = {
  40: [
    /^(\[#{8,}\] )?100% {2}\d:\d\d, done$/,
    /^sent 1,024(, \S+ K?p\/s)? {2}found 1,024( \(100\.00%\))?$/,
    /^lost: 0 {2}path loss: (not enough data|\?)$/,
  ],
  80: [
    /^\[#{50,60}\] 100% {2}\d:\d\d, done$/,
    /^sent 1,024, \S+ K?p\/s on average {2}found 1,024 \(100\.00%\) at \d+ p\/s$/,
    /^lost: 0 {2}path loss: not enough data$/,
  ],
  120: [
    /^\[█{60}\] 100% {2}\d:\d\d, done$/,
    /^sent 1,024, \S+ K?p\/s on average {2}found 1,024 \(100\.00%\) at \d+ p\/s$/,
    /^lost: 0 {2}path loss: not enough data$/,
  ],
  200: [
    /^\[#{60}\] 100% {2}\d:\d\d, done$/,
    /^sent 1,024, \S+ K?p\/s on average {2}found 1,024 \(100\.00%\) at \d+ p\/s {2}lost: 0 {2}path loss: not enough data$/,
  ],
};

testUnless(
  SKIP_REASON,
  "the status display is rewritten in place below log and rows, at any width",
  async () => {
    await using network = await Network.create();
    for (const [columns, patterns] of Object.entries(FINAL_LINES)) {
      using directory = new TestDirectory();
      await using tmux = await Tmux.open(network.scanner, {
        columns: Number(columns),
        rows: ROWS,
        directory: directory.path,
        environment: columns === "120" ? ["LANG=C.UTF-8"] : [],
        script: "pacemap -M icmp_echoscan -b /dev/null -r 500 -c 1 -v 2 " +
          '--loss-sample 0 --no-checkpoint 198.18.0.0/22; echo "code $?"',
      });
      const early = await tmux.until(/found [1-9]/);
      assertWhole(early, patterns.length);
      const lines = await tmux.until(/^code 0$/);
      const end = lines.indexOf("Scan complete");
      // In narrow terminals the summary takes more rows than there are.
      if (end < 0) continue;
      const display = lines.slice(end - patterns.length, end);
      for (const [i, line] of display.entries()) {
        assert.match(line, patterns[i]!, `${columns}: ${lines.join("\n")}`);
      }
    }
  },
);

testUnless(
  SKIP_REASON,
  "the status display follows a terminal that is resized, and a dumb one gets lines",
  async () => {
    await using network = await Network.create();
    using directory = new TestDirectory();
    const scan = "pacemap -M icmp_echoscan -b /dev/null -r 300 -c 1 -v 2 " +
      "-o /dev/null --loss-sample 0 --no-checkpoint 198.18.0.0/21";
    {
      await using tmux = await Tmux.open(network.scanner, {
        ...{ columns: 120, rows: ROWS, directory: directory.path },
        script: scan,
      });
      assertWhole(await tmux.until(/found [1-9]/), 3);
      await tmux.resize(50, ROWS);
      await tmux.until(/^\[#+-+\] .{1,40}$/);
      const lines = await tmux.until(/^sent [\d,]+ at .{1,40}$/);
      assertWhole(lines, 3);
      assert.ok(lines.every((line) => line.length < 50), lines.join("\n"));
    }
    await using dumb = await Tmux.open(network.scanner, {
      ...{ columns: 250, rows: ROWS, directory: directory.path },
      environment: ["TERM=dumb"],
      script: `${scan.replace("/21", "/23")} 2>&1 | cat -v; ${
        scan.replace("/21", "/23")
      }; echo end`,
    });
    await dumb.until(/^end$/);
    const lines = await dumb.lines(["-S", "-"]);
    const starts = lines.filter((line) => /^ 0:00 \d+%; send: /.test(line));
    assert.equal(starts.length, 2, lines.join("\n"));
  },
);

/** All lines but the last ones, which are the display, are rows of the scan. */
function assertWhole(lines: readonly string[], displayed: number): void {
  const rows = lines.slice(0, -displayed);
  for (const row of rows) {
    assert.match(row, /^(198\.18\.\d+\.\d+|saddr)?$/, lines.join("\n"));
  }
}
