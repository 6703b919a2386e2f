import type { LossEstimate } from "../pace/mod.ts";
import {
  formatElapsed,
  formatPercent,
  formatRate,
  formatTimeLeft,
} from "./format.ts";
import { type Ledger, LOSS_PLACES } from "./ledger.ts";

/** A moment of a scan. */
export interface Snapshot {
  /** Monotonic time since sending began, in seconds. */
  readonly elapsedSeconds: number;
  readonly ledger: Ledger;
}

/** Where a scan stands, beyond its ledger. */
export interface Progress {
  readonly phase: "sending" | "cooldown" | "done";
  /** Packets that are still to be sent, as far as known. */
  readonly packetsLeft: number;
  /** Targets that got a probe. */
  readonly targetsProbed: number;
  /** Packets per second that the pacing allows now; 0 for no limit. */
  readonly wantedRatePps: number;
  /** Loss on the way in the last seconds; null: not enough data. */
  readonly pathLoss: LossEstimate | null;
  readonly cooldownSeconds: number;
  /** Seconds since sending ended; 0 before. */
  readonly cooldownElapsedSeconds: number;
}

/** Seconds until the scan ends, as far as the mean rate tells; null while nothing was sent. */
export function secondsLeft(now: Snapshot, progress: Progress): number | null {
  if (progress.phase === "done") return 0;
  if (progress.phase === "cooldown") {
    return Math.max(
      0,
      progress.cooldownSeconds - progress.cooldownElapsedSeconds,
    );
  }
  const done = now.ledger.send.accepted + now.ledger.send.abandoned;
  if (done === 0) return null;
  return progress.packetsLeft * now.elapsedSeconds / done +
    progress.cooldownSeconds;
}

/** Share of the targets that answered with a success, as text: unique successes per target probed. */
export function hitRate(ledger: Ledger, targetsProbed: number): string {
  return formatPercent(ledger.receive.successUnique, targetsProbed);
}

/** An estimate of loss as text: `2.1% (1.6-2.7%, 95%)`. */
export function lossEstimateText(loss: LossEstimate | null): string {
  if (loss === null) return "not enough data";
  const percent = (share: number): string => (100 * share).toFixed(1);
  return `${percent(loss.rate)}% (${percent(loss.low)}-${percent(loss.high)}%)`;
}

/**
 * One line about the scan. Rates are of the time between the two snapshots; counts are totals; losses are
 * those between the two snapshots, by place, and only the places that lost something.
 */
export function statusLine(
  now: Snapshot,
  before: Snapshot,
  progress: Progress,
): string {
  const seconds = now.elapsedSeconds - before.elapsedSeconds;
  const rate = (count: number): string =>
    formatRate(seconds > 0 ? count / seconds : 0);
  const { send, receive } = now.ledger;
  const left = secondsLeft(now, progress);
  const percent = left === null || left + now.elapsedSeconds === 0
    ? 0
    : 100 * now.elapsedSeconds / (now.elapsedSeconds + left);
  const sending = progress.phase === "sending"
    ? `${send.accepted} ${
      rate(send.accepted - before.ledger.send.accepted)
    } of ${
      progress.wantedRatePps === 0
        ? "any rate"
        : formatRate(progress.wantedRatePps)
    }`
    : `${send.accepted} done`;
  return [
    `${formatElapsed(now.elapsedSeconds).padStart(5)} ${percent.toFixed(0)}%` +
    (left === null ? "" : ` (${formatTimeLeft(left)} left)`),
    `send: ${sending}`,
    `recv: ${receive.successUnique} ${
      rate(receive.successUnique - before.ledger.receive.successUnique)
    }`,
    `hit rate: ${hitRate(now.ledger, progress.targetsProbed)}`,
    `lost: ${lossText(now.ledger, before.ledger)}`,
    `path loss: ${lossEstimateText(progress.pathLoss)}`,
  ].join("; ");
}

function lossText(now: Ledger, before: Ledger): string {
  const losing = LOSS_PLACES
    .map((place) => ({
      place,
      count: now.places[place] - before.places[place],
    }))
    .filter(({ count }) => count > 0);
  return losing.length === 0
    ? "0"
    : losing.map(({ place, count }) => `${place} ${count}`).join(", ");
}
