// deno-lint-ignore-file no-console
/**
 * Whether late answers are taken for lost: `acceptance_delays.ts [CASE]...`, scans of 32,768 hosts that all answer, but
 * late, for each `--dedup-method` and each `--on-loss`, and scans that look for the rate. All of it takes some 15
 * minutes.
 */
import { delayAnswers } from "../tests/e2e/delayed_network.ts";
import type { DelayRange } from "../tests/e2e/delay_line.ts";
import { NO_LIES } from "../tests/e2e/lies.ts";
import {
  cellsOf,
  DEDUP_METHODS,
  ON_LOSS,
  scanAmongLiars,
  type Seen,
  SEEN_COLUMNS,
} from "./_acceptance.ts";
import { machineText, markdownTable, openLab } from "./_lab.ts";

/** A scan, and what it has to show. */
interface Scan {
  readonly limitPps: number;
  readonly args: readonly string[];
  /** @param truth share of the packets that the router dropped */
  isMet(seen: Seen, truth: number): boolean;
}

const DELAYS: Readonly<Record<string, DelayRange>> = {
  "1.2s": { leastMs: 1200, mostMs: 1200 },
  "2s": { leastMs: 2000, mostMs: 2000 },
  "0.5-4s": { leastMs: 500, mostMs: 4000 },
};
const HOSTS = 32_768;
const PING = ["-M", "icmp_echoscan", "-c", "6", "198.18.0.0/17"];
const MAX_LOSS = 0.005;
/** How far an estimate may be off. */
const MAX_ERROR = 0.03;
/** Share of the limit on the way that the mean rate has to reach. */
const LEAST_OF_LIMIT = 0.8;

/** With a rate of its own: some eight seconds. */
const FIXED: Scan = {
  limitPps: 0,
  args: ["-r", "4000", ...PING],
  isMet: (seen) =>
    seen.code === 0 && seen.found === HOSTS && isNear(seen.loss, 0, MAX_LOSS) &&
    seen.packetsSent - seen.followUps === HOSTS,
};
/** Looks for the rate, few hosts behind a low limit. */
const AUTO: Scan = {
  limitPps: 2500,
  args: ["-r", "auto", ...PING],
  isMet: (seen, truth) =>
    seen.code === 0 && seen.found >= (1 - MAX_LOSS) * HOSTS &&
    isNear(seen.loss, truth, MAX_ERROR) &&
    seen.meanPps >= LEAST_OF_LIMIT * 2500,
};
/** The same with more targets than can be sent to in the time that a scan gets; it cannot find all. */
const AUTO_VAST: Scan = {
  limitPps: 30_000,
  args: ["-r", "auto", "-p", "1-60000", "-c", "6", "198.18.0.0/15"],
  isMet: (seen, truth) =>
    isNear(seen.loss, truth, MAX_ERROR) &&
    seen.meanPps >= LEAST_OF_LIMIT * 30_000,
};

function isNear(loss: number | null, truth: number, error: number): boolean {
  return loss !== null && Math.abs(loss - truth) <= error;
}

const names = Deno.args.length > 0 ? Deno.args : Object.keys(DELAYS);
const unknown = names.find((name) => !(name in DELAYS));
if (unknown !== undefined) {
  throw new Error(
    `Cannot run case "${unknown}": expected some of ${
      Object.keys(DELAYS).join(", ")
    }`,
  );
}
console.log(`${machineText()}\n`);
const rows: string[][] = [];
for (const name of names) {
  for (const dedup of DEDUP_METHODS) {
    for (const onLoss of ON_LOSS) {
      const args = ["--dedup-method", dedup, "--on-loss", onLoss];
      await run([name, dedup, onLoss], {
        ...FIXED,
        args: [...args, ...FIXED.args],
      });
    }
  }
  await run([name, "default", "auto"], AUTO);
  await run([name, "default", "auto, 8·10^9 targets"], AUTO_VAST);
}
const labels = ["delay", "dedup-method", "on-loss", "router dropped"];
const header = [...labels, ...SEEN_COLUMNS];
console.log(markdownTable([...header, "verdict"], rows));

async function run(labels: readonly string[], scan: Scan): Promise<void> {
  await using network = await openLab();
  await network.limitRouter(scan.limitPps);
  await using delay = await delayAnswers(network, DELAYS[labels[0]!]!);
  const seen = await scanAmongLiars(network, NO_LIES, scan.args);
  await delay.end();
  const dropped = scan.limitPps === 0 ? 0 : await network.routerDropped();
  const truth = dropped / seen.packetsSent;
  const verdict = scan.isMet(seen, truth) ? "met" : "**missed**";
  rows.push([...labels, String(dropped), ...cellsOf(seen), verdict]);
  console.error(rows.at(-1)!.join(" | "));
}
