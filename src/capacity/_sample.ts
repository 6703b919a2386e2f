import type { Delivery } from "./_capacity_grid.ts";
import type { Slice } from "../loss/mod.ts";
import { SAMPLE } from "./_tuning.ts";

/** A slice together with what the model makes of it. */
export interface Sample {
  readonly report: Slice;
  readonly delivery: Delivery;
  /** Its answers but for late ones, which tell nothing yet. */
  answers: number;
  /** Share of its answers that should have arrived by now. */
  completeness: number;
  /** Relative variance of the completeness. */
  variance: number;
  /** Whether the outcome of all its follow-ups is known: before, those that are known are more often answered. */
  isSettled: boolean;
  /** 1, or less for a slice that contradicts all others: a short burst of loss is not a capacity. */
  trust: number;
}

/** Follow-ups that can be judged: weighted counts, and the share of the answers that should have arrived. */
export interface Trials {
  readonly answered: number;
  readonly silent: number;
  readonly completeness: number;
}

const LOCAL_TINY = 1e-4;
/** Weight of a slice's answers: 1 for a Poisson count, less where more than chance is at work. */
export function answerWeight(sample: Sample, hitRate: number): number {
  const { answers, completeness, report } = sample;
  if (report.pass > 0 || report.isDisturbed) return 0;
  if (completeness < SAMPLE.leastCompleteness) return 0;
  const arrived = report.packets * completeness;
  const share = Math.min(hitRate, answers / Math.max(1, arrived));
  return 1 /
    (Math.max(SAMPLE.leastDispersion, 1 - share) +
      Math.max(1, arrived * hitRate) * youthSpread(sample) ** 2);
}

/**
 * Follow-ups of a slice that can be judged, or null. While some are open, their answers are still arriving:
 * then they weigh less, as the share that should have arrived is an estimate.
 */
export function followUpTrials(sample: Sample): Trials | null {
  const { report, completeness } = sample;
  const { followUpsSent, followUpsAnswered, followUpsSilent } = report;
  if (followUpsSent === 0) return null;
  let weight = 1;
  const isSettled = followUpsAnswered + followUpsSilent >= followUpsSent;
  if (!isSettled) {
    if (completeness < SAMPLE.leastCompleteness) return null;
    const expected = followUpsSent * completeness;
    const chance = expected * (1 - completeness) + 0.5;
    weight = chance / (chance + (expected * youthSpread(sample)) ** 2);
  }
  return {
    answered: followUpsAnswered * weight,
    silent: (followUpsSent - followUpsAnswered) * weight,
    completeness: isSettled ? 1 : completeness,
  };
}

/** Whether the sample was sent below a capacity, so that next to nothing of it was lost for its rate. */
export function isBelow({ delivery }: Sample, index: number): boolean {
  return delivery.share[index]! >= SAMPLE.nearlyAll;
}

/** Relative uncertainty of the answers expected of a slice, beyond chance. */
function youthSpread({ completeness, variance }: Sample): number {
  const youth = SAMPLE.excessSpread + SAMPLE.youthSpread * (1 - completeness);
  return Math.sqrt(youth * youth + variance);
}

/** Log-likelihood of the local losses of a slice: exact, so nothing else explains them. */
export function localNats({ report, delivery }: Sample, index: number): number {
  const share = delivery.share[index]!;
  const scale = Math.min(1, SAMPLE.localSamples / report.packets);
  const lost = Math.min(report.packets, report.localLosses) * scale;
  return lost * Math.log(1 - share + LOCAL_TINY) +
    (report.packets * scale - lost) * delivery.logShare[index]!;
}
