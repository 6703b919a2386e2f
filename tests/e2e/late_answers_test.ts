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
  const [what, range, onLoss] of [
    ["1.2 s", { leastMs: 1200, mostMs: 1200 }, "warn"],
    ["2 s", { leastMs: 2000, mostMs: 2000 }, "warn"],
    ["0.5 to 4 s, by host", { leastMs: 500, mostMs: 4000 }, "slow"],
  ] as const
) {
  networkTest(
    `answers that need ${what} are found, and not taken for lost: ${onLoss}`,
    async (network) => {
      const figures = await scanLate(network, range, [
        ...[...RATE, "--on-loss", onLoss, TARGETS],
      ]);
      assertNothingLost(figures, HOSTS);
      assert.equal(figures.packetsSent - figures.followUps, HOSTS);
    },
  );
}

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
