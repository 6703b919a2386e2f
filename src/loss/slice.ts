import type { LossEstimate } from "./loss_estimate.ts";
import type { PositionMarks } from "./_position_marks.ts";
import type { PositionRange } from "./position_range.ts";

/**
 * What was sent in a short stretch of time, and what came of it so far. Its counts grow as answers arrive: readers
 * keep the slice and look again.
 */
export interface Slice {
  /** Counts up in the order of sending. */
  readonly id: number;
  /** Monotonic times in seconds between which its packets left. */
  readonly startS: number;
  /** When the last of them left. */
  readonly endS: number;
  /** The rate that was asked for. What was reached is taken from the times. */
  readonly ratePps: number;
  /** Packets sent to its targets, follow-ups not included. */
  readonly packets: number;
  /** 0 when its targets are probed for the first time. Later passes' answers say nothing about the hit rate. */
  readonly pass: number;
  /** Which of several probes to a target it sent. */
  readonly probeNumber: number;
  /** Positions of its targets. */
  readonly ranges: readonly PositionRange[];
  /** Packets of this time that the machine itself lost: queue, device, capture ring. */
  readonly localLosses: number;
  /** Targets of the slice that have answered to this pass so far. */
  readonly answers: number;
  /** Which of its targets have answered to this pass so far, whether or not they had answered before. */
  readonly heard: PositionMarks;
  /** Those of them that came later than any whose share is known (`ResponseDelay`): they tell nothing yet. */
  readonly lateAnswers: number;
  /** Whether answers to it were lost between the threads, so that its counts tell nothing. */
  readonly isDisturbed: boolean;
  /** Follow-ups that left in its time. Those neither answered nor silent are still waited for. */
  readonly followUpsSent: number;
  /** Those that were answered. */
  readonly followUpsAnswered: number;
  /** Those that were waited for in vain. */
  readonly followUpsSilent: number;
}

/** What is thought of a slice, in view of all that has been learned so far. */
export interface SliceVerdict {
  /** "unknown": its loss may be over the target and may not. */
  readonly kind: "clean" | "lossy" | "unknown";
  /** Expected share of its round trips lost. */
  readonly loss: number;
  /** `loss` with its interval, or null when nothing is known but the prior. */
  readonly estimate: LossEstimate | null;
  /** Enough is known to send a lossy slice again when there is nothing better to do. */
  readonly isRipe: boolean;
  /** No more data will come: the verdict stays. */
  readonly isFinal: boolean;
}
