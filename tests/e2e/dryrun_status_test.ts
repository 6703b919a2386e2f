import assert from "node:assert/strict";
import { TestDirectory } from "../../src/cli/_test_directory.ts";
import { NETWORK, runHere } from "./dry_run.ts";
import { rowsOf } from "./network_fixture.ts";

const SCAN = [
  ...[...NETWORK, "-b", "/dev/null", "-p", "80", "-r", "1000", "8.0.0.0/16"],
];
const STATUS_LINE =
  /^ +\d:\d\d \d+%; send: \d+ (?:\S+ K?p\/s|done) \(\S+ K?p\/s avg\); recv: 0 0 p\/s \(0 p\/s avg\); drops: 0 p\/s \(0 p\/s avg\); hitrate: 0\.00%; lost: 0; path loss: not enough data$/;

function sentOf(rows: readonly string[]): number[] {
  return rows.map((row) => Number(row.split(",")[6]));
}

Deno.test("fast dry run shows a status line at the start, each second and at the end", async () => {
  const { stderr } = await runHere([
    "--fast-dryrun",
    "-v",
    "2",
    "-n",
    "2500",
    ...SCAN,
  ]);
  const lines = stderr.trimEnd().split("\n");
  for (const line of lines) assert.match(line, STATUS_LINE);
  const times = lines.map((line) => line.slice(0, 5));
  assert.deepEqual(times.slice(0, 3), [" 0:00", " 0:01", " 0:02"]);
  assert.ok(lines.length >= 4, stderr);
  assert.match(lines.at(-1)!, / 100%; send: 2500 done /);
});

Deno.test("dry runs write the status file, with -q too", async () => {
  using directory = new TestDirectory();
  for (const kind of ["-d", "--fast-dryrun"]) {
    const path = `${directory.path}/status.csv`;
    const { code, stderr } = await runHere([
      kind,
      "-q",
      "-u",
      path,
      "-n",
      "2500",
      ...SCAN,
    ]);
    assert.equal(code, 0, stderr);
    const sent = sentOf(rowsOf(Deno.readTextFileSync(path)));
    assert.ok(sent.length >= 3, kind);
    assert.ok(sent[0]! < 2500, `${sent[0]} at once`);
    assert.deepEqual(sent, sent.toSorted((a, b) => a - b));
    assert.equal(sent.at(-1), 2500);
    assert.doesNotMatch(stderr, /hitrate/);
  }
});

Deno.test("dry run as text shows no status lines", async () => {
  const { stderr } = await runHere(["-d", "-v", "2", "-n", "10", ...SCAN]);
  assert.equal(stderr, "");
});

Deno.test("dry runs refuse a status file that cannot be written", async () => {
  for (const path of ["/nowhere/status", "/tmp"]) {
    for (const kind of ["-d", "--fast-dryrun"]) {
      const outcome = await runHere([kind, "-u", path, ...SCAN]);
      assert.equal(outcome.code, 2, outcome.stderr);
      assert.match(outcome.stderr, /^pacemap: --status-updates-file: /);
      assert.equal(outcome.bytes.length, 0);
    }
  }
});
