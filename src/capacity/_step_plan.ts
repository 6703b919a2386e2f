import type { CapacityModel } from "./_capacity_model.ts";

/** Evidence, in nats, against a capacity this part of a step below the present rate lets the next step be taken. */
const CONFIRM_NATS = 3;
const RESOLUTION = 1 / 3;
/** Variance of the answers where nearly all targets answer, as a share of their number. */
const LEAST_DISPERSION = 0.05;
/** Evidence for a limit that forbids the next step, without being a reason to slow down. */
const DOUBT_NATS = 1.5;
/** Length of the first step, as a share of the rate; each further one is longer, up to doubling. */
const SHORTEST_STEP = 0.05;
const LONGEST_FIRST_STEP = 0.5;
const STEP_GROWTH = 1.5;
/** Half the way to where the limit is at most, up to this. */
const BOLD_STEP = 0.2;
const LONGEST_STEP = 1;
/** Time in which the first step should be confirmed: where answers are few, it has to be longer. */
const STEP_S = 2;
/** Pause after a limit was found, and shorter where it is known badly: worse than this ratio (80% interval). */
const PAUSE_S = 3;
const SHORT_PAUSE_S = 1;
const BADLY_KNOWN = 1.1;
/**
 * Work that has to be left, in seconds, for an attempt to pay: it saves some percent of that, and loses as much for a
 * second where the limit has stayed. Where the limit is known badly, it saves more.
 */
const PAYS_S = 5;
const BADLY_KNOWN_PAYS_S = 0.5;
/** Longest pause per length of step: where steps have to be long to tell anything, attempts are dear. */
const LONGEST_PAUSE_S = 300;
/** Ends of that interval. */
const TAIL = 0.1;
/** Share of the loss target that steps may cost. */
const COST_SHARE = 0.4;
/** Time for a step to be confirmed or refuted, if answers took no time, and bursts passed no limit. */
const PATIENCE_S = 5;
/** A limit that goes up again within this time was a burst of loss. */
const BURST_OF_LOSS_S = 5;
/** Where not even so many answers come in that time, nothing is learned by going back either. */
const BLIND_ANSWERS = 3;
/** How many times the burst has to be used up for the step to show. */
const BURSTS = 4;

/**
 * When to try a higher rate after a limit was found, and how much higher: first a short step, then longer
 * ones as long as each is confirmed. The steps are taken back when they lose, or when they tell nothing. The
 * pause before the next attempt is such that the packets lost by attempts stay a part of the loss target.
 */
export class StepPlan {
  readonly #model: CapacityModel;
  readonly #lossTarget: number;
  #step = SHORTEST_STEP;
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
    this.#ceilingPps = this.#model.quantilePps(1 - TAIL);
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
    this.#isRaised = nowS < this.#limitS + BURST_OF_LOSS_S;
  }

  /** Learns that the path was lost for a while, and is back: the limit is where it was, near `ratePps`. */
  pathReturned(nowS: number, ratePps: number): void {
    this.#ceilingPps = ratePps * (1 + 2 * SHORTEST_STEP);
    this.#formerCeilingPps = Infinity;
    this.#pausedUntilS = nowS + PAUSE_S;
    this.#sinceS = null;
    this.#isRaised = false;
  }

  /** The rate to go to from `ratePps`, at which the rest of the work takes so long: higher, or back down; null to stay. */
  next(nowS: number, ratePps: number, remainingS: number): number | null {
    if (nowS < this.#pausedUntilS) return null;
    if (this.#sinceS === null) {
      const paysS = this.#isBadlyKnown() ? BADLY_KNOWN_PAYS_S : PAYS_S;
      if (remainingS < paysS) return null;
      if (!this.#isInconclusive) this.#model.restart(nowS);
      this.#isInconclusive = false;
      this.#sinceS = nowS;
      this.#provenPps = 0;
      this.#step = this.#isRaised
        ? LONGEST_FIRST_STEP
        : this.#firstStep(ratePps);
      this.#isRaised = false;
    } else {
      const provenPps = ratePps * (1 - this.#step * RESOLUTION);
      if (isConfirmed(this.#model, provenPps, CONFIRM_NATS)) {
        this.#provenPps = provenPps;
        if (provenPps > this.#ceilingPps) this.#ceilingPps = Infinity;
        this.#step = Math.min(LONGEST_STEP, this.#step * STEP_GROWTH);
      } else {
        const triedS = nowS - this.#latestS;
        if (!this.#isOver(triedS)) return null;
        const answers = triedS * ratePps * this.#model.current.hitRate;
        if (answers >= BLIND_ANSWERS) return this.#giveUp(nowS, ratePps);
      }
    }
    this.#latestS = nowS;
    this.#basePps = ratePps;
    const highestPps = Math.max(
      this.#ceilingPps * (1 + SHORTEST_STEP),
      ratePps * (1 + SHORTEST_STEP),
    );
    const nextPps = Math.min(highestPps, ratePps * (1 + this.#step));
    this.#step = nextPps / ratePps - 1;
    return nextPps;
  }

  /** Whether the latest step should have been confirmed or refuted by now. */
  #isOver(triedS: number): boolean {
    const { delay, grid } = this.#model;
    const burstS = BURSTS * grid.burstS / this.#step;
    return triedS >= PATIENCE_S + delay.delayS + burstS;
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
    const spread = this.#model.quantilePps(1 - TAIL) /
      this.#model.quantilePps(TAIL);
    return spread > BADLY_KNOWN;
  }

  /** Puts off the next attempt, the more the longer the time of sending that was lost. */
  #pause(nowS: number, ratePps: number, lostS: number): void {
    const leastS = this.#isBadlyKnown() ? SHORT_PAUSE_S : PAUSE_S;
    const costS = lostS / (this.#lossTarget * COST_SHARE);
    const mostS = LONGEST_PAUSE_S * this.#tellingStep(ratePps);
    this.#pausedUntilS = nowS + Math.min(mostS, Math.max(leastS, costS));
  }

  /** The first step of an attempt: longer while the limit is known badly. */
  #firstStep(ratePps: number): number {
    const toCeiling = Math.min(BOLD_STEP, (this.#ceilingPps / ratePps - 1) / 2);
    return Math.max(toCeiling, this.#tellingStep(ratePps));
  }

  /** The shortest step that answers and follow-ups can confirm in `STEP_S`. */
  #tellingStep(ratePps: number): number {
    const { samples, hitRate } = this.#model.current;
    let followUps = 0;
    let lengthS = 0;
    for (const { report } of samples.slice(-LATEST)) {
      followUps += report.followUpsSent;
      lengthS += report.endS - report.startS;
    }
    const linear = RESOLUTION * followUps / Math.max(lengthS, 1e-6);
    const square = RESOLUTION ** 2 / 2 * ratePps * hitRate /
      Math.max(LEAST_DISPERSION, 1 - hitRate);
    const needed = CONFIRM_NATS / STEP_S;
    // The positive root of square × step² + linear × step = needed.
    const step = 2 * needed /
      (linear + Math.sqrt(linear * linear + 4 * square * needed));
    return Math.min(LONGEST_FIRST_STEP, Math.max(SHORTEST_STEP, step));
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

/** Slices that the rate of follow-ups is taken from. */
const LATEST = 20;

/** Whether a capacity as low as `pps` is ruled out, and no other limit is indicated. */
export function isConfirmed(
  model: CapacityModel,
  pps: number,
  nats: number,
): boolean {
  return model.current.unlimitedNats >= -DOUBT_NATS &&
    model.natsAgainst(pps) >= nats;
}
