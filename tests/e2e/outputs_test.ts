import assert from "node:assert/strict";
import type { Network } from "../../src/demo/mod.ts";
import { pinScanner } from "./neighbours.ts";
import {
  networkTest,
  runScan,
  type ScanOutcome,
  startPacemap,
} from "./network_fixture.ts";
import { interfaceIndex, startScript } from "./servers.ts";

const NEAR = ["-r", "5000", "-c", "0.5", "198.18.0.0/24"];

networkTest(
  "--output-filter keeps what it says, in several outputs at once",
  async (network) => {
    await network.startWebServer();
    const directory = await Deno.makeTempDir({ prefix: "pacemap-test-" });
    try {
      const [csv, json] = [`${directory}/csv`, `${directory}/json`];
      const filter = "(classification = rst || sport = 80) && repeat = 0";
      const scan = await runScan(network, [
        ...["-p", "80,81,82", "--output-filter", filter, ...NEAR],
        ...["-O", "csv", "-o", csv, "-O", "json", "-o", json],
        ...["-f", "saddr,sport,classification"],
      ]);
      assert.equal(scan.code, 0, scan.stderr);
      const rows = Deno.readTextFileSync(csv).trim().split("\n");
      assert.equal(rows.shift(), "saddr,sport,classification");
      assert.equal(rows.length, 768);
      const objects = Deno.readTextFileSync(json).trim().split("\n")
        .map((line) => JSON.parse(line));
      assert.deepEqual(
        objects.map((one) => [one.saddr, one.sport, one.classification].join()),
        rows,
      );
      const none = await runScan(network, [
        ...["-p", "81", "--output-filter", "success = 1", ...NEAR],
      ]);
      assert.deepEqual(none.rows, []);
      assert.equal(none.stdout, "saddr\n");
      const { output } = none.metadata.ledger as {
        output: { filtered: number };
      };
      assert.equal(output.filtered, 256);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
);

networkTest("-O zgrab2 feeds that program", async (network) => {
  await network.startWebServer();
  const zgrab = await runScan(network, [
    "-p",
    "80,81",
    "-O",
    "zgrab2",
    ...NEAR,
  ]);
  const lines = zgrab.stdout.trim().split("\n").sort();
  assert.equal(lines.length, 256);
  assert.equal(lines[0], "198.18.0.0,,,80");
});

networkTest(
  "-O lzr hands connections over that nothing comes into, but with follow-ups",
  async (network) => {
    await network.startWebServer();
    // The kernel knows nothing of these connections, and would reset them.
    await network.scanner.run(
      "nft",
      ["-f", "-"],
      "table ip quiet { chain leaving { type filter hook output priority 0; tcp flags rst drop; }; }",
    );
    await pinScanner(network);
    const alone = await takeOver(network, ["-r", "3000"]);
    assert.deepEqual(alone, { taken: 2048, answered: 2048, strays: 0 });
    // Hosts are asked again after a second or more, as long as probes are sent.
    const asked = ["-r", "600", "--loss-sample", "1"];
    const { strays, ...counts } = await takeOver(network, asked);
    assert.deepEqual(counts, { taken: 2048, answered: 2048 });
    assert.ok(strays > 0);
  },
);

/** What a reader of `-O lzr` got from 2,048 hosts: see `takeover.ts`. */
async function takeOver(
  { scanner }: Network,
  args: readonly string[],
): Promise<{ taken: number; answered: number; strays: number }> {
  await using reader = await startScript(scanner, "takeover.ts", [
    "up0",
    await interfaceIndex(scanner, "up0"),
  ]);
  const scan = startPacemap(scanner, [
    ...["-p", "80", "-b", "/dev/null", "-c", "1", "-O", "lzr"],
    ...[...args, "198.18.0.0/21"],
  ]);
  const [, stderr] = await Promise.all([
    scan.stdout.pipeTo(reader.input),
    new Response(scan.stderr).text(),
  ]);
  assert.ok((await scan.status).success, stderr);
  const [, counts = "{}"] = (await reader.output).split("\n");
  return JSON.parse(counts);
}

networkTest(
  "--dedup-method says what is a repeat",
  async (network) => {
    const repeats = async (...args: string[]): Promise<number> =>
      repeatsOf(await twice(network, ...args));
    assert.equal(await repeats(), 256);
    assert.equal(await repeats("--dedup-method", "none"), 0);
    assert.equal(await repeats("--dedup-method", "window"), 256);
    const small = ["--dedup-method", "window", "--dedup-window-size", "4"];
    assert.ok(await repeats(...small) < 30);
    // Closed ports: a failure is no repeat of another.
    const failures = ["-M", "tcp_synscan", "-p", "81"];
    assert.equal(await repeats(...failures), 0);
  },
);

/** A scan that gets two answers from each of 256 hosts, the second ones after all of the first. */
async function twice(
  network: Network,
  ...args: string[]
): Promise<ScanOutcome> {
  const kind = args.includes("-M") ? [] : ["-M", "icmp_echoscan"];
  const scan = await runScan(network, [
    ...[...kind, "-P", "2", "-f", "saddr,repeat"],
    ...[...NEAR, ...args],
  ]);
  assert.equal(scan.code, 0, scan.stderr);
  assert.equal(scan.rows.length, 512);
  return scan;
}

function repeatsOf({ rows }: ScanOutcome): number {
  return rows.filter((row) => row.endsWith(",1")).length;
}
