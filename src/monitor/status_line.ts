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

/** What stays the same, or changes seldom, while a scan runs. */
export interface Progress {
  readonly phase: "sending" | "cooldown" | "done";
  /** Packets that the scan will send in all. */
  readonly packetsPlanned: number;
  readonly probesPerTarget: number;
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
  const { accepted, abandoned } = now.ledger.send;
  const done = accepted + abandoned;
  if (done === 0) return null;
  const left = Math.max(0, progress.packetsPlanned - done);
  return left * now.elapsedSeconds / done + progress.cooldownSeconds;
}

/** Share of the targets that answered with a success, as text: unique successes per target probed. */
export function hitRate(ledger: Ledger, probesPerTarget: number): string {
  const targets = Math.ceil(ledger.send.accepted / probesPerTarget);
  return formatPercent(ledger.receive.successUnique, targets);
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
  const mean = now.elapsedSeconds > 0 ? send.accepted / now.elapsedSeconds : 0;
  const sending = progress.phase === "sending"
    ? `${send.accepted} ${rate(send.accepted - before.ledger.send.accepted)} (${
      formatRate(mean)
    } avg)`
    : `${send.accepted} done`;
  return [
    `${formatElapsed(now.elapsedSeconds).padStart(5)} ${percent.toFixed(0)}%` +
    (left === null ? "" : ` (${formatTimeLeft(left)} left)`),
    `send: ${sending}`,
    `recv: ${receive.successUnique} ${
      rate(receive.successUnique - before.ledger.receive.successUnique)
    }`,
    `hit rate: ${hitRate(now.ledger, progress.probesPerTarget)}`,
    `lost: ${lossText(now.ledger, before.ledger)}`,
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
