import type { CapacityModel } from "./_capacity_model.ts";
import { SAMPLE, STEPS } from "./_tuning.ts";

/**
 * When to try a higher rate after a limit was found, and how much higher: first a short step, then longer
 * ones as long as each is confirmed. The steps are taken back when they lose, or when they tell nothing. The
 * pause before the next attempt is such that the packets lost by attempts stay a part of the loss target.
 */
export class StepPlan {
  readonly #model: CapacityModel;
  readonly #lossTarget: number;
  #step: number = STEPS.shortest;
  #pausedUntilS = -Infinity;
  /** When the present attempt began, or null; the rate before its latest step, and the time of that. */
  #sinceS: number | null = null;
  #basePps = 0;
  #latestS = 0;
  /** Capacity that the latest step was taken to prove. */
  #provenPps = 0;
  /** Where the limit was, at most; until a rate above it is confirmed. */
  #ceilingPps = Infinity;
  /** The same before the limit went down. */
  #formerCeilingPps = Infinity;
  #limitS = -Infinity;
  /** The latest limit was none, but a burst of loss. */
  #isRaised = false;
  /** The latest attempt told nothing: the next one is compared with it. */
  #isInconclusive = false;

  constructor(model: CapacityModel, lossTarget: number) {
    this.#model = model;
    this.#lossTarget = lossTarget;
  }

  /** Learns that the rate was lowered to `ratePps`, because of a new limit or because of the latest step. */
  limitFound(nowS: number, ratePps: number, isNewLimit: boolean): void {
    const { grid, current } = this.#model;
    if (grid.at(current.best) < this.#provenPps) {
      grid.enlargeBurst();
      this.#provenPps = 0;
    }
    if (isNewLimit) this.#formerCeilingPps = this.#ceilingPps;
    this.#ceilingPps = this.#model.quantilePps(1 - STEPS.tail);
    this.#limitS = nowS;
    const isStep = this.#sinceS !== null && !isNewLimit;
    if (isStep || isNewLimit || nowS >= this.#pausedUntilS) {
      const lost = isStep ? this.#lostPackets() : 0;
      this.#pause(nowS, ratePps, lost / ratePps);
    }
    this.#sinceS = null;
  }

  /** Learns that the limit has gone up, or that the latest one was none but a burst of loss. */
  limitRaised(nowS: number): void {
    this.#pausedUntilS = nowS;
    this.#ceilingPps = this.#formerCeilingPps;
    this.#formerCeilingPps = Infinity;
    this.#sinceS = null;
    this.#isRaised = nowS < this.#limitS + STEPS.burstOfLossS;
  }

  /** Learns that the path was lost for a while, and is back: the limit is where it was, near `ratePps`. */
  pathReturned(nowS: number, ratePps: number): void {
    this.#ceilingPps = ratePps * (1 + 2 * STEPS.shortest);
    this.#formerCeilingPps = Infinity;
    this.#pausedUntilS = nowS + STEPS.pauseS;
    this.#sinceS = null;
    this.#isRaised = false;
  }

  /** The rate to go to from `ratePps`, at which the rest of the work takes so long: higher, or back down; null to stay. */
  next(nowS: number, ratePps: number, remainingS: number): number | null {
    if (nowS < this.#pausedUntilS) return null;
    if (this.#sinceS === null) {
      if (!this.#isBadlyKnown() && remainingS < STEPS.paysS) return null;
      if (!this.#isInconclusive) this.#model.restart(nowS);
      this.#isInconclusive = false;
      this.#sinceS = nowS;
      this.#provenPps = 0;
      this.#step = this.#isRaised
        ? STEPS.longestFirst
        : this.#firstStep(ratePps);
      this.#isRaised = false;
    } else {
      const provenPps = ratePps * (1 - this.#step * STEPS.resolution);
      if (isConfirmed(this.#model, provenPps, STEPS.confirmNats)) {
        this.#provenPps = provenPps;
        if (provenPps > this.#ceilingPps) this.#ceilingPps = Infinity;
        this.#step = Math.min(STEPS.longest, this.#step * STEPS.growth);
      } else {
        const triedS = nowS - this.#latestS;
        if (!this.#isOver(triedS)) return null;
        const answers = triedS * ratePps * this.#model.current.hitRate;
        if (answers >= STEPS.blindAnswers) return this.#giveUp(nowS, ratePps);
      }
    }
    this.#latestS = nowS;
    this.#basePps = ratePps;
    const highestPps = Math.max(
      this.#ceilingPps * (1 + STEPS.shortest),
      ratePps * (1 + STEPS.shortest),
    );
    const nextPps = Math.min(highestPps, ratePps * (1 + this.#step));
    this.#step = nextPps / ratePps - 1;
    return nextPps;
  }

  /** Whether the latest step should have been confirmed or refuted by now. */
  #isOver(triedS: number): boolean {
    const { delay, grid } = this.#model;
    const burstS = STEPS.bursts * grid.burstS / this.#step;
    return triedS >= STEPS.patienceS + delay.delayS + burstS;
  }

  /** Takes the latest step back, as it has brought neither loss nor proof. */
  #giveUp(nowS: number, ratePps: number): number {
    const lostS = (nowS - this.#latestS) * this.#model.lossAt(ratePps);
    this.#sinceS = null;
    this.#isInconclusive = true;
    this.#pause(nowS, ratePps, lostS);
    return this.#basePps;
  }

  #isBadlyKnown(): boolean {
    const spread = this.#model.quantilePps(1 - STEPS.tail) /
      this.#model.quantilePps(STEPS.tail);
    return spread > STEPS.badlyKnown;
  }

  /** Puts off the next attempt, the more the longer the time of sending that was lost. */
  #pause(nowS: number, ratePps: number, lostS: number): void {
    const leastS = this.#isBadlyKnown() ? STEPS.shortPauseS : STEPS.pauseS;
    const costS = lostS / (this.#lossTarget * STEPS.costShare);
    const mostS = STEPS.longestPauseS * this.#tellingStep(ratePps);
    this.#pausedUntilS = nowS + Math.min(mostS, Math.max(leastS, costS));
  }

  /** The first step of an attempt: longer while the limit is known badly. */
  #firstStep(ratePps: number): number {
    const toCeiling = Math.min(
      STEPS.bold,
      (this.#ceilingPps / ratePps - 1) / 2,
    );
    return Math.max(toCeiling, this.#tellingStep(ratePps));
  }

  /** The shortest step that answers and follow-ups can confirm in `STEPS.stepS`. */
  #tellingStep(ratePps: number): number {
    const { samples, hitRate } = this.#model.current;
    let followUps = 0;
    let lengthS = 0;
    for (const { report } of samples.slice(-STEPS.latestSlices)) {
      followUps += report.followUpsSent;
      lengthS += report.endS - report.startS;
    }
    const linear = STEPS.resolution * followUps / Math.max(lengthS, 1e-6);
    const square = STEPS.resolution ** 2 / 2 * ratePps * hitRate /
      Math.max(SAMPLE.leastDispersion, 1 - hitRate);
    const needed = STEPS.confirmNats / STEPS.stepS;
    // The positive root of square × step² + linear × step = needed.
    const step = 2 * needed /
      (linear + Math.sqrt(linear * linear + 4 * square * needed));
    return Math.min(STEPS.longestFirst, Math.max(STEPS.shortest, step));
  }

  /** Packets that the present attempt has lost, as far as the capacity explains it. */
  #lostPackets(): number {
    let lost = 0;
    const { samples, best } = this.#model.current;
    for (const { report, delivery } of samples) {
      if (report.endS <= this.#sinceS!) continue;
      lost += report.packets * (1 - delivery.share[best]!);
    }
    return lost;
  }
}

/** Whether a capacity as low as `pps` is ruled out, and no other limit is indicated. */
export function isConfirmed(
  model: CapacityModel,
  pps: number,
  nats: number,
): boolean {
  return model.current.unlimitedNats >= -STEPS.doubtNats &&
    model.natsAgainst(pps) >= nats;
}
