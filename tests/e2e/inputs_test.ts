import assert from "node:assert/strict";
import { TestDirectory } from "../../src/cli/_test_directory.ts";
import { kill } from "../../src/demo/mod.ts";
import {
  addressesOf,
  fastDryRun,
  NETWORK,
  runHere,
  startHere,
} from "./dry_run.ts";
import type { Outcome } from "./network_fixture.ts";

const DRY_RUN = ["--fast-dryrun", "-q", ...NETWORK, "-p", "80"];
const ENDED_EARLY = 1;
/** More than a pipe holds, so that all of it is taken only by a reader. */
const COMMENTS = "# nothing yet\n".repeat(20_000);

/** Addresses of 8.8.8.0/24 that a dry run with these options probes, sorted as text. */
async function probed(...args: string[]): Promise<string[]> {
  const records = await fastDryRun("-p", "80", ...args);
  return records.map((record) => record.replace(/:80$/, "")).sort();
}

/** As `probed`, with text on standard input, or with shell text that runs the program as `"$@"`. */
async function probedFrom(
  args: readonly string[],
  { input = null, script = null }: {
    readonly input?: string | null;
    readonly script?: string | null;
  },
): Promise<string[]> {
  const outcome = await runHere([...DRY_RUN, ...args], input, script);
  assert.equal(outcome.code, 0, outcome.stderr);
  const addresses: string[] = [];
  for (let at = 0; at < outcome.bytes.length; at += 6) {
    addresses.push(outcome.bytes.subarray(at, at + 4).join("."));
  }
  return addresses.sort();
}

function assertRefused(
  { code, stderr, stdout }: Outcome,
  start: string,
  reason: RegExp,
): void {
  assert.equal(code, 2, stderr);
  assert.equal(stdout, "");
  assert.ok(stderr.startsWith(`pacemap: ${start}: `), stderr);
  assert.match(stderr, reason);
  assert.match(stderr, /\n {2}\S.*\n$/, "a remedy");
}

/** All of 8.8.8.0/24 but the addresses whose last octet is in one of the pairs. */
function without(...pairs: (readonly [number, number])[]): string[] {
  return addressesOf("8.8.8.0/24").filter((address) => {
    const last = Number(address.split(".")[3]);
    return !pairs.some(([from, to]) => from <= last && last <= to);
  });
}

Deno.test("a blocklist blocks all addresses of a line, whatever its form", async () => {
  using directory = new TestDirectory();
  const block = directory.write(
    "block",
    "; a published list\n8.8.8.1 - 8.8.8.5\n8.8.8.10-8.8.8.12 # c\r\n" +
      "8.8.8.16\t8.8.8.31\t28\t3054\tSOME NAME\tUS\tabuse@host.example\n" +
      "8.8.8.32 255.255.255.240\r8.8.8.64/255.255.255.240\r8.8.8.96 / 28 ; d\n8.8.8.255",
  );
  assert.deepEqual(
    await probed("-b", block, "8.8.8.0/24"),
    without([1, 5], [10, 12], [16, 31], [32, 47], [64, 79], [96, 111], [
      255,
      255,
    ]),
  );
});

Deno.test("ranges are read from the command line, -w and -I", async () => {
  using directory = new TestDirectory();
  const allow = directory.write(
    "allow",
    "8.8.8.4 - 8.8.8.9\n8.8.8.20-8.8.8.21",
  );
  const list = directory.write(
    "list",
    "8.8.8.1-8.8.8.6\r8.8.8.21 - 8.8.8.30\r",
  );
  const range = ["8.8.8.2-8.8.8.2", "8.8.8.1 - 8.8.8.1"];
  assert.deepEqual(
    await probed("-w", allow, "-I", list, ...range),
    ["8.8.8.1", "8.8.8.2", "8.8.8.21", "8.8.8.4", "8.8.8.5", "8.8.8.6"],
  );
});

Deno.test("a line that is not wholly understood is an error with file and line", async () => {
  using directory = new TestDirectory();
  for (
    const [line, reason] of [
      ["8.8.8.9 - 8.8.8.1", /first address is above its last/],
      ["8.8.8.0 255.0.255.0", /255\.0\.255\.0 is not a netmask/],
      ["8.8.8.0 8.8.8.9", /8\.8\.8\.9 is not a netmask.*FIRST-LAST/],
      ["8.8.8.0\t8.8.8.255\t23", /is not the prefix 8\.8\.8\.0\/23/],
      ["8.8.8.0/24 office", /"office" is neither/],
      ["8.8.8.0/24; 9.9.9.9", /an address follows the ";"/],
    ] as const
  ) {
    const path = directory.write("list", `1.2.3.4\r# c\r\n${line}\n`);
    assertRefused(
      await runHere([...DRY_RUN, "-b", path, "8.8.8.0/24"]),
      `${path}:3`,
      reason,
    );
  }
  const words = ["8.8.8.9-8.8.8.1"];
  const outcome = await runHere([...DRY_RUN, ...words]);
  assertRefused(outcome, "target", /first address is above its last/);
});

Deno.test("the header of a column is no host", async () => {
  using directory = new TestDirectory();
  const results = directory.write("results", "saddr\n8.8.8.1\n8.8.8.2\n");
  const found = ["8.8.8.1", "8.8.8.2"];
  for (const option of ["-w", "-I"]) {
    const outcome = await runHere([...DRY_RUN, option, results]);
    assert.match(outcome.stderr, /results:1: "saddr" skipped as a header/);
    assert.deepEqual(await probed(option, results), found);
  }
  const columns = directory.write("columns", "saddr,sport\n8.8.8.1,80\n");
  assert.deepEqual(await probed("-I", columns), ["8.8.8.1"]);
  for (const option of ["-w", "-b"]) {
    const outcome = await runHere([...DRY_RUN, option, columns]);
    assertRefused(outcome, `${columns}:1`, /header of several columns/);
  }
  const twice = directory.write("twice", "8.8.8.1\nsaddr\n8.8.8.2\n");
  const outcome = await runHere([...DRY_RUN, "-b", twice]);
  assertRefused(outcome, `${twice}:2`, /header of a column, not a host/);
});

Deno.test("- is standard input for -w, -I, -b and -C", async () => {
  const input = "8.8.8.1 - 8.8.8.3\n8.8.8.9\n";
  const four = ["8.8.8.1", "8.8.8.2", "8.8.8.3", "8.8.8.9"];
  assert.deepEqual(await probedFrom(["-w", "-"], { input }), four);
  assert.deepEqual(await probedFrom(["-I", "-"], { input }), four);
  assert.deepEqual(
    await probedFrom(["-b", "-", "8.8.8.0/24"], { input }),
    without([1, 3], [9, 9]),
  );
  const conf = { input: "max-targets = 3\n" };
  const some = await probedFrom(["-C", "-", "8.8.8.0/24"], conf);
  assert.equal(some.length, 3);
  const outcome = await runHere([...DRY_RUN, "-w", "-"], "8.8.8.1\n1.2.3\n");
  assertRefused(outcome, "standard input:2", /must have four octets/);
  const all = [...DRY_RUN, "-b", "-", "8.8.8.8"];
  const blocked = await runHere(all, "8.0.0.0-8.255.255.255\n");
  assertRefused(
    blocked,
    "standard input",
    /covers the only target, 8\.8\.8\.8/,
  );
  const none = await runHere([...DRY_RUN, "-I", "-"], "# none\n");
  assertRefused(none, "standard input", /No address in this/);
});

Deno.test("lists come from descriptors by any of their names", async () => {
  using directory = new TestDirectory();
  const list = directory.write("list", "8.8.8.1\n8.8.8.2\n");
  const block = directory.write("block", "8.8.8.2\n");
  const script = `shift; exec "$@" < ${list} 7< ${block}`;
  for (
    const [allow, deny] of [
      ["/dev/stdin", "/dev/fd/7"],
      ["/dev/fd/0", "/proc/self/fd/7"],
    ] as const
  ) {
    const args = ["-w", allow, "-b", deny];
    assert.deepEqual(await probedFrom(args, { script }), ["8.8.8.1"]);
  }
  const outcome = await runHere([...DRY_RUN, "-w", "/dev/fd/77"]);
  assertRefused(outcome, "--allowlist-file", /bad file descriptor/);
});

Deno.test("a long list comes whole through a pipe", async () => {
  const lines = Array.from(
    { length: 300_000 },
    (_, i) => `8.${i >> 16}.${(i >> 8) & 255}.${i & 255}`,
  );
  const input = `${lines.join("\r\n")}\r\n`;
  const found = await probedFrom(["-r", "0", "-I", "-"], { input });
  assert.deepEqual(found, lines.toSorted());
});

Deno.test("two options that read standard input are an error before anything is read", async () => {
  for (
    const [option, ...args] of [
      ["--list-of-ips-file", "-w", "-", "-I", "-"],
      ["--blocklist-file", "-w", "/dev/stdin", "-b", "-", "8.8.8.8"],
    ]
  ) {
    // Nothing is ever written, and the pipe stays open.
    const child = startHere([...DRY_RUN, ...args], { stdin: "piped" });
    const { code, stderr } = await outcomeOf(child);
    await child.stdin.close();
    assert.equal(code, 2, stderr);
    assert.ok(stderr.startsWith(`pacemap: ${option}: `), stderr);
    assert.match(stderr, /which --allowlist-file reads too/);
  }
  const twice = await runHere([...DRY_RUN, "-C", "-", "-w", "-"], "quiet\n");
  assertRefused(twice, "--allowlist-file", /which --config reads too/);
  const filter = await runHere(["blocklist", "-b", "-"], "8.8.8.8\n");
  assertRefused(filter, "--blocklist-file", /which the filter reads too/);
});

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  Deno.test(`the first ${signal} ends the waiting for a list`, async () => {
    const args = ["--dryrun", ...NETWORK, "-p", "80", "-w", "-"];
    const child = startHere(args, { stdin: "piped" });
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(COMMENTS));
    assert.ok(kill(child, signal));
    const { code, stderr, stdout } = await outcomeOf(child);
    assert.equal(code, ENDED_EARLY, stderr);
    assert.equal(stdout, "");
    assert.match(stderr, new RegExp(`No packet sent: stopped by ${signal}`));
    await writer.close().catch(() => {});
  });
}

Deno.test("the first signal ends the waiting for a pipe that nobody writes to", async () => {
  using directory = new TestDirectory();
  const pipe = `${directory.path}/pipe`;
  // The program is the reader that the shell waits for; the shell's end stays open and silent.
  const script = `shift; mkfifo ${pipe}; "$@" & exec 7> ${pipe}; echo open; ` +
    "kill -TERM $!; wait $!; echo code $?";
  const args = [...DRY_RUN, "-w", pipe];
  const { stderr, stdout } = await runHere(args, null, script);
  assert.equal(stdout, `open\ncode ${ENDED_EARLY}\n`, stderr);
  assert.match(stderr, /No packet sent: stopped by SIGTERM/);
});

async function outcomeOf(
  child: Deno.ChildProcess,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const [stdout, stderr, { code }] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.status,
  ]);
  return { code, stdout, stderr };
}

Deno.test("an error that ends the program is in the log file too, behind what is there", async () => {
  using directory = new TestDirectory();
  const log = directory.write("log", "an older log\n");
  const runs = [
    ["-r", "ten", "-l", log, "8.8.8.8"],
    ["-l", log, "8.8.8.8:443"],
  ];
  for (const args of runs) {
    assert.equal((await runHere([...DRY_RUN, ...args])).code, 2);
  }
  const lines = (await Deno.readTextFile(log)).trimEnd().split("\n");
  assert.equal(lines[0], "an older log");
  assert.match(lines[1]!, /\[FATAL\] cli: --rate: Cannot parse "ten"/);
  assert.match(lines[2]!, /\[FATAL\] cli: target: .*"8\.8\.8\.8:443".*-p 443/);
  assert.equal(lines.length, 3);
});
