// deno-lint-ignore-file no-console
/**
 * A scan of 131,072 hosts at 20,000 packets/s with a random fault or kill every half minute: `acceptance_hour.ts
 * [SECONDS] [SEED]`, 3600 and 1 unless given. Fails unless every port of every host is found, the ledger of all
 * runs balances, memory is flat, and the exit code is 0.
 */
import { SeededRandom } from "../src/base/mod.ts";
import { TARGET_COUNT } from "../src/demo/mod.ts";
import { type Check, printChecks } from "./_checks.ts";
import { COMMON_FAULTS, type Fault } from "./_faults.ts";
import { machineText, openLab, packetsAtRouter, sleep } from "./_lab.ts";
import { LastingScan, type MemorySample } from "./_lasting_scan.ts";

const SECONDS = 3600;
const SEED = 1;
const RATE_PPS = 20_000;
/** Mean time from one fault to the next. */
const PERIOD_MS = 30_000;
const FULL_DISK_MS = 20_000;
/** Times as long as without faults that it may take. */
const MOST_TIMES = 3;
/** From when on memory is flat, how old a run is then, and by how much it may differ from the middle. */
const FLAT_FROM_SECONDS = 300;
const SETTLED_SECONDS = 60;
const FLAT_BYTES = 5 * 2 ** 20;

const FAULTS: readonly Fault<LastingScan>[] = [
  ...COMMON_FAULTS,
  {
    name: "disk full",
    async strike(_network, scan): Promise<void> {
      await scan.fillDisk();
      await sleep(FULL_DISK_MS);
      await scan.freeDisk();
    },
  },
  {
    name: "killed and resumed",
    strike: (_network, scan) => scan.resumeAfter("SIGKILL"),
  },
  {
    name: "interrupted and resumed",
    strike: (_network, scan) => scan.resumeAfter("SIGINT"),
  },
];

const seconds = Number(Deno.args[0] ?? SECONDS);
const random = new SeededRandom(BigInt(Deno.args[1] ?? SEED));
const portCount = Math.max(1, Math.round(seconds * RATE_PPS / TARGET_COUNT));
await using network = await openLab();
console.log(
  `${machineText()}; ${TARGET_COUNT} hosts, ${portCount} ports, ${RATE_PPS} packets/s\n`,
);
const sentBefore = await packetsAtRouter(network);
await using scan = await LastingScan.start(network, {
  ratePps: RATE_PPS,
  portCount,
});
const strikes = new Map<string, number>();
const startedAt = performance.now();
while (!scan.isOver) {
  // With pauses it takes longer than without, but no scan may hang.
  if (performance.now() - startedAt > MOST_TIMES * seconds * 1000) {
    scan.signal("SIGTERM");
  }
  const period = PERIOD_MS * (0.5 + random.nextWord() / 2 ** 32);
  const strikesAt = performance.now() + period;
  while (!scan.isOver && performance.now() < strikesAt) await sleep(100);
  if (scan.isOver) break;
  const fault = FAULTS[random.nextWord() % FAULTS.length]!;
  console.log(`${new Date().toISOString()} ${fault.name}`);
  strikes.set(fault.name, (strikes.get(fault.name) ?? 0) + 1);
  await fault.strike(network, scan);
}
const planned = TARGET_COUNT * portCount;
const sent = await packetsAtRouter(network) - sentBefore;
console.log(
  `\n${[...strikes].map(([name, count]) => `${count} x ${name}`).join(", ")}`,
);
console.log(
  `${scan.runs} runs, ${sent} packets for ${planned} targets, ${
    ((sent / planned - 1) * 100).toFixed(2)
  }% more\n`,
);
if (!printChecks([...await scan.check(), ...flatness(scan.memory)])) {
  console.log(`\n${await scan.log()}`);
  throw new Error("Not all was found, or not all was counted");
}

/** Whether memory stays as it is while a run lasts; nothing is said of a scan that was too short. */
function flatness(samples: readonly MemorySample[]): Check[] {
  const settled = samples.filter(({ ageSeconds, seconds }) =>
    seconds >= FLAT_FROM_SECONDS && ageSeconds >= SETTLED_SECONDS
  );
  if (settled.length === 0) return [];
  const spans = [...Map.groupBy(settled, ({ run }) => run).values()].map(
    (ofRun) => {
      const bytes = ofRun.map((sample) => sample.bytes);
      return { least: Math.min(...bytes), most: Math.max(...bytes) };
    },
  );
  const widest = Math.max(...spans.map(({ least, most }) => most - least));
  const text = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);
  const [least, most] = [
    Math.min(...spans.map((span) => span.least)),
    Math.max(...spans.map((span) => span.most)),
  ];
  return [{
    name: "memory of a run changes by at most, MiB",
    seen: `${text(widest)}; ${text(least)} to ${text(most)} in all runs`,
    isMet: widest <= 2 * FLAT_BYTES,
  }];
}
