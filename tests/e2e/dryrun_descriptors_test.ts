import assert from "node:assert/strict";
import { TestDirectory } from "../../src/cli/_test_directory.ts";
import { NETWORK, runHere, startHere } from "./dry_run.ts";
import { until } from "./until.ts";

const DRY = ["-d", "-p", "80", "-f", "saddr", ...NETWORK, "8.8.8.0/30"];
const PACKETS = /(?:tcp [^-]*-{54}\n){4}/;
const ENDED_EARLY = 1;
const BAD_INPUT = 2;

Deno.test("outputs go to descriptors by whatever name, each row whole", async () => {
  using directory = new TestDirectory();
  const { path } = directory;
  const shared = await runHere([
    ...[...DRY, "-o", "-", "-m", "/dev/stdout", "-u", "/dev/fd/1"],
  ]);
  assert.equal(shared.code, 0, shared.stderr);
  const rest = shared.stdout.replace(PACKETS, "").trimEnd().split("\n");
  assert.equal(rest[0], "saddr");
  assert.match(rest[1]!, /^real-time,/);
  assert.equal(rest.length, 5, shared.stdout);
  assert.equal(JSON.parse(rest[4]!).exit_reason, "completed");

  const apart = await runHere(
    [
      ...[...DRY, "-o", "/dev/fd/3", "-m", "/proc/self/fd/4"],
      ...["-u", "/dev/stderr", "-l", "-"],
    ],
    null,
    `shift; "$@" 3>${path}/found 4>${path}/metadata`,
  );
  assert.equal(apart.code, 0, apart.stderr);
  assert.equal(Deno.readTextFileSync(`${path}/found`), "saddr\n");
  const metadata = JSON.parse(Deno.readTextFileSync(`${path}/metadata`));
  assert.equal(metadata.packets_sent, 4);
  assert.match(apart.stderr, /^real-time,.*\n\d{4}-/m);
  assert.match(apart.stdout, /\[INFO\] scan: Nothing is sent/);
});

Deno.test("results of two formats in one descriptor, and descriptors that are not open, are bad input", async () => {
  for (
    const [args, error] of [
      [
        ["-o", "/dev/stdout", "-o", "-"],
        /--output-file: More than one output would go to standard output/,
      ],
      [
        ["-o", "/dev/fd/3", "-o", "/proc/self/fd/3"],
        /--output-file: More than one output would go to "\/proc\/self\/fd\/3"/,
      ],
      [
        ["-u", "/dev/fd/63"],
        /--status-updates-file: Cannot open "\/dev\/fd\/63" for writing: bad file/,
      ],
      [
        ["-l", "/dev/fd/63"],
        /--log-file: Cannot open "\/dev\/fd\/63" for writing: bad file/,
      ],
    ] as const
  ) {
    const { code, stderr, stdout } = await runHere([...DRY, ...args]);
    assert.equal(code, BAD_INPUT, stderr);
    assert.match(stderr, error);
    assert.equal(stdout, "");
  }
});

Deno.test("text that standard output or standard error does not take leaves the exit code", async () => {
  const full = await runHere(["--help"], null, 'shift; "$@" >/dev/full');
  assert.equal(full.code, ENDED_EARLY);
  assert.match(full.stderr, /^pacemap: Cannot write standard output: No space/);
  const bad = await runHere(["--bogus"], null, 'shift; "$@" 2>/dev/full');
  assert.equal(bad.code, BAD_INPUT);
  const packets = await runHere(DRY, null, 'shift; "$@" >/dev/full');
  assert.equal(packets.code, ENDED_EARLY);
  assert.match(packets.stderr, /Cannot write standard output: no space left/);
});

Deno.test("SIGTERM ends a dry run that nobody reads", async () => {
  using directory = new TestDirectory();
  const { path } = directory;
  // Descriptor 9 keeps the pipe open, and nobody reads from it.
  const script = `shift; mkfifo ${path}/pipe; exec 9<>${path}/pipe
    "$@" >${path}/pipe 9<&- & echo $! >${path}/pid; wait $!`;
  const child = startHere([...DRY, "9.0.0.0/16", "-u", `${path}/status`], {
    script,
  });
  const [stderr, stdout] = [child.stderr, child.stdout]
    .map((stream) => new Response(stream).text());
  // The third row is more than a second behind the first: whatever fits is in the pipe.
  await until(
    child,
    () => Deno.readTextFileSync(`${path}/status`).split("\n").length > 4,
  );
  const pid = Deno.readTextFileSync(`${path}/pid`).trim();
  const end = await runHere([], null, `kill -TERM ${pid}`);
  assert.equal(end.code, 0, end.stderr);
  const { code } = await child.status;
  assert.equal(code, ENDED_EARLY, await stderr);
  assert.match(await stderr!, /Ended early: stopped by SIGTERM/);
  await stdout;
});
