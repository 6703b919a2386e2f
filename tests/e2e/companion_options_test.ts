import assert from "node:assert/strict";
import { TestDirectory } from "../../src/cli/_test_directory.ts";
import { addressesOf, runHere } from "./dry_run.ts";

/** Shards that run at once. */
const PARALLEL = 4;
/** What makes each companion warn once: it skips an IPv6 entry, a range of which a part is blocked, or a row without an address. */
const WARNING = / \[WARN\] /;

async function linesOf(...args: string[]): Promise<string[]> {
  const { code, stderr, stdout } = await runHere(args);
  assert.equal(code, 0, stderr);
  return stdout.split("\n").slice(0, -1);
}

Deno.test("iterate takes percentages of all addresses times the ports", async () => {
  const count = async (...args: string[]): Promise<number> => {
    const lines = await linesOf("iterate", ...args);
    assert.equal(new Set(lines).size, lines.length);
    return lines.length;
  };
  assert.equal(await count("-n", "0.0001%"), 4294);
  assert.equal(await count("-n", "0.0001%", "-p", "80,443"), 8589);
  assert.equal(await count("-n", "50%", "8.8.8.0/29"), 8);
  assert.equal(await count("-n", "5.7", "8.8.8.0/29"), 5);
});

Deno.test("iterate in 17 shards prints each target of a /16 in one of them", async () => {
  const shards = Array.from({ length: 17 }, (_, shard) => String(shard));
  const parts: string[][] = [];
  for (let at = 0; at < shards.length; at += PARALLEL) {
    parts.push(
      ...await Promise.all(
        shards.slice(at, at + PARALLEL).map((shard) =>
          linesOf(
            ...["iterate", "--shards", "17", "--shard", shard],
            ...["-e", "3", "10.1.0.0/16"],
          )
        ),
      ),
    );
  }
  assert.deepEqual(parts.flat().sort(), addressesOf("10.1.0.0/16"));
  for (const part of parts) assert.ok(Math.abs(part.length - 65_536 / 17) <= 1);
});

Deno.test("iterate skips what does not parse if it may", async () => {
  using directory = new TestDirectory();
  const list = directory.write("list", "8.8.8.8\n1.2.3\n9.9.9.9\n");
  const args = ["iterate", "-w", list, "300.1.1.1"];
  assert.equal((await runHere(args)).code, 2);
  const lines = await linesOf(...args, "--ignore-blocklist-errors");
  assert.deepEqual(lines.sort(), ["8.8.8.8", "9.9.9.9"]);
});

Deno.test("companions log as much as is asked for, and where", async () => {
  using directory = new TestDirectory();
  const list = directory.write("list", "8.8.8.8\n2001:db8::1\n");
  const file = directory.write("results", "");
  const commands = [
    { args: ["iterate", "-4", "-w", list], input: null, output: "8.8.8.8\n" },
    {
      args: ["blocklist", "-w", list],
      input: "8.8.8.8\n8.8.8.0/24\n",
      output: "8.8.8.8\n",
    },
    {
      args: ["tee", file],
      input: "saddr,ttl\n8.8.8.8,5\n,6\n",
      output: "8.8.8.8\n",
    },
  ];
  for (const { args, input, output } of commands) {
    const log = `${directory.path}/log`;
    const [name = ""] = args;
    const plain = await runHere(args, input);
    assert.deepEqual([plain.code, plain.stdout], [0, output], plain.stderr);
    assert.match(plain.stderr, WARNING, name);
    const logged = await runHere([...args, "-l", log], input);
    assert.deepEqual([logged.stdout, logged.stderr], [output, ""], name);
    assert.match(Deno.readTextFileSync(log), WARNING, name);
    // tee always logs warnings, and never to syslog.
    if (name === "tee") continue;
    const quiet = await runHere(
      [...args, "-v", "1", "--disable-syslog"],
      input,
    );
    assert.deepEqual([quiet.code, quiet.stdout, quiet.stderr], [0, output, ""]);
    const loud = await runHere([...args, "-v", "2", "--disable-syslog"], input);
    assert.match(loud.stderr, WARNING, name);
  }
});

Deno.test("companions refuse a log file that they cannot write", async () => {
  using directory = new TestDirectory();
  const log = `${directory.path}/missing/log`;
  for (
    const args of [
      ["iterate", "8.8.8.8"],
      ["blocklist", "-b", "/dev/null"],
      ["tee", `${directory.path}/results`],
    ]
  ) {
    const { code, stderr, stdout } = await runHere(
      [...args, "-l", log],
      "8.8.8.8\n",
    );
    assert.deepEqual([code, stdout], [2, ""], args.join(" "));
    assert.match(stderr, /^pacemap: --log-file: /);
  }
});

Deno.test("tee ends when its file takes no more", async () => {
  using directory = new TestDirectory();
  const file = `${directory.path}/results`;
  // Of 512 bytes each; the signal that comes with the error would end the program.
  const script = 'shift; trap "" XFSZ; ulimit -f 2000; exec "$@"';
  const input = "8.8.8.8\n".repeat(500_000);
  const { code, stderr } = await runHere(["tee", file], input, script);
  assert.equal(code, 1, stderr);
  assert.match(
    stderr,
    / \[ERROR\] tee: Cannot write \S+\/results: .*too large/i,
  );
  assert.equal(Deno.statSync(file).size, 2000 * 512);
});
