import type { Delivery } from "./_capacity_grid.ts";
import type { Slice } from "../loss/mod.ts";

/** A slice together with what the model makes of it. */
export interface Sample {
  readonly report: Slice;
  readonly delivery: Delivery;
  /** Share of its answers that should have arrived by now. */
  completeness: number;
  /** Relative variance of the completeness. */
  variance: number;
  /** 1, or less for a slice that contradicts all others: a short burst of loss is not a capacity. */
  trust: number;
}

/** Follow-ups that can be judged: weighted counts, and the share of the answers that should have arrived. */
export interface Trials {
  readonly answered: number;
  readonly silent: number;
  readonly completeness: number;
}

/** Relative deviation of a slice's hit rate beyond chance, for whatever the model leaves out. */
const EXCESS_SPREAD = 0.005;
/** Uncertainty of the completeness, as a share of what is missing. */
const YOUTH_SPREAD = 1;
/** Counts vary less than Poisson's when nearly all probes are answered, but are not believed to be exact. */
const LEAST_DISPERSION = 0.03;
/** Least share of the answers that has to be there for a slice to be looked at. */
const LEAST_COMPLETENESS = 0.3;
/** Share of the packets that is next to all of them. */
const NEARLY_ALL = 0.999;
/** Local losses are exact, but they need not outweigh everything else. */
const LOCAL_SAMPLES = 400;
const LOCAL_TINY = 1e-4;
/** Weight of a slice's answers: 1 for a Poisson count, less where more than chance is at work. */
export function answerWeight(sample: Sample, hitRate: number): number {
  const { completeness, report } = sample;
  if (report.pass > 0 || report.isDisturbed) return 0;
  if (completeness < LEAST_COMPLETENESS) return 0;
  const arrived = report.packets * completeness;
  const share = Math.min(hitRate, report.answers / Math.max(1, arrived));
  return 1 /
    (Math.max(LEAST_DISPERSION, 1 - share) +
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
    if (completeness < LEAST_COMPLETENESS) return null;
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
  return delivery.share[index]! >= NEARLY_ALL;
}

/** Relative uncertainty of the answers expected of a slice, beyond chance. */
function youthSpread({ completeness, variance }: Sample): number {
  const youth = EXCESS_SPREAD + YOUTH_SPREAD * (1 - completeness);
  return Math.sqrt(youth * youth + variance);
}

/** Log-likelihood of the local losses of a slice: exact, so nothing else explains them. */
export function localNats({ report, delivery }: Sample, index: number): number {
  const share = delivery.share[index]!;
  const scale = Math.min(1, LOCAL_SAMPLES / report.packets);
  const lost = Math.min(report.packets, report.localLosses) * scale;
  return lost * Math.log(1 - share + LOCAL_TINY) +
    (report.packets * scale - lost) * delivery.logShare[index]!;
}
