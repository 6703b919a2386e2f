import type { CapacityGrid, Delivery } from "./_capacity_grid.ts";
import { type LossEstimate, wilsonInterval } from "./loss_estimate.ts";
import type { SliceReport } from "./slice_report.ts";

/** A slice together with what the model makes of it. */
export interface Sample {
  report: SliceReport;
  readonly delivery: Delivery;
  /** Share of its answers that should have arrived by now. */
  completeness: number;
  /** Relative variance of the completeness. */
  variance: number;
  /** 1, or less for a slice that contradicts all others: a short burst of loss is not a capacity. */
  trust: number;
}

/** Follow-ups: weighted counts, and the share of the answers that should have arrived. */
interface Trials {
  readonly answered: number;
  readonly silent: number;
  readonly completeness: number;
}

/** What is believed before there are data: counts that are added to the observed ones. */
export interface Belief {
  /** Answers, and the packets that led to them. */
  readonly answers: number;
  readonly packets: number;
  /** Follow-ups that reached the path's end below its capacity, and how many of them were silent. */
  readonly followUps: number;
  readonly silent: number;
}

/** Without data: nothing about hosts, and a path that hardly loses packets on its own. */
export const NO_BELIEF: Belief = {
  answers: 0,
  packets: 0,
  followUps: 200,
  silent: 0.05,
};

/** Relative deviation of a slice's hit rate beyond chance, for whatever the model leaves out. */
const EXCESS_SPREAD = 0.005;
/** Uncertainty of the completeness, as a share of what is missing. */
const YOUTH_SPREAD = 1;
/** Hit counts vary less than Poisson's when nearly all hosts answer, but are not believed to be exact. */
const LEAST_DISPERSION = 0.03;
/** Youngest slices whose counts are looked at. */
export const LEAST_COMPLETENESS = 0.3;
/** Local losses are exact, but they need not outweigh everything else. */
const LOCAL_SAMPLES = 400;
const LOCAL_TINY = 1e-4;
/** Ratio of the lowest rate tried to the lowest capacity thought of, and what a grid point less costs. */
const DEEPEST = 6;
const PRIOR_NATS = 0.015;
const TINY = 1e-9;

/**
 * A stretch of the scan with one capacity, and the likelihood of each candidate capacity.
 *
 * Model: of the packets of a slice, the share `d(C)` passes a rate limit of capacity C; of these, hosts answer
 * with the unknown share h (which swallows any loss that does not depend on the rate, so that such loss never
 * looks like congestion); a follow-up is answered with `(1 - p) d(C)`, p the loss that does not depend on the
 * rate. For each C, h and p take the values that fit best. So a low hit rate, path loss and congestion are told
 * apart by what changes with the rate, and by nothing else.
 */
export class Regime {
  readonly samples: Sample[] = [];
  belief: Belief;
  /** Log-likelihood per capacity, from `low` to `top`; every capacity above `top` is like `top`. */
  readonly logLikelihood: Float64Array;
  low = 0;
  top = 0;
  /** Index of the most likely capacity, and hit rate and rate-independent loss that go with it. */
  best = 0;
  hitRate = 0;
  pathLoss = 0;
  /** The same, with its interval. */
  pathLossEstimate: LossEstimate;
  #lowestIndex = 0;
  readonly #grid: CapacityGrid;
  readonly #answered: Float64Array;
  readonly #expected: Float64Array;
  readonly #silent: Float64Array;
  readonly #tried: Float64Array;

  constructor(grid: CapacityGrid, belief: Belief) {
    this.#grid = grid;
    this.belief = belief;
    this.hitRate = belief.packets > 0 ? belief.answers / belief.packets : 0;
    this.pathLossEstimate = wilsonInterval(belief.silent, belief.followUps);
    this.pathLoss = this.pathLossEstimate.rate;
    this.logLikelihood = new Float64Array(grid.size);
    this.#answered = new Float64Array(grid.size);
    this.#expected = new Float64Array(grid.size);
    this.#silent = new Float64Array(grid.size);
    this.#tried = new Float64Array(grid.size);
  }

  /** How much more likely no limit is than the most likely limit: negative when a limit is indicated. */
  get unlimitedNats(): number {
    return this.logLikelihood[this.top]! - this.logLikelihood[this.best]!;
  }

  /** Computes the likelihood anew from the samples' present counts. */
  evaluate(): void {
    const { samples, logLikelihood } = this;
    if (samples.length === 0) return;
    this.#chooseRange();
    const { low, top } = this;
    const answers = this.#addAnswers();
    this.#addFollowUps();
    for (let index = low; index <= top; index++) {
      const expected = this.#expected[index]!;
      const hitRate = Math.min(1, answers / Math.max(expected, TINY));
      logLikelihood[index] = this.#answered[index]! -
        PRIOR_NATS * Math.max(0, this.#lowestIndex - index) +
        (answers > 0 ? answers * Math.log(hitRate) - hitRate * expected : 0);
    }
    this.#addSilence();
    let best = top;
    for (let index = top; index >= low; index--) {
      if (logLikelihood[index]! > logLikelihood[best]! + 1e-6) best = index;
    }
    this.best = best;
    this.hitRate = Math.min(1, answers / Math.max(this.#expected[best]!, TINY));
    this.pathLoss = this.#pathLossAt(best);
    const tried = this.#tried[best]!;
    this.pathLossEstimate = wilsonInterval(this.pathLoss * tried, tried);
  }

  /** Weight of a slice's answers: 1 for a Poisson count, less where more than chance is at work. */
  weight(sample: Sample): number {
    const { completeness, report } = sample;
    if (report.pass > 0 || completeness < LEAST_COMPLETENESS) return 0;
    const expected = Math.max(1, report.packets * this.hitRate * completeness);
    return 1 /
      (Math.max(LEAST_DISPERSION, 1 - this.hitRate) +
        expected * youthSpread(sample) ** 2);
  }

  #chooseRange(): void {
    let lowest = Infinity;
    let top = 0;
    for (const { delivery } of this.samples) {
      lowest = Math.min(lowest, delivery.ratePps);
      top = Math.max(top, delivery.fullIndex);
    }
    this.#lowestIndex = this.#grid.indexOf(lowest);
    this.low = Math.min(top, this.#grid.indexOf(lowest / DEEPEST));
    this.top = Math.min(top, this.#grid.size - 1);
  }

  #addAnswers(): number {
    const { low, top, belief } = this;
    this.#answered.fill(0, low, top + 1);
    this.#expected.fill(belief.packets, low, top + 1);
    let answers = belief.answers;
    for (const sample of this.samples) {
      const { report, delivery, completeness, trust } = sample;
      const weight = this.weight(sample) * trust;
      if (weight === 0) continue;
      const weighted = weight * report.answers;
      const packets = weight * report.packets * completeness;
      answers += weighted;
      for (let index = low; index <= top; index++) {
        this.#answered[index]! += weighted * delivery.logShare[index]!;
        this.#expected[index]! += packets * delivery.share[index]!;
      }
    }
    return answers;
  }

  /** Sums for the best p of each capacity: trials, and silent ones beyond what the limit explains. */
  #addFollowUps(): void {
    const { low, top, belief } = this;
    this.#silent.fill(belief.silent, low, top + 1);
    this.#tried.fill(belief.followUps, low, top + 1);
    for (const sample of this.samples) {
      const trials = followUpTrials(sample);
      if (trials === null) continue;
      const { share, logShare } = sample.delivery;
      const answered = trials.answered * sample.trust;
      const reaching = (trials.answered + trials.silent) * sample.trust *
        trials.completeness;
      for (let index = low; index <= top; index++) {
        const reached = reaching * share[index]!;
        this.#tried[index]! += reached;
        this.#silent[index]! += reached - answered;
        this.#answered[index]! += answered * logShare[index]!;
      }
    }
  }

  /** Adds the rest of the follow-ups' likelihood, which depends on p, and that of local losses. */
  #addSilence(): void {
    const { low, top, belief, logLikelihood } = this;
    let answered = belief.followUps - belief.silent;
    for (const sample of this.samples) {
      answered += (followUpTrials(sample)?.answered ?? 0) * sample.trust;
    }
    for (let index = low; index <= top; index++) {
      const loss = this.#pathLossAt(index);
      logLikelihood[index]! += belief.silent * Math.log(loss) +
        answered * Math.log1p(-loss);
    }
    for (const sample of this.samples) {
      const trials = followUpTrials(sample);
      if (trials !== null && trials.silent > 0) {
        const silent = trials.silent * sample.trust;
        const { share } = sample.delivery;
        for (let index = low; index <= top; index++) {
          const reached = (1 - this.#pathLossAt(index)) * share[index]!;
          logLikelihood[index]! += silent *
            Math.log(1 - reached * trials.completeness + TINY);
        }
      }
      if (sample.report.localLosses > 0) {
        for (let index = low; index <= top; index++) {
          logLikelihood[index]! += localNats(sample, index) * sample.trust;
        }
      }
    }
  }

  #pathLossAt(index: number): number {
    const share = this.#silent[index]! / this.#tried[index]!;
    return Math.min(0.9, Math.max(1e-4, share));
  }
}

/**
 * Follow-ups of a slice that can be judged, or null. While some are open, their answers are still arriving:
 * then they weigh less, as the share that should have arrived is an estimate.
 */
function followUpTrials(sample: Sample): Trials | null {
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

/** Relative uncertainty of the answers expected of a slice, beyond chance. */
function youthSpread({ completeness, variance }: Sample): number {
  const youth = EXCESS_SPREAD + YOUTH_SPREAD * (1 - completeness);
  return Math.sqrt(youth * youth + variance);
}

/** Log-likelihood of the local losses of a slice: exact, so nothing else explains them. */
function localNats({ report, delivery }: Sample, index: number): number {
  const share = delivery.share[index]!;
  const scale = Math.min(1, LOCAL_SAMPLES / report.packets);
  const lost = Math.min(report.packets, report.localLosses) * scale;
  return lost * Math.log(1 - share + LOCAL_TINY) +
    (report.packets * scale - lost) * delivery.logShare[index]!;
}

/**
 * Fills `nats` with the log-likelihood of a slice alone, for each capacity of the regime, with the regime's hit rate
 * and path loss; returns the highest.
 */
export function fillSampleNats(
  regime: Regime,
  sample: Sample,
  nats: Float64Array,
): number {
  const { low, top, hitRate, pathLoss } = regime;
  const { report, completeness, delivery: { share, logShare } } = sample;
  const weight = regime.weight(sample);
  const trials = followUpTrials(sample);
  const answered = weight * report.answers + (trials?.answered ?? 0);
  const expected = weight * hitRate * report.packets * completeness;
  const silent = trials?.silent ?? 0;
  const reached = (1 - pathLoss) * (trials?.completeness ?? 1);
  let highest = -Infinity;
  for (let index = low; index <= top; index++) {
    let value = answered * logShare[index]! - expected * share[index]!;
    if (silent > 0) {
      value += silent * Math.log(1 - reached * share[index]! + TINY);
    }
    if (report.localLosses > 0) value += localNats(sample, index);
    nats[index] = value;
    if (value > highest) highest = value;
  }
  return highest;
}
