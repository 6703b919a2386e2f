import type { Prior } from "./_prior.ts";
import type { CapacityGrid } from "./_capacity_grid.ts";
import {
  answerWeight,
  followUpTrials,
  isBelow,
  localNats,
  type Sample,
} from "./_sample.ts";
import { estimateLoss, type LossEstimate } from "../loss/mod.ts";
import { JUDGE, SEGMENT } from "./_tuning.ts";

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
export class CapacitySegment {
  readonly samples: Sample[] = [];
  prior: Prior;
  /** Log-likelihood per capacity, from `low` to `top`; every capacity above `top` is like `top`. */
  readonly logLikelihood: Float64Array;
  low = 0;
  top = 0;
  /** Index of the most likely capacity, and hit rate and rate-independent loss that go with it. */
  best = 0;
  hitRate = 0;
  pathLoss = 0;
  /** Answers that the hit rate was learned from. */
  knownAnswers = 0;
  /** What follow-ups say of it alone, or null when there are too few. */
  pathLossEstimate: LossEstimate | null = null;
  #lowestIndex = 0;
  /** Likelihood relative to the most likely capacity, and prior weight, of each; worked out once it is asked for. */
  readonly #mass: Float64Array;
  #isMassKnown = false;
  /** Weight of the prior prior about p: what was learned takes its place. */
  readonly #prior: number;
  readonly #grid: CapacityGrid;
  readonly #answered: Float64Array;
  readonly #expected: Float64Array;
  readonly #silent: Float64Array;
  readonly #tried: Float64Array;

  constructor(grid: CapacityGrid, prior: Prior) {
    this.#grid = grid;
    this.prior = prior;
    this.hitRate = prior.packets > 0 ? prior.answers / prior.packets : 0;
    this.pathLoss = SEGMENT.priorLoss;
    this.#prior = Math.max(0, SEGMENT.priorFollowUps - prior.followUps);
    this.logLikelihood = new Float64Array(grid.size);
    this.#answered = new Float64Array(grid.size);
    this.#expected = new Float64Array(grid.size);
    this.#silent = new Float64Array(grid.size);
    this.#tried = new Float64Array(grid.size);
    this.#mass = new Float64Array(grid.size);
  }

  /** Probability of each capacity from `low` to `top`, up to a factor. Not to be kept beyond `evaluate`. */
  get mass(): Float64Array {
    if (this.#isMassKnown) return this.#mass;
    const { best, logLikelihood, low, top } = this;
    const most = logLikelihood[best]!;
    for (let index = low; index <= top; index++) {
      this.#mass[index] = Math.exp(logLikelihood[index]! - most);
    }
    this.#mass[top]! *= SEGMENT.unlimitedPoints;
    this.#isMassKnown = true;
    return this.#mass;
  }

  /** How much more likely no limit is than the most likely limit: negative when a limit is indicated. */
  get unlimitedNats(): number {
    return this.logLikelihood[this.top]! - this.logLikelihood[this.best]!;
  }

  /** Computes the likelihood anew from the samples' present counts. */
  evaluate(): void {
    const { samples, logLikelihood } = this;
    if (samples.length === 0) return;
    this.#isMassKnown = false;
    this.#chooseRange();
    const { low, top } = this;
    const answers = this.#addAnswers();
    this.#addFollowUps();
    for (let index = low; index <= top; index++) {
      const expected = this.#expected[index]!;
      const hitRate = Math.min(1, answers / Math.max(expected, TINY));
      logLikelihood[index] = this.#answered[index]! -
        SEGMENT.pointNats * Math.max(0, this.#lowestIndex - index) +
        (answers > 0 ? answers * Math.log(hitRate) - hitRate * expected : 0);
    }
    this.#addSilence();
    let best = top;
    for (let index = top; index >= low; index--) {
      if (logLikelihood[index]! > logLikelihood[best]! + 1e-6) best = index;
    }
    this.best = best;
    this.hitRate = Math.min(1, answers / Math.max(this.#expected[best]!, TINY));
    this.knownAnswers = answers;
    this.pathLoss = this.#pathLossAt(best);
    this.pathLossEstimate = this.#estimatePathLoss();
  }

  /**
   * From follow-ups that no limit has lost as far as is shown, as they tell by far the most, and whose outcome is known:
   * how many answers are still to come is never known so well that one of a hundred could be missed.
   */
  #estimatePathLoss(): LossEstimate | null {
    let { followUps: tried, silent } = this.prior;
    const isLimited = this.unlimitedNats <= -JUDGE.shownNats;
    const limit = isLimited ? this.best : this.top;
    for (const sample of this.samples) {
      if (!sample.isSettled || !isBelow(sample, limit)) continue;
      const { followUpsAnswered, followUpsSilent } = sample.report;
      tried += (followUpsAnswered + followUpsSilent) * sample.trust;
      silent += followUpsSilent * sample.trust;
    }
    return estimateLoss(Math.min(tried, silent), tried);
  }

  #chooseRange(): void {
    let lowest = Infinity;
    let top = 0;
    for (const { delivery } of this.samples) {
      lowest = Math.min(lowest, delivery.ratePps);
      top = Math.max(top, delivery.fullIndex);
    }
    this.#lowestIndex = this.#grid.indexOf(lowest);
    this.low = Math.min(top, this.#grid.indexOf(lowest / SEGMENT.deepest));
    this.top = Math.min(top, this.#grid.size - 1);
  }

  #addAnswers(): number {
    const { low, top, prior } = this;
    this.#answered.fill(0, low, top + 1);
    this.#expected.fill(prior.packets, low, top + 1);
    let answers = prior.answers;
    for (const sample of this.samples) {
      const { answers: own, report, delivery, completeness, trust } = sample;
      const weight = answerWeight(sample, this.hitRate) * trust;
      if (weight === 0) continue;
      const weighted = weight * own;
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
    const { low, top, prior } = this;
    this.#silent.fill(
      this.#prior * SEGMENT.priorLoss + prior.silent,
      low,
      top + 1,
    );
    this.#tried.fill(this.#prior + prior.followUps, low, top + 1);
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
    const { low, top, prior, logLikelihood } = this;
    const silentBefore = this.#prior * SEGMENT.priorLoss + prior.silent;
    let answered = this.#prior + prior.followUps - silentBefore;
    for (const sample of this.samples) {
      answered += (followUpTrials(sample)?.answered ?? 0) * sample.trust;
    }
    for (let index = low; index <= top; index++) {
      const loss = this.#pathLossAt(index);
      logLikelihood[index]! += silentBefore * Math.log(loss) +
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
