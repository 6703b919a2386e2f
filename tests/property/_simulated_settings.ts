import type { PaceSettings } from "../../src/scan/pace_settings.ts";
import type { HostOptions } from "./_simulated_hosts.ts";
import type { PathOptions } from "./_simulated_path.ts";
import type { ScanOptions, ScanResult, TracePoint } from "./_simulated_scan.ts";

/** What differs from a scan of 2^48 targets, all alive, over 30,000 p/s, for 40 s, that finds its rate. */
export interface Setting
  extends
    Partial<Omit<ScanOptions, "path" | "hosts" | "pace">>,
    Partial<HostOptions>,
    Partial<PathOptions> {
  readonly pace?: Partial<PaceSettings>;
}

/** The bounds of `--rate auto`. */
export const AUTO: PaceSettings = {
  startRatePps: 1000,
  minRatePps: 100,
  maxRatePps: 2_000_000,
  isAuto: true,
};
/** Targets of the lab, and what its router lets pass, packets per second. */
export const LAB_TARGETS = 131_072;
export const LAB_LIMIT_PPS = 30_000;

/** A rate that is given, packets per second. */
export function fixedRate(ratePps: number): PaceSettings {
  return {
    startRatePps: ratePps,
    minRatePps: Math.min(100, ratePps),
    maxRatePps: ratePps,
    isAuto: false,
  };
}

/** A whole scan of it. */
export function scanOf(setting: Setting): ScanOptions {
  const { pace, ...all } = setting;
  return {
    seed: 1,
    targets: 2 ** 48,
    durationS: 40,
    ...all,
    path: { capacityPps: LAB_LIMIT_PPS, ...all },
    hosts: { hitRate: 1, delay: { leastS: 0.02, mostS: 0.2 }, ...all },
    pace: { ...AUTO, ...pace },
  };
}

/** The same for a scan of the lab, up to its end. */
export function labScanOf(setting: Setting): ScanOptions {
  return scanOf({
    targets: LAB_TARGETS,
    delay: 0.0002,
    durationS: 90,
    ...setting,
  });
}

/** A part of a scan's course. */
export interface Summary {
  /** Mean and extremes of the rate, as shares of the capacity. */
  readonly mean: number;
  readonly least: number;
  readonly most: number;
  /** Share of the round trips that failed. */
  readonly loss: number;
}

/** What happened between two times, in seconds. */
export function summaryOf(
  { trace }: ScanResult,
  fromS: number,
  toS: number = Infinity,
): Summary {
  const points = trace.filter(({ timeS }) => timeS > fromS && timeS <= toS);
  const shares = points.map(({ ratePps, capacityPps }) =>
    ratePps / capacityPps
  );
  const sum = (read: (point: TracePoint) => number): number =>
    points.reduce((total, point) => total + read(point), 0);
  return {
    mean: shares.reduce((total, share) => total + share, 0) / shares.length,
    least: Math.min(...shares),
    most: Math.max(...shares),
    loss: sum(({ lost }) => lost) / sum(({ packets }) => packets),
  };
}
