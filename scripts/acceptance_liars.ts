// deno-lint-ignore-file no-console
/**
 * Whether hosts can forge the measurement of loss: `acceptance_liars.ts [CASE]...`, a scan of 131,072 hosts for each
 * kind of lie, each `--dedup-method` and each `--on-loss`. All of it takes some 25 minutes.
 */
import { TARGET_COUNT, TARGET_RANGE } from "../src/demo/mod.ts";
import { type Lies, NO_LIES } from "../tests/e2e/lies.ts";
import {
  cellsOf,
  DEDUP_METHODS,
  ON_LOSS,
  scanAmongLiars,
  type Seen,
  SEEN_COLUMNS,
} from "./_acceptance.ts";
import { machineText, markdownTable, openLab } from "./_lab.ts";

const CASES: Readonly<Record<string, Lies>> = {
  quiet: NO_LIES,
  "follow-up": { ...NO_LIES, hosts: 1, followUpRepeats: 2_000_000 },
  first: { ...NO_LIES, hosts: 1, repeats: 1_000_000 },
  slow: { ...NO_LIES, hosts: 1, slowRepeats: 60_000 },
  guess: { ...NO_LIES, hosts: 1, guesses: 1_000_000 },
  hundred: {
    hosts: 100,
    repeats: 10_000,
    slowRepeats: 600,
    followUpRepeats: 20_000,
    guesses: 10_000,
  },
};

/** Some 13 seconds. */
const SCAN = ["-M", "icmp_echoscan", "-r", "10000", "-c", "3", TARGET_RANGE];
const MAX_LOSS = 0.01;
const MAX_FOLLOW_UPS = 2;

/** Lies to be told, of all hosts and kinds together. */
function countLies(
  { followUpRepeats, guesses, hosts, repeats, slowRepeats }: Lies,
): number {
  return hosts * (repeats + slowRepeats + followUpRepeats + guesses);
}

/** Whether a scan showed what it would have shown had nobody lied. */
function isMet(seen: Seen): boolean {
  return seen.code === 0 && seen.found === TARGET_COUNT &&
    seen.loss !== null && seen.loss <= MAX_LOSS &&
    seen.packetsSent === seen.report.probes &&
    seen.packetsSent - seen.followUps === TARGET_COUNT &&
    seen.report.mostFollowUps <= MAX_FOLLOW_UPS;
}

const names = Deno.args.length > 0 ? Deno.args : Object.keys(CASES);
const unknown = names.find((name) => !(name in CASES));
if (unknown !== undefined) {
  throw new Error(
    `Cannot run case "${unknown}": expected some of ${
      Object.keys(CASES).join(", ")
    }`,
  );
}
console.log(`${machineText()}\n`);
const rows: string[][] = [];
for (const name of names) {
  for (const dedup of DEDUP_METHODS) {
    for (const onLoss of ON_LOSS) {
      await using network = await openLab();
      const seen = await scanAmongLiars(network, CASES[name]!, [
        ...["--dedup-method", dedup, "--on-loss", onLoss, ...SCAN],
      ]);
      const told = Object.values(seen.report.sent)
        .reduce((sum, count) => sum + count, 0);
      const planned = countLies(CASES[name]!);
      const verdict = !isMet(seen)
        ? "**missed**"
        : told === planned
        ? "met"
        : "met, but the scan ended before the lies did";
      const lies = `${told} of ${planned}`;
      rows.push([name, dedup, onLoss, lies, ...cellsOf(seen), verdict]);
      console.error(rows.at(-1)!.join(" | "));
    }
  }
}
const header = ["case", "dedup-method", "on-loss", "lies", ...SEEN_COLUMNS];
console.log(markdownTable([...header, "verdict"], rows));
