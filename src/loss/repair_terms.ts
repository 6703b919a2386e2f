import type { PositionRange } from "./position_range.ts";
import type { RepairBefore } from "./repair_memory.ts";

/** A range to send again. */
export interface RepairWork extends PositionRange {
  /** 1 for the first repetition. */
  readonly pass: number;
}

/** Targets that had answered before they were sent again. */
export interface Repeats {
  /** How many they are. */
  readonly asked: number;
  /** How many of them have answered once more. */
  readonly answered: number;
}

/** What the repair plan has to know of the scan. */
export interface RepairOptions {
  /** Share of lost packets that is accepted. */
  readonly lossTarget: number;
  /** How often a position is sent at most, the first time included. */
  readonly maxPasses: number;
  /**
   * What an earlier run of the scan has found out, and what of it is sent again whatever this plan says.
   *
   * @default {null} there was no earlier run
   */
  readonly before?: RepairBefore | null;
}

/** How much of the scan was covered. */
export interface Coverage {
  /** Share of the positions sent whose remaining loss is within the target. */
  readonly covered: number;
  /** Expected share of the round trips that were lost in every pass. */
  readonly loss: number;
  /** Share of the positions sent of whose loss nothing is known. */
  readonly unknown: number;
  /** Positions that were sent, but not covered, in order. */
  readonly uncovered: readonly PositionRange[];
}
