import assert from "node:assert/strict";
import {
  formatIpv4,
  formatIpv6,
  parseIpv4,
  parseIpv6,
} from "../../src/base/mod.ts";
import type { Network } from "../../src/demo/mod.ts";
import { NETWORK, parsePackets, runHere } from "./dry_run.ts";
import { networkTest, pacemapCommand } from "./network_fixture.ts";

/** Targets that the generator names at a time. */
const AT_A_TIME = 64;
const ROUNDS = 8;

interface Family {
  readonly name: string;
  readonly args: readonly string[];
  readonly first: string;
  /** The address that is `count` behind another one. */
  behind(address: string, count: number): string;
}

const FAMILIES: readonly Family[] = [
  {
    name: "IPv4",
    // Of these alone, so that no neighbour is asked for.
    args: ["-4", "198.18.0.0/15"],
    first: "198.18.3.0",
    behind: (address, count) => formatIpv4(parseIpv4(address) + count),
  },
  {
    name: "IPv6",
    args: ["-6"],
    first: "2001:db8:8000::100",
    behind: (address, count) => formatIpv6(parseIpv6(address)! + BigInt(count)),
  },
];

/** Rows of pacemap, as they come. */
async function* rowsOf(
  stdout: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stdout.pipeThrough(new TextDecoderStream())) {
    const lines = `${rest}${text}`.split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
}

/** Names targets, learns from the rows that come of them which to name next, and ends after some rounds. */
async function generate(
  scan: Deno.ChildProcess,
  { behind, first }: Family,
): Promise<readonly string[]> {
  const input = scan.stdin.getWriter();
  const rows = rowsOf(scan.stdout);
  const name = async (targets: readonly string[]): Promise<void> => {
    const lines = targets.map((target) => `${target}\n`).join("");
    await input.write(new TextEncoder().encode(lines));
  };
  let asked = Array.from({ length: AT_A_TIME }, (_, i) => behind(first, i));
  await name(asked);
  const found: string[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    const answered: string[] = [];
    while (answered.length < AT_A_TIME) {
      const { done, value } = await rows.next();
      assert.ok(!done, `rows ended in round ${round}`);
      answered.push(value);
    }
    assert.deepEqual(answered.toSorted(), asked.toSorted());
    found.push(...answered);
    if (round === ROUNDS) break;
    asked = answered.map((address) => behind(address, AT_A_TIME));
    // What was named before is not probed again, and what is no address ends nothing.
    await name(["no.address", answered[0]!, ...asked]);
  }
  await input.close();
  assert.equal((await rows.next()).done, true);
  return found;
}

/** Runs pacemap and the generator in a loop; returns what the scan says. */
async function runLoop(network: Network, family: Family): Promise<void> {
  const path = await Deno.makeTempFile({ prefix: "pacemap-test-" });
  const [program, ...args] = pacemapCommand([
    ...[...family.args, "-p", "81", "-I", "-", "--stream", "-b", "/dev/null"],
    ...["-f", "saddr", "--no-header-row", "--loss-sample", "0", "-c", "1"],
    ...["-m", path],
  ]);
  const scan = network.scanner.spawn(program!, args, {
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  });
  const said = new Response(scan.stderr).text();
  const found = await generate(scan, family);
  const { code } = await scan.status;
  assert.equal(code, 0, await said);
  assert.equal(new Set(found).size, ROUNDS * AT_A_TIME);
  assert.deepEqual(await network.probeCount(), {
    probes: ROUNDS * AT_A_TIME,
    repeated: 0,
  });
  assert.match(
    await said,
    /standard input:65: "no\.address" is no address: names are not looked up/,
  );
  const metadata = JSON.parse(await Deno.readTextFile(path));
  await Deno.remove(path);
  assert.equal(metadata.targets_scanned, ROUNDS * AT_A_TIME);
  assert.equal(metadata.stream.addresses, ROUNDS * AT_A_TIME);
  assert.equal(metadata.stream.repeats, ROUNDS - 1);
  assert.equal(metadata.stream.lines_skipped, ROUNDS - 1);
}

for (const family of FAMILIES) {
  networkTest(
    `a program that learns from the results names the next ${family.name} targets of the same scan`,
    async (network) => {
      assert.ok(family.name === "IPv4" || network.hasIpv6);
      await network.countProbes();
      await runLoop(network, family);
    },
  );
}

Deno.test("a dry run ends with the input of its targets, or with the error of reading it", async () => {
  const args = ["--dryrun", "-p", "80,81", "--stream", ...NETWORK];
  const done = await runHere(
    [...args, "-I", "-"],
    "8.8.8.0/30\n8.8.8.1\n192.168.0.1\n8.8.4.4",
  );
  assert.equal(done.code, 0, done.stderr);
  const targets = parsePackets(done.stdout).map(({ port, target }) =>
    `${target} ${port}`
  );
  const wanted = ["8.8.8.0", "8.8.8.1", "8.8.8.2", "8.8.8.3", "8.8.4.4"]
    .flatMap((address) => [`${address} 80`, `${address} 81`]);
  assert.deepEqual(targets.toSorted(), wanted.toSorted());
  const unreadable = [...args, "-I", "/dev/fd/9"];
  const script = 'shift; exec "$@" 9>/dev/null';
  const failed = await runHere(unreadable, null, script);
  assert.equal(failed.code, 1, failed.stderr);
  assert.match(failed.stderr, /Ended early: cannot read targets: .*EBADF|bad/i);
});
