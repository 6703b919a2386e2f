import assert from "node:assert/strict";
import type { Network } from "../../src/demo/mod.ts";
import { networkTest, runScan, type ScanOutcome } from "./network_fixture.ts";

const QUICK = ["-c", "1", "-r", "20000", "--loss-sample", "0"];

/** Runs a scan of closed ports whose rows are addresses. */
async function scanBoth(
  network: Network,
  args: readonly string[],
): Promise<ScanOutcome> {
  assert.ok(network.hasIpv6, "this machine has no IPv6");
  return await runScan(network, [...QUICK, "-p", "81", "-f", "saddr", ...args]);
}

/** Counts rows by family, each of which has to be new. */
function countRows(rows: readonly string[]): { ipv4: number; ipv6: number } {
  const ipv6 = rows.filter((row) => row.includes(":")).length;
  assert.equal(new Set(rows).size, rows.length);
  return { ipv4: rows.length - ipv6, ipv6 };
}

/** What the metadata have of a family whose targets all answered with a reset. */
function allOf(count: number): Record<string, number> {
  return {
    targets: count,
    targets_scanned: count,
    packets_sent: count,
    validation_passed: count,
    success_unique: 0,
  };
}

networkTest(
  "scan probes every host of both families once in one run, and finds it",
  async (network) => {
    const count = 8192;
    await network.countProbes();
    const scan = await scanBoth(network, [
      ...["198.18.0.0/19", "2001:db8:8000::/115"],
    ]);
    assert.equal(scan.code, 0, scan.stderr);
    assert.deepEqual(countRows(scan.rows), { ipv4: count, ipv6: count });
    assert.deepEqual(await network.probeCount(), {
      probes: 2 * count,
      repeated: 0,
    });
    const { families, targets_scanned: scanned } = scan.metadata;
    assert.deepEqual(families, { ipv4: allOf(count), ipv6: allOf(count) });
    assert.equal(scanned, 2 * count);
    assert.match(scan.stderr, /; IPv4: 8192 sent, 0 recv; IPv6: 8192 sent, /);
    assert.match(scan.stderr, /of these, IPv6 +8,192 {2}of 8,192; /);
  },
);

networkTest(
  "shards of a scan of both families are exact together, through sockets of each family too",
  async (network) => {
    await network.countProbes();
    const rows: string[] = [];
    for (const [shard, way] of [[], ["-X"], ["-X"]].entries()) {
      const scan = await scanBoth(network, [
        ...["-e", "7", "--shards", "3", "--shard", `${shard}`, ...way],
        ...["198.18.0.0/22", "2001:db8:8000::/119"],
      ]);
      assert.equal(scan.code, 0, scan.stderr);
      rows.push(...scan.rows);
      assert.equal(scan.metadata.link_layer, shard === 0 ? "ethernet" : "ip");
      const { ipv4, ipv6 } = countRows(scan.rows);
      // 1,536 targets in three shards, mixed two to one.
      assert.equal(ipv4 + ipv6, 512);
      assert.ok(Math.abs(ipv6 - 171) <= 2, `${ipv6}`);
    }
    assert.deepEqual(countRows(rows), { ipv4: 1024, ipv6: 512 });
    assert.deepEqual(await network.probeCount(), { probes: 1536, repeated: 0 });
  },
);

networkTest(
  "scan of both families leaves out the one that has no route, and says how much that is",
  async (network) => {
    const targets = ["198.18.0.0/25", "2001:db8:8000::/120"];
    const route = (family: string, ...args: string[]): Promise<string> =>
      network.scanner.run("ip", [family, "route", ...args]);
    await route("-6", "del", "default");
    const four = await scanBoth(network, targets);
    assert.equal(four.code, 0, four.stderr);
    assert.match(four.stderr, /IPv6: 256 targets skipped: Cannot find a route/);
    assert.deepEqual(countRows(four.rows), { ipv4: 128, ipv6: 0 });
    assert.deepEqual(four.metadata.families, { ipv4: allOf(128) });
    await route("-4", "del", "default");
    const none = await scanBoth(network, targets);
    assert.equal(none.code, 3, none.stderr);
    assert.match(none.stderr, /Cannot find a route to 198\.18\./);
    await route("-6", "add", "default", "via", "2001:db8:1::fe");
    const six = await scanBoth(network, targets);
    assert.equal(six.code, 0, six.stderr);
    assert.match(six.stderr, /IPv4: 128 targets skipped: Cannot find a route/);
    assert.deepEqual(countRows(six.rows), { ipv4: 0, ipv6: 256 });
    assert.deepEqual(six.metadata.families, { ipv6: allOf(256) });
  },
);
