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
  isMet(seen: Seen): boolean;
}

const DELAYS: Readonly<Record<string, DelayRange>> = {
  "1.2s": { leastMs: 1200, mostMs: 1200 },
  "2s": { leastMs: 2000, mostMs: 2000 },
  "0.5-4s": { leastMs: 500, mostMs: 4000 },
};
const HOSTS = 32_768;
const PING = ["-M", "icmp_echoscan", "-c", "6", "198.18.0.0/17"];
const MAX_LOSS = 0.005;
/** Share of the limit on the way that the mean rate has to reach. */
const LEAST_OF_LIMIT = 0.8;

/** With a rate of its own: some eight seconds. */
const FIXED: Scan = {
  limitPps: 0,
  args: ["-r", "4000", ...PING],
  isMet: (seen) => isTrue(seen) && seen.packetsSent - seen.followUps === HOSTS,
};
/** Looks for the rate, few hosts behind a low limit. */
const AUTO: Scan = {
  limitPps: 2500,
  args: ["-r", "auto", ...PING],
  isMet: (seen) => isTrue(seen) && seen.meanPps >= LEAST_OF_LIMIT * 2500,
};
/** The same with more targets than can be sent to, for a minute; they answer with RSTs, which are not reported. */
const AUTO_VAST: Scan = {
  limitPps: 30_000,
  args: ["-r", "auto", "-p", "1-60000", "-c", "6", "198.18.0.0/15"],
  isMet: (seen) =>
    seen.loss !== null && seen.loss <= MAX_LOSS &&
    seen.meanPps >= LEAST_OF_LIMIT * 30_000,
};

function isTrue({ code, found, loss }: Seen): boolean {
  return code === 0 && found === HOSTS && loss !== null && loss <= MAX_LOSS;
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
const header = ["delay", "dedup-method", "on-loss", ...SEEN_COLUMNS];
console.log(markdownTable([...header, "verdict"], rows));

async function run(labels: readonly string[], scan: Scan): Promise<void> {
  await using network = await openLab();
  await network.limitRouter(scan.limitPps);
  await using delay = await delayAnswers(network, DELAYS[labels[0]!]!);
  const seen = await scanAmongLiars(network, NO_LIES, scan.args);
  await delay.end();
  const verdict = scan.isMet(seen) ? "met" : "**missed**";
  rows.push([...labels, ...cellsOf(seen), verdict]);
  console.error(rows.at(-1)!.join(" | "));
}
