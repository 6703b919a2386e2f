import type { LossEstimate } from "../loss/mod.ts";
import type { LimitConfig, LossConfig } from "./config.ts";

/** How long the kernel may refuse every frame before the scan gives up, in seconds. */
const STALL_S = 30;
/** A longer gap between two looks means that this program itself was stopped: such time does not count, in seconds. */
const STOPPED_S = 2;
/** Nothing is thought of the hit rate before this age: the first answers are still on their way. */
const HIT_RATE_GRACE_S = 5;
/** How long the hit rate has to stay too low, in seconds. */
const HIT_RATE_PATIENCE_S = 5;
/** Packets that this machine may lose before `--on-loss abort` thinks of their share. */
const FEW_LOSSES = 100;

/** What decides whether a scan goes on, at one moment. */
export interface StopFacts {
  readonly phase: "sending" | "cooldown" | "done";
  /** Time since sending began, in seconds. */
  readonly elapsedS: number;
  /** Time that earlier runs of the scan have spent sending, in seconds: the limit of the time counts them. */
  readonly elapsedBeforeS?: number;
  /** What the user, the system, or an output or the input has to say; null: nothing. */
  readonly signal: string | null;
  readonly outputEnd: string | null;
  /** Why the network is not waited for any longer; null: it is there, or waited for. */
  readonly outageEnd: string | null;
  /** Why a thread has ended that was not told to; null: none has. */
  readonly threadEnd: string | null;
  /** Rows written. */
  readonly rows: number;
  /** Frames that the kernel took, those given up, and those that wait. */
  readonly accepted: number;
  readonly abandoned: number;
  readonly pending: number;
  /** The errors with which the kernel refused frames and what they mean, or an empty string. */
  readonly refusals: string;
  /** Whether senders were told to wait. */
  readonly isHeld: boolean;
  /** Unique successes, and what the hit rate is a share of. */
  readonly hits: number;
  readonly hitBase: number;
  /** Loss on the way so far; null: not enough data. */
  readonly pathLoss: LossEstimate | null;
  /** Packets that this machine has lost. */
  readonly localLosses: number;
}

/** What was seen before: since when something has been as it is. */
export interface StopMemory {
  /** When it was looked last, in seconds since sending began. */
  readonly seenS: number;
  readonly accepted: number;
  /** When frames were taken last, in seconds since sending began. */
  readonly progressS: number;
  /** Since when the hit rate has been too low; null: it is not. */
  readonly lowHitRateS: number | null;
}

/** Why a scan stops. */
export interface Stop {
  /** `aborted` before its time, or by a `limit` that the user set: then all is well. */
  readonly kind: "aborted" | "limit";
  readonly reason: string;
}

/** What a scan is to be stopped by. */
export interface StopRules {
  readonly limits: LimitConfig;
  readonly loss: Pick<LossConfig, "onLoss" | "target">;
}

/** Nothing was seen yet. */
export const NOTHING_SEEN: StopMemory = {
  seenS: 0,
  accepted: 0,
  progressS: 0,
  lowHitRateS: null,
};

/** What is to be remembered of these facts. */
export function remember(
  before: StopMemory,
  facts: StopFacts,
  { limits }: StopRules,
): StopMemory {
  const { accepted, elapsedS, isHeld, pending } = facts;
  const hasProgress = accepted !== before.accepted || pending === 0 || isHeld;
  const isLow = elapsedS >= HIT_RATE_GRACE_S &&
    hitRatePercent(facts) < limits.minHitRatePercent;
  const gapS = elapsedS - before.seenS;
  return {
    seenS: elapsedS,
    accepted,
    progressS: hasProgress
      ? elapsedS
      : before.progressS + (gapS > STOPPED_S ? gapS : 0),
    lowHitRateS: isLow ? before.lowHitRateS ?? elapsedS : null,
  };
}

/** Why the scan is to stop now, or null. */
export function reasonToStop(
  facts: StopFacts,
  memory: StopMemory,
  rules: StopRules,
): Stop | null {
  const aborted = facts.signal ?? facts.outputEnd ?? facts.outageEnd ??
    facts.threadEnd ??
    (facts.phase === "sending" ? sendingFault(facts, memory, rules) : null);
  if (aborted !== null) return { kind: "aborted", reason: aborted };
  const limit = limitReached(facts, rules.limits);
  return limit === null ? null : { kind: "limit", reason: limit };
}

function sendingFault(
  facts: StopFacts,
  memory: StopMemory,
  rules: StopRules,
): string | null {
  return stall(facts, memory) ?? lossAbort(facts, rules.loss) ??
    guardAbort(facts, memory, rules.limits);
}

function stall(
  { elapsedS, refusals }: StopFacts,
  { progressS }: StopMemory,
): string | null {
  if (elapsedS - progressS < STALL_S) return null;
  const why = refusals === "" ? "" : `: ${refusals}`;
  return `the kernel took no frame for ${STALL_S} s${why}`;
}

/** With `--on-loss abort`: once loss above the target is certain. */
function lossAbort(
  { accepted, localLosses, pathLoss }: StopFacts,
  { onLoss, target }: StopRules["loss"],
): string | null {
  if (onLoss !== "abort") return null;
  if (pathLoss !== null && pathLoss.low > target) {
    const percent = (100 * pathLoss.rate).toFixed(1);
    return `${percent}% of the packets are lost on the way`;
  }
  return localLosses > Math.max(FEW_LOSSES, accepted * target)
    ? `${localLosses} packets were lost in this machine`
    : null;
}

/** With `--min-hitrate` and `--max-sendto-failures`. */
function guardAbort(
  facts: StopFacts,
  { lowHitRateS }: StopMemory,
  { maxSendFailures, minHitRatePercent }: LimitConfig,
): string | null {
  const { abandoned, elapsedS } = facts;
  if (maxSendFailures !== null && abandoned > maxSendFailures) {
    return `${abandoned} packets could not be sent, more than ${maxSendFailures}`;
  }
  if (lowHitRateS === null || elapsedS - lowHitRateS < HIT_RATE_PATIENCE_S) {
    return null;
  }
  const percent = hitRatePercent(facts).toFixed(2);
  return `the hit rate is ${percent}%, below ${minHitRatePercent}%`;
}

/** The limit that the user set and that is reached, or null. */
function limitReached(
  { elapsedBeforeS = 0, elapsedS, phase, rows }: StopFacts,
  { maxResults, maxRuntimeMs }: LimitConfig,
): string | null {
  if (maxResults !== null && rows >= maxResults) return `${maxResults} results`;
  const isOver = phase === "sending" && maxRuntimeMs !== null &&
    (elapsedBeforeS + elapsedS) * 1000 >= maxRuntimeMs;
  return isOver ? `${maxRuntimeMs / 1000} s of sending` : null;
}

function hitRatePercent({ hitBase, hits }: StopFacts): number {
  return 100 * hits / Math.max(1, hitBase);
}
