import type { LiarOptions } from "./_simulated_hosts.ts";
import type { ScanOptions, ScanResult } from "./_simulated_scan.ts";
import {
  fixedRate,
  LAB_LIMIT_PPS,
  LAB_TARGETS,
  labScanOf,
  scanOf,
  type Setting,
} from "./_simulated_settings.ts";

/** A scan of the table, and what has to come of it at least. */
export interface ScanCase {
  readonly name: string;
  readonly scan: ScanOptions;
  /** Least and highest mean rate, as shares of the mean capacity. */
  readonly rate?: readonly [number, number];
  /** Least share of the live hosts that is found. */
  readonly found?: number;
  /** Highest share of the targets of whose loss nothing is known. @default 0.1 */
  readonly unknown?: number;
  /** Another case goes the same way, packet by packet: for the table alone. */
  readonly isAsAnother?: boolean;
}

/** What the table says of a scan. */
export interface CaseFigures {
  /** Mean rate, as a share of the mean capacity while sending. */
  readonly rate: number;
  /** Share of the live hosts that was found. */
  readonly found: number;
  /** Loss of the first round trips, by each number of probe: what it was, and what is said of it. */
  readonly path: readonly Comparison[];
  /** The same for what was lost in every pass; null where nothing is sent again. */
  readonly healed: Comparison | null;
}

/** A loss and its estimate. */
export interface Comparison {
  readonly true: number;
  /** Of what is known; null: nothing is. */
  readonly estimated: number | null;
  /** Its 95% interval, where one is told. */
  readonly interval: readonly [number, number] | null;
  readonly unknown: number;
}

/**
 * How far a loss is from what was said of it, in shares: what is unknown may be lost or not, and what lies in the interval
 * is no error.
 */
export function errorOf(
  { estimated, interval, true: truth, unknown }: Comparison,
): number {
  if (estimated === null) return 0;
  const [low, high] = interval ?? [estimated, estimated];
  const known = 1 - unknown;
  return Math.max(0, low * known - truth, truth - high * known - unknown);
}

/** The figures of a scan. */
export function figuresOf(result: ScanResult): CaseFigures {
  const { endS, findable, found, losses, packets, report, trace } = result;
  const sending = trace.filter(({ timeS }) => timeS <= endS);
  const capacity = sending.reduce((sum, one) => sum + one.capacityPps, 0) /
    sending.length;
  const { coverage } = report;
  return {
    rate: packets / endS / capacity,
    found: found / findable,
    path: report.losses.map(({ estimate, unknownShare }, probeNumber) => ({
      true: losses[probeNumber]!,
      estimated: estimate?.rate ?? null,
      interval: estimate === null ? null : [estimate.low, estimate.high],
      unknown: unknownShare,
    })),
    healed: coverage === null ? null : {
      true: 1 - found / findable,
      estimated: coverage.unknown < 1 ? coverage.loss : null,
      interval: null,
      unknown: coverage.unknown,
    },
  };
}

/** Up to 4 seconds, most of them far shorter. */
const HEAVY_TAIL = { medianS: 0.2, spread: 1, mostS: 4 };
const REST = Infinity;
const LIARS: LiarOptions = {
  share: 0.01,
  firstAnswers: 100,
  followUpAnswers: 100,
  forgedFollowUps: 2,
};

function auto(
  name: string,
  setting: Setting,
  least: Omit<ScanCase, "name" | "scan">,
): ScanCase {
  return { name: `auto, ${name}`, scan: scanOf(setting), ...least };
}

function warn(
  name: string,
  ratePps: number,
  setting: Setting,
  least: Omit<ScanCase, "name" | "scan"> = {},
): ScanCase {
  const scan = scanOf({ ...setting, pace: fixedRate(ratePps) });
  return { name: `warn, ${name}`, scan, ...least };
}

const SIZES: readonly ScanCase[] = [
  auto("10^4 targets, 100% alive", { targets: 1e4 }, { found: 1 }),
  auto("10^4 targets, 10% alive", { targets: 1e4, hitRate: 0.1 }, {
    found: 1,
    unknown: 0.3,
  }),
  auto("10^4 targets, 1% alive", { targets: 1e4, hitRate: 0.01 }, {
    found: 1,
    unknown: 1,
  }),
  ...([[1e7, 0.1], [1e10, 0.1], [1e10, 0.01], [1e12, 0.01], [
    2 ** 48,
    0.1,
  ]] as const).map(([targets, hitRate]) =>
    auto(
      `${powerOf(targets)} targets, ${100 * hitRate}% alive`,
      { targets, hitRate, durationS: 30 },
      {
        rate: [0.8, 1.02],
        isAsAnother: targets === 1e12 || targets === 1e10 && hitRate === 0.1,
      },
    )
  ),
  auto("10^10 targets, 100% alive", { targets: 1e10, durationS: 30 }, {
    rate: [0.8, 1.02],
    isAsAnother: true,
  }),
  auto("2^48 targets, 100% alive", { durationS: 30 }, { rate: [0.8, 1.02] }),
  auto("10^12 targets, 0.1% alive", {
    targets: 1e12,
    hitRate: 0.001,
    durationS: 30,
  }, { rate: [0.6, 1.1], isAsAnother: true }),
  auto("2^48 targets, 0.1% alive", { hitRate: 0.001, durationS: 30 }, {
    rate: [0.6, 1.1],
  }),
  warn("10^4 targets, 10% alive, 10% lost", 1000, {
    targets: 1e4,
    hitRate: 0.1,
    randomLoss: 0.1,
  }),
  warn("2^48 targets, 0.1% alive, 20% lost", 20_000, {
    hitRate: 0.001,
    randomLoss: 0.2,
  }),
];

const DELAYS: readonly ScanCase[] = [
  auto("answers after 1 ms", { delay: 0.001, hitRate: 0.1, durationS: 20 }, {
    rate: [0.85, 1.02],
  }),
  auto("answers after 1.2 s", {
    delay: 1.2,
    hitRate: 0.1,
    durationS: 60,
  }, { rate: [0.8, 1.02] }),
  auto("answers after 2 s", { delay: 2, hitRate: 0.1, durationS: 60 }, {
    rate: [0.8, 1.02],
  }),
  auto("answers after 4 s", { delay: 4, hitRate: 0.1, durationS: 60 }, {
    rate: [0.7, 1.05],
  }),
  auto("answers after 0.2 s, some after 4 s", {
    delay: HEAVY_TAIL,
    hitRate: 0.1,
    durationS: 40,
  }, { rate: [0.8, 1.02], unknown: 0.2 }),
  ...[1.2, 2, 4, HEAVY_TAIL].map((delay) =>
    warn(
      `32,768 targets, answers after ${
        typeof delay === "number" ? `${delay} s` : "up to 4 s"
      }`,
      5000,
      { targets: 32_768, delay },
      { found: 1, unknown: 0.01 },
    )
  ),
  warn("answers after 2 s, 30% lost from 10 s on", 20_000, {
    delay: 2,
    hitRate: 0.05,
    randomLoss: (timeS) => timeS > 10 ? 0.3 : 0,
    durationS: 30,
  }),
];

const OUTAGES: readonly ScanCase[] = [
  auto("outage of 2 s, 10% alive", { hitRate: 0.1, outages: [[15, 17]] }, {
    rate: [0.8, 1.02],
  }),
  auto("outage of 2 s, 1% alive", { hitRate: 0.01, outages: [[15, 17]] }, {
    rate: [0.6, 1.02],
  }),
  auto("outage of 2 s, lab", {
    targets: LAB_TARGETS,
    delay: 0.0002,
    outages: [[2, 4]],
    durationS: 90,
  }, { found: 0.995 }),
  auto("outage of the rest, 1% alive", {
    hitRate: 0.01,
    outages: [[15, REST]],
    durationS: 30,
  }, {}),
  warn("outage of 2 s, 1% alive", 2000, {
    targets: LAB_TARGETS,
    hitRate: 0.01,
    outages: [[9, 11]],
    durationS: 90,
  }),
  warn("outage of 2 s, 0.1% alive", 20_000, {
    hitRate: 0.001,
    outages: [[9, 11]],
  }),
  ...[1, 1 / 256, 1 / 1024].map((hitRate) =>
    warn(
      `outage of the rest, 1 of ${1 / hitRate} alive`,
      2000,
      {
        targets: LAB_TARGETS,
        hitRate,
        outages: [[9, REST]],
        durationS: 90,
      },
      { unknown: hitRate === 1 / 1024 ? 1 : 0.1 },
    )
  ),
];

function moving(firstS: number, secondS: number): (timeS: number) => number {
  return (timeS) => timeS < firstS ? 30_000 : timeS < secondS ? 8000 : 60_000;
}

const PATHS: readonly ScanCase[] = [
  auto("limit 30,000 to 8,000 to 60,000, 10% alive", {
    capacityPps: moving(15, 30),
    hitRate: 0.1,
    durationS: 60,
  }, { rate: [0.6, 1.02] }),
  auto("limit 30,000 to 3,000, 10% alive", {
    capacityPps: (timeS) => timeS < 10 ? 30_000 : 3000,
    hitRate: 0.1,
    durationS: 30,
  }, { rate: [0.75, 1.1] }),
  auto("2% of the probes lost at any rate", {
    hitRate: 0.1,
    randomLoss: 0.02,
    durationS: 30,
  }, { rate: [0.8, 1.02] }),
  auto("2% of the answers lost at any rate", {
    hitRate: 0.1,
    answerLoss: 0.02,
    durationS: 30,
  }, { rate: [0.8, 1.02] }),
  auto("bursts that lose 30%", {
    hitRate: 0.1,
    bursts: { goodS: 3, badS: 0.06, loss: 0.3 },
    durationS: 30,
  }, { rate: [0.65, 1.02] }),
  auto("a queue of 0.2 s", {
    kind: "queue",
    bufferS: 0.2,
    hitRate: 0.1,
    durationS: 30,
  }, { rate: [0.8, 1.05] }),
  auto("this machine keeps up with 20,000 p/s", {
    hitRate: 0.1,
    localLimitPps: 20_000,
    durationS: 20,
  }, { rate: [0.5, 0.7] }),
  warn("twice the limit, lab", 60_000, {
    targets: LAB_TARGETS,
    delay: 0.0002,
  }),
  warn("twice the limit, 1% alive", 60_000, {
    hitRate: 0.01,
    durationS: 20,
  }),
  warn("twice the limit, 0.1% alive", 60_000, {
    hitRate: 0.001,
    durationS: 30,
  }),
  warn("bursts that lose 80%", 20_000, {
    hitRate: 0.1,
    bursts: { goodS: 1, badS: 0.2, loss: 0.8 },
    durationS: 30,
  }),
  warn("two probes to each target, 20% lost", 10_000, {
    targets: LAB_TARGETS,
    hitRate: 0.1,
    probesPerTarget: 2,
    randomLoss: 0.2,
  }),
];

const LAB: readonly ScanCase[] = [
  {
    name: "auto, lab",
    scan: labScanOf({}),
    rate: [0.8, 1.02],
    found: 0.999,
  },
  {
    name: "auto, lab, 1% alive",
    scan: labScanOf({ hitRate: 0.01 }),
    rate: [0.6, 1.02],
    found: 0.995,
  },
  {
    name: "auto, lab, four senders",
    scan: labScanOf({ senders: 4 }),
    rate: [0.8, 1.02],
    found: 0.999,
  },
  {
    name: "auto, lab, limit 30,000 to 8,000 to 60,000",
    scan: labScanOf({ capacityPps: moving(1.5, 4) }),
    found: 0.999,
  },
  {
    name: "slow, lab, twice the limit",
    scan: labScanOf({ pace: fixedRate(2 * LAB_LIMIT_PPS), onLoss: "slow" }),
    found: 0.998,
  },
  {
    name: "slow, lab, no limit of the rate or of the path",
    scan: labScanOf({
      capacityPps: 1e9,
      pace: { ...fixedRate(20_000_000), startRatePps: 0 },
      onLoss: "slow",
    }),
    found: 1,
    unknown: 1,
  },
];

const LYING: readonly ScanCase[] = (["exact", "recent"] as const).flatMap((
  repeats,
) => [
  {
    name: `auto, lab, 1% lie, repeats: ${repeats}`,
    scan: labScanOf({ liars: LIARS, repeats }),
    rate: [0.8, 1.02],
    found: 0.999,
  },
  warn(`1% lie, repeats: ${repeats}`, 10_000, {
    targets: LAB_TARGETS,
    hitRate: 0.5,
    liars: LIARS,
    repeats,
  }, { found: 1, unknown: 0.01 }),
]);

/** The table of `scripts/plot_rate_control.ts`. */
export const SCAN_CASES: readonly ScanCase[] = [
  ...SIZES,
  ...DELAYS,
  ...OUTAGES,
  ...PATHS,
  ...LAB,
  ...LYING,
];

function powerOf(targets: number): string {
  return targets === 2 ** 48 ? "2^48" : `10^${Math.round(Math.log10(targets))}`;
}
