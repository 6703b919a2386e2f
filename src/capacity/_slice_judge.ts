import type { Tracked } from "./_capacity_model.ts";
import type { CapacitySegment } from "./_capacity_segment.ts";
import { shownPathLoss, slicePosterior } from "./_posterior.ts";
import { answerWeight, type Sample } from "./_sample.ts";
import { type LossEstimate, lossFromMoments } from "../loss/mod.ts";
import type { SliceVerdict } from "../loss/mod.ts";

/**
 * Age at which a verdict is final: some seconds, in which the capacity becomes known better, and at least as long as
 * a slice's last follow-up needs for its outcome to be told.
 */
const SETTLED_S = 2.5;
const TOLD_S = 0.5;
/** Age at which a verdict can be acted on, if answers took no time. */
const RIPE_S = 0.3;
/** Loss at every rate, as a multiple of the target, that has to be ruled out for a verdict that stays. */
const RULED_OUT = 2;
/** Probability of a loss above the target that is beyond doubt. */
const CLEAR = 0.002;
/** Age at which waiting for a clear verdict ends. */
const PATIENCE_S = 12;
/** Answers that a slice needs for a verdict of its own, and the share that must have arrived. */
const OWN_ANSWERS = 20;
const OWN_COMPLETENESS = 0.97;
/** Deviation from the expected answers that chance does not explain, in standard deviations. */
const OWN_DEVIATION = 3;
/** Relative uncertainty of the hit rate. */
const OWN_SPREAD = 0.001;
/** Evidence for a limit, in nats, without which a loss is thought of, but not shown. */
const SHOWN_NATS = 3;
/** Variance of a prior so wide that it is no estimate. */
const NO_ESTIMATE_VARIANCE = 0.04;

/** What the judge has to know besides the slice. */
export interface JudgeContext {
  /** The segment of the latest slices. */
  readonly current: CapacitySegment;
  readonly lossTarget: number;
  readonly nowS: number;
  /** End of the latest slice, in seconds: once nothing is sent any more, nothing will be learned. */
  readonly latestEndS: number;
  /** Time that answers take, and after which a follow-up is silent. */
  readonly delayS: number;
  readonly timeoutS: number;
}

/**
 * Judges a slice by what its segment says about its rate, and by its own answers where these are so many that
 * they tell of a burst of loss which no capacity explains.
 */
export function judgeSlice(
  tracked: Tracked,
  context: JudgeContext,
): SliceVerdict {
  const { sample, segment, alternative } = tracked;
  const { lossTarget, nowS, latestEndS, delayS, timeoutS } = context;
  let posterior = slicePosterior(segment, sample, lossTarget);
  if (alternative !== null) {
    const other = slicePosterior(alternative, sample, lossTarget);
    if (other.mean > posterior.mean) posterior = other;
  }
  const { report } = sample;
  const local = Math.min(1, report.localLosses / Math.max(1, report.packets));
  const own = ownLoss(sample, hostsOf(segment, context));
  const isOwn = own !== null &&
    (own.low > Math.max(posterior.mean, lossTarget) ||
      own.high < posterior.mean || own.high <= lossTarget);
  const isShown = local > lossTarget || isOwn ||
    shownPathLoss(segment, lossTarget) > 0 ||
    segment.unlimitedNats <= -SHOWN_NATS;
  const estimate = isOwn ? own : posterior.variance > NO_ESTIMATE_VARIANCE ||
      (posterior.mean > lossTarget && !isShown)
    ? null
    : lossFromMoments(posterior.mean, posterior.variance);
  const loss = Math.max(local, isOwn ? own.rate : posterior.mean);
  const above = local > lossTarget
    ? 1
    : isOwn
    ? Number(own.rate > lossTarget)
    : posterior.above;
  const kind = loss <= lossTarget
    ? "clean"
    : above > 0.5 && isShown
    ? "lossy"
    : "unknown";
  const ageS = nowS - report.endS;
  const settledS = Math.max(SETTLED_S, timeoutS + TOLD_S);
  const isSendingOver = nowS - latestEndS > settledS;
  const isDecided = isPathLossDecided(segment, lossTarget);
  const patienceS = isDecided && (isOwn || above < CLEAR)
    ? RIPE_S + 2 * delayS
    : (kind === "unknown" || !isDecided) && !isSendingOver
    ? PATIENCE_S
    : settledS;
  return {
    kind,
    loss,
    estimate,
    isRipe: ageS >= RIPE_S + 2 * delayS,
    isFinal: ageS >= patienceS,
  };
}

/** Whether follow-ups tell if there is a loss that does not depend on the rate. */
function isPathLossDecided(
  { pathLossEstimate }: CapacitySegment,
  lossTarget: number,
): boolean {
  return pathLossEstimate !== null &&
    (pathLossEstimate.low > lossTarget ||
      pathLossEstimate.high <= RULED_OUT * lossTarget);
}

/** What is known of the hosts: the hit rate, and the loss at any rate that is in it. */
interface Hosts {
  readonly hitRate: number;
  readonly knownAnswers: number;
  readonly pathLoss: number;
}

/**
 * The hosts as the slice's segment knows them, or as the latest one does where that has seen more of them: targets
 * come in random order, so that a hit rate which was lower before had a loss in it.
 */
function hostsOf(
  segment: CapacitySegment,
  { current, lossTarget }: JudgeContext,
): Hosts {
  const [own, latest] = [segment, current].map((one) => ({
    hitRate: one.hitRate,
    knownAnswers: one.knownAnswers,
    pathLoss: shownPathLoss(one, lossTarget),
  })) as [Hosts, Hosts];
  const isMore = latest.hitRate / (1 - latest.pathLoss) >
    own.hitRate / (1 - own.pathLoss);
  return isMore ? latest : own;
}

/**
 * The loss that the slice's own answers show. They show it against a hit rate that does not contain
 * the loss at any rate, so this comes on top.
 */
function ownLoss(
  sample: Sample,
  { hitRate, knownAnswers, pathLoss }: Hosts,
): LossEstimate | null {
  const { report, completeness } = sample;
  if (
    answerWeight(sample, hitRate) === 0 || completeness < OWN_COMPLETENESS
  ) return null;
  const expected = report.packets * hitRate * completeness;
  if (expected < OWN_ANSWERS) return null;
  const variance = expected * (1 - hitRate) +
    expected ** 2 * (1 - hitRate) / Math.max(1, knownAnswers) +
    (expected * (1 - completeness)) ** 2 +
    (expected * OWN_SPREAD) ** 2;
  const rate = 1 - (1 - pathLoss) * report.answers / expected;
  const half = OWN_DEVIATION * Math.sqrt(variance) / expected;
  const within = (value: number): number => Math.min(1, Math.max(0, value));
  return {
    rate: within(rate),
    low: within(rate - half),
    high: within(rate + half),
    samples: expected,
  };
}
