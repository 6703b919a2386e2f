import type { RateReason } from "../capacity/mod.ts";
import type { Coverage, PathLoss } from "../loss/mod.ts";

/** A change of the rate. */
export interface RateChange {
  /** Seconds since sending began. */
  readonly atS: number;
  readonly ratePps: number;
  readonly cause: RateReason["cause"];
  readonly reason: string;
}

/** What was lost on the way in a whole scan. */
export interface PathReport {
  /** Loss of the round trip of each probe to a target. */
  readonly losses: readonly PathLoss[];
  /** Share of the targets probed of whose loss nothing is known, 0 to 1. */
  readonly unknownShare: number;
  /** Why nothing is known of it, if so. */
  readonly reason: string;
  /** What was covered within the loss target, in view of all passes; null: what was lost was not sent again. */
  readonly coverage: Coverage | null;
  readonly passes: number;
  /** Packets per second while there was something to send. */
  readonly meanPps: number;
  readonly changes: readonly RateChange[];
}

/** Of a target that gets several probes something is known when it is of one of them. */
export function unknownOf(losses: readonly PathLoss[]): number {
  return losses.reduce((share, { unknownShare }) => share * unknownShare, 1);
}
