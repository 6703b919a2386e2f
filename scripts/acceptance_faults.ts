// deno-lint-ignore-file no-console
/**
 * A scan of 131,072 hosts at 20,000 packets/s with another fault every ten seconds: `acceptance_faults.ts [SECONDS]`,
 * 600 unless given. Fails unless every port of every host is found, the ledger balances, and the exit code is 0.
 */
import { TARGET_COUNT } from "../src/demo/mod.ts";
import { printChecks } from "./_checks.ts";
import { machineText, openLab, sleep } from "./_lab.ts";
import { COMMON_FAULTS, type Fault, lasting } from "./_faults.ts";
import { FaultyScan } from "./_faulty_scan.ts";

const SECONDS = 600;
const RATE_PPS = 20_000;
/** Time from one fault to the next. */
const PERIOD_MS = 10_000;
/** Times as long as without faults that it may take. */
const MOST_TIMES = 3;

const FAULTS: readonly Fault<FaultyScan>[] = [
  ...COMMON_FAULTS,
  {
    name: "disk of the log full",
    strike: (_network, scan) =>
      lasting(() => scan.fillLogDisk(), () => scan.emptyLogDisk()),
  },
  {
    name: "reader of the results stuck",
    strike: (_network, scan) =>
      lasting(
        () => scan.signalReader("SIGSTOP"),
        () => scan.signalReader("SIGCONT"),
      ),
  },
];

const seconds = Number(Deno.args[0] ?? SECONDS);
const portCount = Math.max(1, Math.round(seconds * RATE_PPS / TARGET_COUNT));
await using network = await openLab();
console.log(
  `${machineText()}; ${TARGET_COUNT} hosts, ${portCount} ports, ${RATE_PPS} packets/s\n`,
);
await using scan = await FaultyScan.start(network, {
  ratePps: RATE_PPS,
  portCount,
});
const strikes = new Map<string, number>();
for (let count = 0;; count++) {
  // With pauses it takes longer than without, but no scan may hang.
  if (count * PERIOD_MS > MOST_TIMES * seconds * 1000) scan.signal("SIGTERM");
  await Promise.race([sleep(PERIOD_MS), scan.sent]);
  if (scan.isOver) break;
  const fault = FAULTS[count % FAULTS.length]!;
  console.log(`${new Date().toISOString()} ${fault.name}`);
  strikes.set(fault.name, (strikes.get(fault.name) ?? 0) + 1);
  await fault.strike(network, scan);
}
const checks = await scan.check();
console.log(
  `\n${[...strikes].map(([name, count]) => `${count} x ${name}`).join(", ")}\n`,
);
if (!printChecks(checks)) {
  console.log(`\n${scan.log}`);
  throw new Error("Not all was found, or not all was counted");
}
