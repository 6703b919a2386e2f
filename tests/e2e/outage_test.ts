import assert from "node:assert/strict";
import {
  GATEWAY_ADDRESS,
  type Network,
  SCANNER_ADDRESS,
  SCANNER_INTERFACE,
} from "../../src/demo/mod.ts";
import { networkTest, runScan, type ScanOutcome } from "./network_fixture.ts";

const HOSTS = 16_384;
const SCAN = [
  ...["-M", "icmp_echoscan", "-f", "saddr", "-c", "1", "--no-preflight"],
  "198.18.0.0/18",
];
const FIXED_RATE = ["-r", "4000"];
const NEW_MAC = "02:00:00:00:00:99";

interface OutageEntry {
  readonly cause: string;
  readonly reason: string;
  readonly start_time: string;
  readonly end_time: string | null;
  readonly sent_again: number;
}

/** Scans, and lets something happen once the target has got so many probes. */
async function scanWith(
  network: Network,
  args: readonly string[],
  { after, event }: {
    readonly after: number;
    readonly event: () => Promise<void>;
  },
): Promise<ScanOutcome> {
  await network.countProbes();
  const scan = runScan(network, [...SCAN, ...args]);
  let isOver = false;
  scan.finally(() => isOver = true);
  while (!isOver && (await network.probeCount()).probes < after);
  await event();
  return await scan;
}

function outagesOf({ metadata }: ScanOutcome): readonly OutageEntry[] {
  return metadata.outages as readonly OutageEntry[];
}

/** Every host is in the results once, and nobody is told to lower the rate. */
function assertAllFound(scan: ScanOutcome): void {
  assert.equal(new Set(scan.rows).size, HOSTS, scan.stderr);
  assert.equal(scan.rows.length, HOSTS);
  assert.equal(scan.code, 0, scan.stderr);
  assert.doesNotMatch(scan.stderr, /lower --rate/);
}

/** The router's side of the scanner's link. */
async function setRouterLink(
  { router }: Network,
  ...what: string[]
): Promise<void> {
  await router.run("ip", ["link", "set", "dev", "down0", ...what]);
}

for (const rate of [FIXED_RATE, ["--rate", "auto", "--max-rate", "4000"]]) {
  networkTest(
    `outage: a gateway with another hardware address is found, ${
      rate.join(" ")
    }`,
    async (network) => {
      const scan = await scanWith(network, rate, {
        after: 6000,
        event: () => setRouterLink(network, "address", NEW_MAC),
      });
      console.log(scan.stderr);
      assertAllFound(scan);
      const [outage, ...others] = outagesOf(scan);
      assert.equal(others.length, 0, scan.stderr);
      assert.equal(outage!.cause, "gateway-mac");
      assert.ok(outage!.sent_again > 0);
      const text = `gateway ${GATEWAY_ADDRESS} has another hardware address` +
        ` now: ${NEW_MAC}`;
      assert.match(scan.stderr, new RegExp(text));
    },
  );
}
