import assert from "node:assert/strict";
import type { Network } from "../../src/demo/mod.ts";
import type { DelayRange } from "./delay_line.ts";
import { delayAnswers } from "./delayed_network.ts";
import { networkTest, runScan } from "./network_fixture.ts";
import { figuresOf, type ScanFigures } from "./scan_figures.ts";

const HOSTS = 16_384;
const TARGETS = "198.18.0.0/18";
/** All probes have left after five seconds, a second or two after the first answers to follow-ups. */
const RATE = ["-r", "3000"];
/** No more loss than this is claimed where there is none. */
const MAX_LOSS = 0.005;

for (
  const [what, range] of [
    ["1.2 s", { leastMs: 1200, mostMs: 1200 }],
    ["2 s", { leastMs: 2000, mostMs: 2000 }],
    ["0.5 to 4 s, by host", { leastMs: 500, mostMs: 4000 }],
  ] as const
) {
  networkTest(
    `answers that need ${what} are found, and not taken for lost`,
    async (network) => {
      const figures = await scanLate(network, range, [...RATE, TARGETS]);
      assertNothingLost(figures, HOSTS);
      assert.equal(figures.packetsSent - figures.followUps, HOSTS);
    },
  );
}

networkTest(
  "--rate auto finds a limit on the way though answers need 1.2 s",
  async (network) => {
    const limitPps = 2500;
    await network.limitRouter(limitPps);
    const range = { leastMs: 1200, mostMs: 1200 };
    const figures = await scanLate(network, range, [
      ...["--rate", "auto", "--max-runtime", "40", "198.18.0.0/17"],
    ]);
    const dropped = await network.routerDropped();
    const truth = dropped / figures.packetsSent;
    const text = JSON.stringify({ ...figures, truth });
    assert.ok(figures.meanPps >= 0.8 * limitPps, text);
    assert.ok(Math.abs(figures.loss! - truth) <= 0.03, text);
    assert.ok(figures.found >= (1 - MAX_LOSS) * 2 * HOSTS, text);
    assert.ok(figures.coverage! >= 1 - MAX_LOSS, text);
    assert.equal(figures.code, 0, text);
  },
);

/** Scans while answers come late; the relay that delays them vouches that it lost none. */
async function scanLate(
  network: Network,
  range: DelayRange,
  args: readonly string[],
): Promise<ScanFigures> {
  await using delay = await delayAnswers(network, range);
  const scan = await runScan(network, [
    ...["-M", "icmp_echoscan", "-f", "saddr", "-c", "5", ...args],
  ]);
  const answers = await delay.end();
  const figures = figuresOf(scan);
  assert.ok(answers >= figures.found, `${answers} answers passed`);
  return figures;
}

/** All hosts were found, and the scan knows that. */
function assertNothingLost(figures: ScanFigures, hosts: number): void {
  const text = JSON.stringify(figures);
  assert.equal(figures.found, hosts, text);
  assert.ok(figures.loss !== null && figures.loss <= MAX_LOSS, text);
  assert.ok(figures.coverage! >= 1 - MAX_LOSS, text);
  assert.equal(figures.code, 0, text);
}
