import type { Tracked } from "./_capacity_model.ts";
import type { CapacitySegment } from "./_capacity_segment.ts";
import { shownPathLoss, slicePosterior } from "./_posterior.ts";
import { answerWeight, type Sample } from "./_sample.ts";
import {
  estimateLoss,
  type LossEstimate,
  lossFromMoments,
} from "../loss/mod.ts";
import type { Repeats, SliceVerdict } from "../loss/mod.ts";
import { JUDGE } from "./_tuning.ts";

/** What the judge has to know besides the slice. */
export interface JudgeContext {
  /** The segment of the latest slices. */
  readonly current: CapacitySegment;
  readonly lossTarget: number;
  /** Of a later pass, what became of targets that had answered before; null: it is not known. */
  readonly repeats: Repeats | null;
  readonly nowS: number;
  /** End of the latest slice, in seconds: once nothing is sent any more, nothing will be learned. */
  readonly latestEndS: number;
  /** Time after which no answer is waited for, as far as is known by now how long they take. */
  readonly timeoutS: number;
  /** Whether the latest answers have had the time to come. */
  readonly isDelayKnown: boolean;
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
  const { isDelayKnown, lossTarget, nowS, latestEndS, timeoutS } = context;
  let posterior = slicePosterior(segment, sample, lossTarget);
  if (alternative !== null) {
    const other = slicePosterior(alternative, sample, lossTarget);
    if (other.mean > posterior.mean) posterior = other;
  }
  const { report } = sample;
  const local = Math.min(1, report.localLosses / Math.max(1, report.packets));
  const again = lossOfRepeats(sample, context.repeats);
  const own = again ?? ownLoss(sample, hostsOf(segment, context));
  const isOwn = own !== null &&
    (again !== null || own.low > Math.max(posterior.mean, lossTarget) ||
      own.high < posterior.mean || own.high <= lossTarget);
  const isShown = local > lossTarget || isOwn ||
    shownPathLoss(segment, lossTarget) > 0 ||
    segment.unlimitedNats <= -JUDGE.shownNats;
  const estimate = isOwn
    ? own
    : posterior.variance > JUDGE.noEstimateVariance ||
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
  const settledS = Math.max(JUDGE.settledS, timeoutS + JUDGE.toldS);
  const isSendingOver = nowS - latestEndS > settledS;
  const isDecided = isPathLossDecided(segment, lossTarget);
  // What seems lossy may turn out to be late, as long as more is learned of how long answers take.
  const isOpen = kind === "lossy" && !isDelayKnown;
  const patienceS = isDecided && !isOpen && (isOwn || above < JUDGE.clear)
    ? timeoutS
    : (isOpen || kind === "unknown" || !isDecided) && !isSendingOver
    ? JUDGE.patienceS + timeoutS
    : settledS;
  return {
    kind,
    loss,
    estimate,
    isRipe: ageS >= timeoutS,
    isFinal: ageS >= patienceS,
  };
}

/**
 * The loss that a later pass shows of itself: those of its targets that had answered before are hosts that answer, as
 * with follow-ups. Null: there are too few of them.
 */
function lossOfRepeats(
  { completeness, report }: Sample,
  repeats: Repeats | null,
): LossEstimate | null {
  const isTold = repeats !== null && !report.isDisturbed &&
    completeness >= JUDGE.ownCompleteness;
  if (!isTold) return null;
  const { answered, asked } = repeats;
  return estimateLoss(asked - answered, asked);
}

/** Whether follow-ups tell if there is a loss that does not depend on the rate. */
function isPathLossDecided(
  { pathLossEstimate }: CapacitySegment,
  lossTarget: number,
): boolean {
  return pathLossEstimate !== null &&
    (pathLossEstimate.low > lossTarget ||
      pathLossEstimate.high <= JUDGE.ruledOut * lossTarget);
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
  const { answers, report, completeness } = sample;
  if (
    answerWeight(sample, hitRate) === 0 || completeness < JUDGE.ownCompleteness
  ) return null;
  const expected = report.packets * hitRate * completeness;
  if (expected < JUDGE.ownAnswers) return null;
  const variance = expected * (1 - hitRate) +
    expected ** 2 * (1 - hitRate) / Math.max(1, knownAnswers) +
    (expected * (1 - completeness)) ** 2 +
    (expected * JUDGE.ownSpread) ** 2;
  const rate = 1 - (1 - pathLoss) * answers / expected;
  const half = JUDGE.ownDeviation * Math.sqrt(variance) / expected;
  const within = (value: number): number => Math.min(1, Math.max(0, value));
  return {
    rate: within(rate),
    low: within(rate - half),
    high: within(rate + half),
    samples: expected,
  };
}
