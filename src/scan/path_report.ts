import type { MeasuredPath, RateChangeMemory } from "../checkpoint/mod.ts";
import { RangeSet } from "../checkpoint/mod.ts";
import type { Coverage, PathLoss, PositionRange } from "../loss/mod.ts";

/** A change of the rate; its time is in seconds since sending began. */
export type RateChange = RateChangeMemory;

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
  /**
   * Positions that did not get their first probe, or only one that went nowhere, in order; null: not known.
   *
   * @default {null}
   */
  readonly unsent?: readonly PositionRange[] | null;
}

/** Of a target that gets several probes something is known when it is of one of them. */
export function unknownOf(losses: readonly PathLoss[]): number {
  return losses.reduce((share, { unknownShare }) => share * unknownShare, 1);
}

/** What all runs of a scan have found out together, and this run itself. */
export interface ReportFacts {
  /** Of all runs. */
  readonly losses: readonly PathLoss[];
  readonly coverage: Coverage | null;
  /** Positions that went nowhere and were not sent again yet, and those that were sent. */
  readonly owed: number;
  readonly done: number;
  /** Positions whose first probe is not given out, null where nobody knows, and not sent. */
  readonly firstProbesLeft: readonly PositionRange[] | null;
  readonly firstProbesUnderWay: readonly PositionRange[];
  readonly reason: string;
  readonly before: MeasuredPath | null;
  /** Of this run. */
  readonly passes: number;
  readonly busySeconds: number;
  readonly changes: readonly RateChange[];
  /** Packets that the kernel took, in all runs. */
  readonly packets: number;
  /** Time that earlier runs took, in seconds. */
  readonly secondsBefore: number;
}

/** What became of a scan. */
export function pathReport(facts: ReportFacts): PathReport {
  const { before, busySeconds, coverage, losses, packets } = facts;
  const unknown = coverage?.unknown ?? unknownOf(losses);
  const owed = facts.owed / Math.max(1, facts.done);
  const busyS = busySeconds + (before?.busySeconds ?? 0);
  return {
    losses,
    // What went nowhere tells nothing until it is sent again.
    unknownShare: 1 - (1 - unknown) * (1 - Math.min(1, owed)),
    reason: facts.reason,
    coverage,
    passes: Math.max(facts.passes, before?.passes ?? 1),
    meanPps: busyS > 0 ? packets / busyS : 0,
    changes: allChanges(facts),
    unsent: unsentOf(facts),
  };
}

function unsentOf(
  { firstProbesLeft, firstProbesUnderWay }: ReportFacts,
): readonly PositionRange[] | null {
  return firstProbesLeft === null
    ? null
    : new RangeSet([...firstProbesLeft, ...firstProbesUnderWay]).ranges;
}

/** The changes of the rate in all runs, by the time that these took. */
export function allChanges(
  { before, changes, secondsBefore }: Pick<
    ReportFacts,
    "before" | "changes" | "secondsBefore"
  >,
): readonly RateChange[] {
  return [
    ...before?.changes ?? [],
    ...changes.map((one) => ({ ...one, atS: secondsBefore + one.atS })),
  ];
}
