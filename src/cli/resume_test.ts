import assert from "node:assert/strict";
import { completeLibc } from "../../ffi/libc.ts";
import { ConfigError } from "../base/mod.ts";
import { readCheckpoint } from "../checkpoint/mod.ts";
import { leaveCheckpoint, SIGNALS } from "./_test_checkpoint.ts";
import { TestDirectory } from "./_test_directory.ts";
import { errorOf, make } from "./_test_scan_config.ts";
import { isLeftToDo, newestCheckpoint, runResumeCommand } from "./resume.ts";
import { statusOf, statusText } from "./status.ts";

// It stays open as long as the thread lives, which Deno 2.6 takes for a leak of the test that opens it.
completeLibc();

/** Why a scan cannot be resumed so; its checkpoint stays as it is. */
async function refusal(path: string, ...args: string[]): Promise<string> {
  const before = await Deno.readFile(path);
  try {
    await runResumeCommand([path, "--no-config", ...args], SIGNALS);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    assert.deepEqual(await Deno.readFile(path), before);
    return `${error.option}: ${error.message}`;
  }
  throw new Error("Not refused");
}

Deno.test("resume refuses a scan that would be another one, and names the option", async () => {
  using directory = new TestDirectory();
  const allowlist = directory.write("allow", "8.8.8.0/24\n9.9.9.0/24\n");
  const blocklist = directory.write("block", "8.8.8.8\n");
  const path = await leaveCheckpoint([
    ...["-p", "80,443", "-o", `${directory.path}/found.csv`],
    ...["-w", allowlist, "-b", blocklist],
  ]);
  const differs = "Differs from the scan of checkpoint";
  const cases: [string[], string][] = [
    [["-p", "80"], `--target-ports: ${differs}`],
    [["-p", "443,80"], `--target-ports: ${differs}`],
    [["--seed", "5"], `--seed: ${differs}`],
    [["--seed", "5", "--shards", "2", "--shard", "1"], `--seed: ${differs}`],
    [["-n", "10"], `--max-targets: ${differs}`],
    [["-M", "udp", "--probe-args", "text:a"], `--probe-module: ${differs}`],
    [["-P", "2"], `--probes: ${differs}`],
    [["-f", "saddr,ttl"], `--output-fields: ${differs}`],
    [["-O", "json"], `--output-module: ${differs}`],
    [["-o", `${directory.path}/other`], `--output-file: ${differs}`],
    [
      ["-b", directory.write("other", "8.8.8.9\n")],
      `--blocklist-file: ${differs}`,
    ],
    [["--dryrun"], "--dryrun: Cannot be given when a scan goes on"],
    [["--rate", "x"], "--rate: "],
    [["-t", "59"], "--max-runtime: 59 s of sending are over"],
    [["-N", "17"], "--max-results: Earlier runs have written 17 results"],
    [["8.8.8.8"], "FILE: More than one"],
  ];
  for (const [args, expected] of cases) {
    const found = await refusal(path, ...args);
    assert.ok(found.startsWith(expected), `${args.join(" ")}: ${found}`);
  }
  assert.match(await refusal(path, "-p", "80"), /: 80,443 there, 80 now$/);
  directory.write("block", "# order and comments\n8.8.8.8/32\n\n9.9.9.9\n");
  assert.match(await refusal(path), /^--blocklist-file: Differs/);
});

Deno.test("resume refuses a complete scan, and a directory without any", async () => {
  using directory = new TestDirectory();
  const args = ["-p", "80", "8.8.8.0/24", "-o", `${directory.path}/found.csv`];
  const path = await leaveCheckpoint(args, "done");
  assert.match(await refusal(path), /The scan is complete/);
  const newest = (): Promise<string> =>
    newestCheckpoint(directory.path, isLeftToDo);
  const all = /scans of all checkpoints in this directory are complete/;
  await assert.rejects(newest(), all);
  const [other, last] = ["b", "a"].map((name) => `${directory.path}/${name}`);
  await leaveCheckpoint([...args.slice(0, 4), `${other}`]);
  await leaveCheckpoint([...args.slice(0, 4), `${last}`], "done");
  for (const [seconds, name] of [[1, other], [2, last]] as const) {
    await Deno.utime(`${name}.pacemap`, seconds, seconds);
  }
  assert.equal(await newest(), `${other}.pacemap`);
  Deno.mkdirSync(`${directory.path}/empty`);
  await assert.rejects(
    newestCheckpoint(`${directory.path}/empty`),
    /No checkpoint is in this directory/,
  );
});

Deno.test("chooseCheckpoint() keeps one beside the first output that is a file", async () => {
  using directory = new TestDirectory();
  const scan = ["-p", "80", "8.8.8.0/24"];
  const pathOf = async (...args: string[]): Promise<string | undefined> =>
    (await make(...scan, ...args)).config.checkpoint?.path;
  const file = `${directory.path}/found`;
  assert.equal(await pathOf(), undefined);
  assert.equal(await pathOf("-o", "/dev/null"), undefined);
  assert.equal(await pathOf("-o", file), `${file}.pacemap`);
  assert.equal(
    await pathOf("-o", "-", "-O", "csv", "-O", "json", "-o", file),
    `${file}.pacemap`,
  );
  assert.equal(await pathOf("--checkpoint", `${file}.c`), `${file}.c`);
  assert.equal(await pathOf("-o", file, "--no-checkpoint"), undefined);
  assert.equal(await pathOf("-o", file, "--dryrun"), undefined);
  const both = await errorOf(...scan, "--checkpoint", file, "--no-checkpoint");
  assert.equal(both.option, "--no-checkpoint");
  assert.deepEqual(directory.names(), []);
});

Deno.test("chooseCheckpoint() takes lists for the same in any order and with any comments", async () => {
  using directory = new TestDirectory();
  const parts = async (list: string): Promise<unknown> => {
    const path = directory.write("list", list);
    const { config } = await make("-p", "80", "--seed", "1", "-I", path, ...[
      ...["-o", `${directory.path}/found`],
    ]);
    return config.checkpoint!.job.parts.map(({ digest }) => digest);
  };
  const once = await parts("8.8.8.8\n9.9.9.9\n");
  assert.deepEqual(await parts("9.9.9.9 # a comment\n8.8.8.8\n"), once);
  assert.notDeepEqual(await parts("9.9.9.9\n8.8.8.9\n"), once);
});

Deno.test("statusText() tells how far a scan is, with nothing in it that a terminal obeys", async () => {
  using directory = new TestDirectory();
  const args = ["-p", "80", "8.8.8.0/24", "-o", `${directory.path}/a\x1b[2J`];
  const path = await leaveCheckpoint(args);
  const content = await readCheckpoint(path);
  const status = statusOf(path, content);
  assert.equal(status.probesPlanned, 256);
  assert.equal(status.probesSettled, 100);
  assert.equal(status.repairsLeft, 2);
  const text = statusText(path, content);
  assert.match(text, /^Settled: 100 of 256 probes \(39\.1%\)$/m);
  assert.match(text, /^State: ended: killed, or the machine stopped; begun /m);
  assert.match(text, /^Output: found\.csv \(csv\), 204 bytes$/m);
  assert.ok(!text.includes("\x1b"));
  const seen = { ...content, isInUse: true };
  const nowMs = Date.parse(content.state.writtenAt) + 20_500;
  assert.equal(statusOf(path, seen, nowMs).secondsLeft, 70);
  const running = statusText(path, seen, nowMs);
  assert.match(running, /^State: running \(sending\); /m);
  assert.match(running, /probes \(39\.1%\), 1m10s left$/m);
});
