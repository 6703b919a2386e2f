// deno-lint-ignore-file no-console
/**
 * Draws how the rate controller behaves on simulated networks: one SVG file per scenario in the directory
 * given as argument, and a table on standard output.
 *
 *   deno run --allow-write=DIRECTORY scripts/plot_rate_control.ts DIRECTORY
 */
import {
  type ScanOptions,
  type ScanResult,
  SimulatedScan,
} from "../tests/property/_simulated_scan.ts";
import { plotScan } from "./_plot.ts";

interface Scenario {
  readonly name: string;
  readonly title: string;
  readonly scan: ScanOptions;
}

const LAB_TARGETS = 131_072;
const LAB_RTT_S: readonly [number, number] = [0.0002, 0.0002];
const CONTROLLER: ScanOptions["controller"] = {
  minRatePps: 100,
  maxRatePps: 2_000_000,
  startRatePps: 1000,
  lossTarget: 0.005,
  isAuto: true,
};

function scan(options: {
  readonly capacityPps: ScanOptions["network"]["capacityPps"];
  readonly rttS?: readonly [number, number];
  readonly network?: Partial<ScanOptions["network"]>;
  readonly hitRate?: number;
  readonly targets?: number;
  readonly durationS?: number;
  readonly followUpShare?: number;
  readonly controller?: Partial<ScanOptions["controller"]>;
}): ScanOptions {
  const { capacityPps, rttS = [0.02, 0.2], network, controller } = options;
  return {
    network: { seed: 1, capacityPps, rttS, ...network },
    controller: { ...CONTROLLER, ...controller },
    hitRate: options.hitRate ?? 1,
    targets: options.targets ?? null,
    durationS: options.durationS ?? 60,
    followUpShare: options.followUpShare ?? 0.01,
  };
}

function steps(
  firstS: number,
  secondS: number,
): (timeS: number) => number {
  return (timeS) => timeS < firstS ? 30_000 : timeS < secondS ? 8000 : 60_000;
}

const LAB = { targets: LAB_TARGETS, rttS: LAB_RTT_S };
const at30k = (): number => 30_000;

const SCENARIOS: readonly Scenario[] = [
  {
    name: "lab",
    title: "Lab: 131,072 targets, all alive, limit 30,000",
    scan: scan({ ...LAB, capacityPps: at30k }),
  },
  {
    name: "lab_1_percent",
    title: "Lab: 1% of the targets alive",
    scan: scan({ ...LAB, capacityPps: at30k, hitRate: 0.01 }),
  },
  {
    name: "lab_steps",
    title: "Lab: limit 30,000 to 8,000 to 60,000 during the scan",
    scan: scan({ ...LAB, capacityPps: steps(1.5, 4) }),
  },
  {
    name: "lab_fixed",
    title: "Lab: -r 60000 --on-loss slow",
    scan: scan({
      ...LAB,
      capacityPps: at30k,
      controller: { isAuto: false, maxRatePps: 60_000 },
    }),
  },
  {
    name: "steps",
    title: "Capacity 30,000 to 8,000 to 60,000; RTT 20 to 200 ms",
    scan: scan({ capacityPps: steps(20, 40) }),
  },
  {
    name: "steps_3_percent",
    title: "The same with a hit rate of 3%",
    scan: scan({ capacityPps: steps(20, 40), hitRate: 0.03, durationS: 80 }),
  },
  {
    name: "slow_2000",
    title: "Capacity 2,000, hit rate 100%, RTT 100 ms",
    scan: scan({ capacityPps: () => 2000, rttS: [0.1, 0.1] }),
  },
  {
    name: "slow_2000_1_percent",
    title: "Capacity 2,000, hit rate 1%: 20 answers a second",
    scan: scan({ capacityPps: () => 2000, hitRate: 0.01 }),
  },
  {
    name: "fast_1000000",
    title: "Capacity 1,000,000, hit rate 0.1%, RTT 10 to 500 ms",
    scan: scan({
      capacityPps: () => 1e6,
      hitRate: 0.001,
      rttS: [0.01, 0.5],
    }),
  },
  {
    name: "far",
    title: "Capacity 30,000, hit rate 10%, RTT 500 ms",
    scan: scan({ capacityPps: at30k, hitRate: 0.1, rttS: [0.5, 0.5] }),
  },
  {
    name: "random_loss",
    title: "2% of the packets lost at any rate, hit rate 10%",
    scan: scan({
      capacityPps: at30k,
      hitRate: 0.1,
      network: { randomLoss: 0.02 },
    }),
  },
  {
    name: "bursts",
    title: "Bursts of loss (Gilbert-Elliott): 30% for 60 ms every 3 s",
    scan: scan({
      capacityPps: at30k,
      hitRate: 0.5,
      network: { bursts: { goodS: 3, badS: 0.06, loss: 0.3 } },
    }),
  },
  {
    name: "queue",
    title: "A queue of 50 ms instead of a limit, hit rate 50%",
    scan: scan({
      capacityPps: at30k,
      hitRate: 0.5,
      network: { kind: "queue", bufferS: 0.05 },
    }),
  },
  {
    name: "long_queue",
    title: "A queue of 200 ms, hit rate 50%",
    scan: scan({
      capacityPps: at30k,
      hitRate: 0.5,
      network: { kind: "queue", bufferS: 0.2 },
    }),
  },
  {
    name: "no_follow_ups",
    title: "Hit rate 1%, no follow-ups",
    scan: scan({ capacityPps: at30k, hitRate: 0.01, followUpShare: 0 }),
  },
];

/** First time at which the rate is and stays for 2 s between 80% and 120% of the capacity. */
function convergenceS({ trace }: ScanResult): number {
  const isNear = (at: number): boolean => {
    const { ratePps, capacityPps } = trace[at]!;
    return ratePps > 0.8 * capacityPps && ratePps < 1.2 * capacityPps;
  };
  let since = 0;
  for (let at = 0; at < trace.length; at++) {
    if (!isNear(at)) since = at + 1;
    else if (trace[at]!.timeS - trace[since]!.timeS >= 2) {
      return trace[since]!.timeS;
    }
  }
  return NaN;
}

function row({ name, scan }: Scenario, result: ScanResult): string {
  const startS = convergenceS(result);
  const later = result.trace.filter(({ timeS }) => timeS > startS);
  const sum = (read: (point: ScanResult["trace"][number]) => number): number =>
    later.reduce((total, point) => total + read(point), 0);
  const share = sum(({ ratePps }) => ratePps) /
    sum(({ capacityPps }) => capacityPps);
  const loss = sum(({ lost }) => lost) / sum(({ packets }) => packets);
  const whole = scan.targets === null
    ? ""
    : `${result.endS.toFixed(2)} s, ${
      (100 * result.found).toFixed(2)
    }% found, ${Math.round(scan.targets / result.endS)} targets/s`;
  return [
    name.padEnd(20),
    startS.toFixed(1).padStart(6),
    share.toFixed(3).padStart(6),
    `${(100 * loss).toFixed(2)}%`.padStart(7),
    String(result.changes.length).padStart(4),
    whole,
  ].join("  ");
}

const [directory] = Deno.args;
if (directory === undefined) throw new Error("Cannot plot: name a directory");
Deno.mkdirSync(directory, { recursive: true });
console.log(
  "scenario              conv s    rate     loss  changes  whole scan",
);
for (const scenario of SCENARIOS) {
  const result = new SimulatedScan(scenario.scan).run();
  console.log(row(scenario, result));
  const svg = plotScan(scenario.title, result);
  Deno.writeTextFileSync(`${directory}/${scenario.name}.svg`, svg);
}
