import assert from "node:assert/strict";
import type { Network } from "../../src/demo/mod.ts";
import { networkTest, rowsOf, runPacemap, runScan } from "./network_fixture.ts";

const PING = ["-M", "icmp_echoscan", "-f", "saddr"];

networkTest(
  "scan in three shards at once covers each target once",
  async (network) => {
    await network.countProbes();
    const scans = await Promise.all([0, 1, 2].map((shard) => {
      const sharding = ["--shards", "3", "--shard", String(shard), "-e", "42"];
      return runPacemap(network.scanner, [
        ...[...PING, ...sharding, "-q", "-b", "/dev/null"],
        ...["-r", "6000", "-c", "1", "198.18.0.0/18"],
        // A slow machine would have time for follow-ups, which repeat probes.
        ...["--loss-sample", "0"],
      ]);
    }));
    for (const scan of scans) assert.equal(scan.code, 0, scan.stderr);
    const found = scans.flatMap(({ stdout }) => rowsOf(stdout));
    assert.equal(found.length, 16_384);
    assert.equal(new Set(found).size, 16_384);
    assert.deepEqual(await network.probeCount(), {
      probes: 16_384,
      repeated: 0,
    });
  },
);

networkTest(
  "scan with the same seed has the same order, with another seed another",
  async (network) => {
    const first = await orderOf(network, "7");
    assert.equal(first.length, 400);
    assert.deepEqual(await orderOf(network, "7"), first);
    const other = await orderOf(network, "8");
    assert.notDeepEqual(other.slice(0, 20), first.slice(0, 20));
  },
);

/** Addresses in the order of their answers, which is the order of the probes as they leave one by one. */
async function orderOf(
  network: Network,
  seed: string,
): Promise<readonly string[]> {
  const limits = ["-n", "400", "-r", "500", "-c", "0.5"];
  const scan = await runScan(network, [
    ...PING,
    "-e",
    seed,
    ...limits,
    "198.18.0.0/16",
  ]);
  assert.equal(scan.code, 0, scan.stderr);
  return scan.rows;
}
