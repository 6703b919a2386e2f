import assert from "node:assert/strict";
import { networkTest, runScan } from "./network_fixture.ts";

const RATE = ["-c", "1", "-r", "20000"];
/** 8,192 hosts of each family behind the router. */
const HOSTS = ["198.18.0.0/19", "2001:db8:8000::/115"];
const HOST_COUNT = 8192;

/** Counts the rows of each family, each of which has to be new. */
function countRows(
  rows: readonly string[],
  seen: Set<string> = new Set(),
): { ipv4: number; ipv6: number } {
  const counts = { ipv4: 0, ipv6: 0 };
  for (const row of rows) {
    assert.ok(!seen.has(row), `${row} twice`);
    seen.add(row);
    if (row.includes(":")) counts.ipv6++;
    else counts.ipv4++;
  }
  return counts;
}

networkTest(
  "scan probes every host of both families once in one run, and finds it",
  async (network) => {
    await network.countProbes();
    const scan = await runScan(network, [
      ...[...RATE, "-p", "81", "-f", "saddr", "--output-filter", "repeat = 0"],
      ...["--loss-sample", "0", ...HOSTS],
    ]);
    assert.equal(scan.code, 0, scan.stderr);
    assert.deepEqual(countRows(scan.rows), {
      ipv4: HOST_COUNT,
      ipv6: HOST_COUNT,
    }, scan.stderr);
    assert.deepEqual(await network.probeCount(), {
      probes: 2 * HOST_COUNT,
      repeated: 0,
    });
    console.log(scan.stderr, scan.metadata);
  },
);
