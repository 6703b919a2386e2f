/** The upper bound of a rate that nothing bounds, in packets per second. */
export const UNBOUNDED_PPS = 20_000_000;

/** The rate of a scan: where it starts, and its bounds, in packets per second. */
export interface PaceSettings {
  /** 0 for no limit. */
  readonly startRatePps: number;
  readonly minRatePps: number;
  readonly maxRatePps: number;
  /** The scan finds its rate. */
  readonly isAuto: boolean;
  /**
   * Whether an earlier run has found it: `startRatePps`.
   *
   * @default {false}
   */
  readonly isKnown?: boolean;
}
