// deno-lint-ignore-file no-console
/**
 * A scan of 131,072 hosts at 20,000 packets/s with another fault every ten seconds: `acceptance_faults.ts [SECONDS]`,
 * 600 unless given. Fails unless every port of every host is found, the ledger balances, and the exit code is 0.
 */
import {
  type Network,
  SCANNER_INTERFACE,
  TARGET_COUNT,
} from "../src/demo/mod.ts";
import { printChecks } from "./_checks.ts";
import { machineText, openLab, sleep } from "./_lab.ts";
import { FaultyScan } from "./_faulty_scan.ts";

const SECONDS = 600;
const RATE_PPS = 20_000;
/** Time from one fault to the next, and how long one lasts. */
const PERIOD_MS = 10_000;
const FAULT_MS = 3000;
/** Times as long as without faults that it may take. */
const MOST_TIMES = 3;

/** Something that goes wrong; it is right again when the promise resolves. */
interface Fault {
  readonly name: string;
  strike(network: Network, scan: FaultyScan): Promise<void>;
}

const FAULTS: readonly Fault[] = [
  {
    name: "link down",
    async strike({ router }): Promise<void> {
      await router.run("ip", ["link", "set", "down0", "down"]);
      await sleep(FAULT_MS);
      await router.run("ip", ["link", "set", "down0", "up"]);
    },
  },
  {
    name: "gateway with another hardware address",
    async strike({ router }): Promise<void> {
      const [last] = crypto.getRandomValues(new Uint8Array(1));
      const address = `02:00:00:00:01:${last!.toString(16).padStart(2, "0")}`;
      await router.run("ip", ["link", "set", "down0", "address", address]);
    },
  },
  {
    name: "process stopped",
    async strike(_network, scan): Promise<void> {
      scan.signal("SIGSTOP");
      await sleep(FAULT_MS);
      scan.signal("SIGCONT");
    },
  },
  {
    name: "disk of the log full",
    async strike(_network, scan): Promise<void> {
      await scan.fillLogDisk();
      await sleep(FAULT_MS);
      await scan.emptyLogDisk();
    },
  },
  {
    name: "reader of the results stuck",
    async strike(_network, scan): Promise<void> {
      scan.signalReader("SIGSTOP");
      await sleep(FAULT_MS);
      scan.signalReader("SIGCONT");
    },
  },
  {
    name: "interface renamed",
    async strike({ scanner }): Promise<void> {
      const rename = (from: string, to: string): Promise<string> =>
        scanner.run("ip", ["link", "set", from, "name", to]);
      await rename(SCANNER_INTERFACE, "renamed0");
      await sleep(FAULT_MS);
      await rename("renamed0", SCANNER_INTERFACE);
    },
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
