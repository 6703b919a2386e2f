import assert from "node:assert/strict";
import { TestDirectory } from "../../src/cli/_test_directory.ts";
import { addressesOf, runHere } from "./dry_run.ts";

async function lines(
  args: readonly string[],
  input: string | null = null,
): Promise<string[]> {
  const { code, stderr, stdout } = await runHere(args, input);
  assert.equal(code, 0, stderr);
  return stdout.split("\n").slice(0, -1);
}

Deno.test("blocklist keeps what is allowed and not blocked", async () => {
  using directory = new TestDirectory();
  const block = directory.write("block", "10.0.0.0/8 # private\n8.8.8.8\n");
  const allow = directory.write("allow", "8.8.8.0/24\n9.0.0.0/8\n");
  const input = "10.1.2.3\n8.8.8.8\n8.8.8.9\n9.9.9.9\n1.1.1.1\n0.0.0.0\n";
  const filter = (...args: string[]): Promise<string[]> =>
    lines(["blocklist", ...args], input);
  assert.deepEqual(await filter("-b", block), [
    "8.8.8.9",
    "9.9.9.9",
    "1.1.1.1",
  ]);
  assert.deepEqual(await filter("-w", allow), [
    "8.8.8.8",
    "8.8.8.9",
    "9.9.9.9",
  ]);
  assert.deepEqual(await filter("-w", allow, "-b", block), [
    "8.8.8.9",
    "9.9.9.9",
  ]);
});

Deno.test("blocklist prints each address once, unless told not to", async () => {
  using directory = new TestDirectory();
  const block = directory.write("block", "10.0.0.0/8\n");
  const once = ["1.1.1.1", "8.8.8.8", "9.9.9.9"];
  const input = `${[...once, ...once, ...once, ...once, ...once].join("\n")}\n`;
  assert.deepEqual(await lines(["blocklist", "-b", block], input), once);
  const all = ["blocklist", "-b", block, "--no-duplicate-checking"];
  assert.equal((await lines(all, input)).length, 15);
});

Deno.test("blocklist keeps what follows an address", async () => {
  using directory = new TestDirectory();
  const block = directory.write("block", "10.0.0.0/8\n");
  const kept = [
    "1.1.1.1 a",
    "1.1.1.2\tb",
    "1.1.1.3,c",
    "1.1.1.4#d",
    "1.1.1.5 # e",
  ];
  const gone = ["10.0.0.1 a", "10.0.0.2,c", "10.0.0.3#d"];
  const input = [...kept, ...gone].join("\n");
  const { stdout } = await runHere(["blocklist", "-b", block], `${input}\n`);
  assert.equal(stdout, `${kept.join("\n")}\n`);
  const last = await runHere(["blocklist", "-b", block], "1.1.1.1");
  assert.equal(last.stdout, "1.1.1.1");
});

Deno.test("blocklist prints prefixes and ranges of which nothing is blocked", async () => {
  using directory = new TestDirectory();
  const list = "10.0.0.0 - 10.255.255.255\n192.0.2.0 255.255.255.0\n";
  const block = directory.write("block", list);
  const kept = ["9.0.0.0-9.0.0.9", "9.0.0.0 - 9.0.0.9 a", "11.0.0.0/8"];
  const gone = ["10.0.0.0/8", "10.0.0.1 - 10.0.0.9", "192.0.2.7/30"];
  const part = ["9.9.9.9 - 10.0.0.0", "8.0.0.0/6", "192.0.0.0 255.255.0.0"];
  const input = [...kept, ...gone, ...part].join("\n");
  const { stderr, stdout } = await runHere(["blocklist", "-b", block], input);
  assert.deepEqual(stdout.trimEnd().split("\n"), kept);
  const left = [...stderr.matchAll(/Left out, since a part is blocked: (.*)/g)];
  assert.deepEqual(left.map(([, line]) => line), part);
});

Deno.test("blocklist knows lists and lines of both families", async () => {
  using directory = new TestDirectory();
  const block = directory.write(
    "block",
    "10.0.0.0/8\n2001:db8::/32 # documentation\nfe80::1\n2a00::5\n",
  );
  const kept = [
    "2A00:0:0::1 a",
    "1.1.1.1",
    "2a00::7,80",
    "2001:db9::/32",
    "fe80::2%eth0",
    "fe80::2%eth1",
  ];
  const gone = [
    ...["10.0.0.1", "2001:DB8::1", "2001:db8::1.2.3.4", "2001:db8:1::/48"],
    ...["fe80::1%eth0", "2a00::1", "2a00:0::7", "fe80::2%eth0 again", "::"],
  ];
  const part = ["2a00::4-2a00::6", "2001:db8::/31"];
  const input = [...kept, ...gone, ...part].join("\n");
  const { stderr, stdout } = await runHere(["blocklist", "-b", block], input);
  assert.deepEqual(stdout.trimEnd().split("\n"), kept);
  const left = [...stderr.matchAll(/Left out, since a part is blocked: (.*)/g)];
  assert.deepEqual(left.map(([, line]) => line), part);
  const allow = directory.write("allow", "2a00::/64\n1.1.1.0/24\n");
  const only = ["blocklist", "-w", allow, "-b", block];
  const { stdout: allowed } = await runHere(only, input);
  assert.deepEqual(allowed.trimEnd().split("\n"), kept.slice(0, 3));
});

Deno.test("blocklist filters lines that end with CR alone", async () => {
  using directory = new TestDirectory();
  const block = directory.write("block", "10.0.0.0/8\r1.1.1.1\r");
  const input = "9.9.9.9\r10.0.0.1\r1.1.1.1\r8.8.8.8\r";
  const { stdout } = await runHere(["blocklist", "-b", block], input);
  assert.equal(stdout, "9.9.9.9\r8.8.8.8\r");
});

Deno.test("iterate prints ranges, and reads lists from standard input", async () => {
  const range = await lines(["iterate", "10.0.0.254-10.0.1.1"]);
  assert.deepEqual(range.sort(), [
    ...["10.0.0.254", "10.0.0.255", "10.0.1.0", "10.0.1.1"],
  ]);
  const input = "saddr\n10.0.0.1 - 10.0.0.3\n";
  const listed = await lines(["iterate", "-w", "-"], input);
  assert.deepEqual(listed.sort(), ["10.0.0.1", "10.0.0.2", "10.0.0.3"]);
  const blocked = ["iterate", "-b", "-", "10.0.0.0/30"];
  assert.deepEqual(await lines(blocked, input), ["10.0.0.0"]);
});

Deno.test("blocklist prints lines without an address, unless told not to", async () => {
  using directory = new TestDirectory();
  const block = directory.write("block", "10.0.0.0/8\n");
  const input = "# comment\n\n 1.1.1.1\nhost.example\n300.1.1.1\n8.8.8.8\n";
  const kept = await runHere(["blocklist", "-b", block], input);
  assert.equal(kept.stdout, input);
  assert.equal(kept.stderr.match(/Not an address/g)?.length, 5);
  const strict = ["blocklist", "-b", block, "--ignore-input-errors", "-v", "0"];
  const { stderr, stdout } = await runHere(strict, input);
  assert.deepEqual([stdout, stderr], ["8.8.8.8\n", ""]);
});

Deno.test("blocklist refuses to run without a list it can read", async () => {
  using directory = new TestDirectory();
  for (
    const args of [
      [],
      ["-b", `${directory.path}/missing`],
      ["-b", directory.write("bad", "1.2.3\n")],
      ["-b", "/dev/null", "file"],
    ]
  ) {
    const { code, stdout } = await runHere(["blocklist", ...args], "1.1.1.1\n");
    assert.deepEqual([code, stdout], [2, ""], args.join(" "));
  }
  // Without the line, more would pass.
  const lenient = ["-b", `${directory.path}/bad`, "--ignore-blocklist-errors"];
  const { code, stderr } = await runHere(
    ["blocklist", ...lenient],
    "1.1.1.1\n",
  );
  assert.equal(code, 2);
  assert.match(stderr, /bad:1: Cannot parse IPv4 address "1\.2\.3"/);
  const behind = directory.write("behind", "1.1.1.1 office\n");
  assert.deepEqual(
    await lines(
      ["blocklist", "-b", behind, "--ignore-blocklist-errors"],
      "1.1.1.1\n1.1.1.2\n",
    ),
    ["1.1.1.2"],
  );
});

Deno.test("iterate prints each target once, in the order that the seed names", async () => {
  const once = await lines(["iterate", "192.0.2.0/24", "-e", "5"]);
  assert.deepEqual(once.toSorted(), addressesOf("192.0.2.0/24"));
  assert.deepEqual(await lines(["iterate", "192.0.2.0/24", "-e", "5"]), once);
  const pairs = await lines(["iterate", "-p", "0,80-81", "192.0.2.0/30"]);
  assert.deepEqual(
    pairs.sort(),
    addressesOf("192.0.2.0/30").flatMap((address) =>
      [0, 80, 81].map((port) => `${address},${port}`)
    ).sort(),
  );
  const few = await lines(["iterate", "-n", "10", "-e", "5", "192.0.2.0/24"]);
  assert.deepEqual(few, once.slice(0, 10));
});

Deno.test("iterate prints IPv6 targets in the order of a scan", async () => {
  const targets = ["-6", "-e", "5", "--v6-window", "64", "2001:db8::/56"];
  const printed = await lines(["iterate", ...targets]);
  const wanted = Array.from(
    { length: 256 },
    (_, i) => i === 0 ? "2001:db8::1" : `2001:db8:0:${i.toString(16)}::1`,
  );
  assert.deepEqual(printed.toSorted(), wanted.toSorted());
  const { stdout } = await runHere([
    ...["-d", "-p", "80", "-b", "/dev/null", "-X", "-S", "::1", ...targets],
  ]);
  const scanned = [...stdout.matchAll(/ daddr: (\S+) /g)].map((one) => one[1]);
  assert.deepEqual(scanned, printed);
  const both = ["iterate", "-p", "7", "-e", "5", "::4/126", "10.0.0.0/30"];
  const pairs = await lines([...both, "10.1.0.0/30"]);
  const families = pairs.map((pair) => pair.startsWith("::") ? 6 : 4);
  assert.equal(families.join(""), "446446446446");
  assert.deepEqual(
    (await lines([...both, "-6"])).sort(),
    ["::4,7", "::5,7", "::6,7", "::7,7"],
  );
});

Deno.test("iterate takes lists, and blocks nothing else", async () => {
  using directory = new TestDirectory();
  const allow = directory.write("allow", "10.0.0.0/30\n");
  const block = directory.write("block", "10.0.0.1\n");
  const printed = await lines([
    "iterate",
    "-w",
    allow,
    "-b",
    block,
    "127.0.0.1",
  ]);
  assert.deepEqual(printed.sort(), [
    "10.0.0.0",
    "10.0.0.2",
    "10.0.0.3",
    "127.0.0.1",
  ]);
});

Deno.test("iterate in shards prints each target in one of them", async () => {
  const prefix = "10.1.0.0/16";
  const parts: string[][] = [];
  for (const shard of ["0", "1", "2"]) {
    const sharding = ["--shards", "3", "--shard", shard];
    parts.push(await lines(["iterate", ...sharding, "-e", "3", prefix]));
  }
  assert.deepEqual(parts.flat().sort(), addressesOf(prefix));
  const { code } = await runHere(["iterate", "--shards", "2", "10.0.0.0/24"]);
  assert.equal(code, 2);
});

Deno.test("tee keeps all results and passes addresses and ports on", async () => {
  using directory = new TestDirectory();
  const file = `${directory.path}/results`;
  const csv = "saddr,sport,success\n1.1.1.1,80,1\n2.2.2.2,81,0\n";
  assert.deepEqual(await lines(["tee", file], csv), [
    "1.1.1.1,80",
    "2.2.2.2,81",
  ]);
  assert.equal(Deno.readTextFileSync(file), csv);
  assert.deepEqual(await lines(["tee", "--success-only", file], csv), [
    "1.1.1.1,80",
  ]);
  assert.deepEqual(await lines(["tee", "-r", file], csv), [
    ...csv.trim().split("\n"),
  ]);
  const json = '{"saddr":"1.1.1.1","sport":80}\n';
  assert.deepEqual(await lines(["tee", file], json), ["1.1.1.1,80"]);
  assert.equal(Deno.readTextFileSync(file), json);
});

Deno.test("tee tells how much it has read", async () => {
  using directory = new TestDirectory();
  const status = `${directory.path}/status`;
  const args = ["tee", `${directory.path}/results`, "-m", "-u", status];
  const { stderr } = await runHere(args, "1.1.1.1\n2.2.2.2\n");
  assert.equal(
    stderr,
    " 0:01 read_rate: 2 rows/s (avg 2 rows/s), buffer_size: 0 (avg 0)\n",
  );
  assert.equal(
    Deno.readTextFileSync(status),
    "time_past,total_read_in,read_in_last_sec,read_per_sec_avg," +
      "buffer_current_size,buffer_avg_size\n1,2,2,2,0,0\n",
  );
});

Deno.test("tee refuses what it cannot do", async () => {
  using directory = new TestDirectory();
  const file = `${directory.path}/results`;
  for (
    const [input, ...args] of [
      ["1.1.1.1\n"],
      ["1.1.1.1\n", file, file],
      ["1.1.1.1\n", "--raw", "--success-only", file],
      ["1.1.1.1\n", `${directory.path}/missing/results`],
      ["1.1.1.1\n", "-u", file, file],
      ["1.1.1.1\n", "-u", `${directory.path}/missing/status`, file],
      ["1.1.1.1\n", "-l", file, file],
      ["", file],
      ["ipid,ttl\n1,2\n", file],
    ]
  ) {
    const { code } = await runHere(["tee", ...args], input!);
    assert.equal(code, 2, args.join(" "));
  }
});

Deno.test("tee keeps everything although nobody reads its output", async () => {
  using directory = new TestDirectory();
  const file = `${directory.path}/results`;
  const row = `${"1.1.1.1".padEnd(99, " ")}\n`;
  // More than fits into the pipe, so that it breaks.
  const input = row.repeat(20_000);
  const script = 'shift; { "$@"; echo "code $?" >&2; } | head -c 1';
  const { stderr } = await runHere(["tee", file], input, script);
  assert.match(stderr, /code 1/);
  assert.equal(Deno.statSync(file).size, input.length);
});

Deno.test("companions explain themselves", async () => {
  for (const name of ["blocklist", "iterate", "tee"]) {
    const { code, stdout } = await runHere([name, "--help"]);
    assert.equal(code, 0);
    assert.ok(stdout.startsWith(`Usage: pacemap ${name} [OPTION]`), stdout);
    assert.match((await runHere([name, "-V"])).stdout, /^pacemap [a-z]+ [0-9]/);
    const { stderr } = await runHere([name, "--hepl"]);
    assert.match(stderr, /Did you mean --help\?/);
  }
});
