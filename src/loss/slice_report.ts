import type { LossEstimate } from "./loss_estimate.ts";

/**
 * What the driver knows of one slice of the scan: some 100 ms of sending at one rate, so a change of the rate
 * ends it. A slice is reported once it is closed, and again on each update for some seconds, as its counts grow.
 */
export interface SliceReport {
  /** Counts up by time of sending. */
  readonly id: number;
  /** When its first packet was due, in seconds of any monotonic clock. */
  readonly startS: number;
  /** When its last packet left. */
  readonly endS: number;
  /** Ordinary probes sent; follow-ups not included. */
  readonly packets: number;
  /** The rate that the controller asked for. What was reached is taken from the times. */
  readonly ratePps: number;
  /**
   * Targets of the slice that have answered so far. Only those that answered this very pass: the count is
   * frozen when the range is sent again.
   */
  readonly answers: number;
  /**
   * Follow-ups sent within the slice's time. Those neither answered nor silent are still open. Probes of later
   * passes to targets that answered an earlier one may be counted here too: they tell as much.
   */
  readonly followUpsSent: number;
  /** Of these, answered. */
  readonly followUpsAnswered: number;
  /** Of these, silent after their time. */
  readonly followUpsSilent: number;
  /** Packets of this time that the machine itself lost: queue, device, capture ring. */
  readonly localLosses: number;
  /** 0 when its targets are probed for the first time. Later passes' answers say nothing about the hit rate. */
  readonly pass: number;
}

/** What is thought of a slice, in view of all that has been learned so far. */
export interface SliceVerdict {
  /** "unknown": its loss may be over the target and may not. */
  readonly kind: "clean" | "lossy" | "unknown";
  /** Expected share of its round trips lost. */
  readonly loss: number;
  /** The same with its interval, or null when nothing is known but the prior. */
  readonly estimate: LossEstimate | null;
  /** Enough is known to send a lossy slice again when there is nothing better to do. */
  readonly isRipe: boolean;
  /** No more data will come: the verdict stays. */
  readonly isFinal: boolean;
}
