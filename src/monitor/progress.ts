import type { LossEstimate } from "../loss/mod.ts";
import type { ScannedFamilies } from "./by_family.ts";
import type { Ledger } from "./ledger.ts";

/** A moment of a scan. */
export interface Snapshot {
  /** Monotonic time since sending began, in seconds. */
  readonly elapsedSeconds: number;
  readonly ledger: Ledger;
  /**
   * When the run began that is under way, where there were earlier ones: how fast these were tells nothing of it.
   *
   * @default {undefined} there was none
   */
  readonly earlier?: Omit<Snapshot, "earlier">;
}

/** Where a scan stands, beyond its ledger. */
export interface Progress {
  readonly phase: "sending" | "cooldown" | "done";
  /** Packets that are still to be sent, as far as known. */
  readonly packetsLeft: number;
  /**
   * Whether targets may come that are not known yet: then nothing tells how many packets there will be.
   *
   * @default {false}
   */
  readonly mayGrow?: boolean | undefined;
  /** What the hit rate is a share of: targets that got a probe, or probes where every answer counts. */
  readonly hitBase: number;
  /** Families of the targets. */
  readonly families: ScannedFamilies;
  /** Whether the kind of probe can tell application successes. */
  readonly hasAppSuccess: boolean;
  /** Packets per second that the pacing allows now; 0 for no limit. */
  readonly wantedRatePps: number;
  /** Loss on the way in the last seconds; null: not enough data. */
  readonly pathLoss: LossEstimate | null;
  /** Why nothing can be sent or come at the moment, for people; null: nothing is known to be wrong. */
  readonly outage: string | null;
  /** Which output waits for space on its disk, for people; null: none. */
  readonly shortage: string | null;
  /** Share of the targets probed so far of whose loss nothing is known, 0 to 1. */
  readonly unknownShare: number;
  /** Time spent sending so far, in all runs. */
  readonly sendSeconds: number;
  /** Time that sending may take in the run that is under way; null: no limit. */
  readonly maxSendSeconds: number | null;
  /** Share of the rows that are written at most, 0 to 1; null: no limit. */
  readonly rowShare: number | null;
  readonly cooldownSeconds: number;
  /** Seconds since sending ended; 0 before. */
  readonly cooldownElapsedSeconds: number;
}

/** What a status line or a status row is about: the time between two moments. */
export interface Span {
  readonly before: Snapshot;
  readonly now: Snapshot;
  readonly progress: Progress;
}

/** Reads a total out of a ledger. */
export type Total = (ledger: Ledger) => number;

/** Packets handed to the senders, those that could not be sent included, as ZMap counts them. */
export function sentPackets({ send }: Ledger): number {
  return send.accepted + send.abandoned;
}

/** Packets that the capture lost. */
export function captureDrops(ledger: Ledger): number {
  return ledger.places["receive: ring"];
}

/** Growth of a total per second of the span. */
export function perSecond({ before, now }: Span, read: Total): number {
  const seconds = now.elapsedSeconds - before.elapsedSeconds;
  return ratio(read(now.ledger) - read(before.ledger), seconds);
}

/** A total per second since the scan began. */
export function average({ now }: Span, read: Total): number {
  return ratio(read(now.ledger), now.elapsedSeconds);
}

/** Packets sent per second of sending. */
export function averageSent({ now, progress }: Span): number {
  return ratio(sentPackets(now.ledger), progress.sendSeconds);
}

/** A number of unique successes as a share of the targets, in percent. */
export function hitRatePercent(count: number, { hitBase }: Progress): number {
  // Answers may be counted before it is that their probes were sent.
  return ratio(100 * count, Math.max(hitBase, count));
}

/**
 * Seconds until the scan ends: by the mean rate, or by the limit on time or rows that will be reached first.
 * Null while nothing tells.
 */
export function secondsLeft(now: Snapshot, progress: Progress): number | null {
  if (progress.phase === "done") return 0;
  const { cooldownSeconds, maxSendSeconds, rowShare } = progress;
  if (progress.phase === "cooldown") {
    return Math.max(0, cooldownSeconds - progress.cooldownElapsedSeconds);
  }
  const age = now.elapsedSeconds;
  const ageOfRun = age - (now.earlier?.elapsedSeconds ?? 0);
  const left: number[] = [];
  const finished = finishedPackets(now.ledger) -
    (now.earlier === undefined ? 0 : finishedPackets(now.earlier.ledger));
  if (finished > 0 && progress.mayGrow !== true) {
    left.push(progress.packetsLeft * ageOfRun / finished + cooldownSeconds);
  }
  if (maxSendSeconds !== null) {
    left.push(maxSendSeconds - ageOfRun + cooldownSeconds);
  }
  if (rowShare !== null && rowShare > 0) {
    left.push((1 - rowShare) * age / rowShare);
  }
  return left.length === 0 ? null : Math.max(0, Math.min(...left));
}

/** Share of the time of the scan that has passed, in percent; 0 while nothing tells. */
export function percentDone(now: Snapshot, progress: Progress): number {
  const left = secondsLeft(now, progress);
  const age = now.elapsedSeconds;
  return left === null ? 0 : ratio(100 * age, age + left);
}

function finishedPackets(ledger: Ledger): number {
  return sentPackets(ledger) + ledger.send.noNeighbour;
}

function ratio(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}
