import { CapacityModel } from "./_capacity_model.ts";
import { judgeSlice } from "./_slice_judge.ts";
import { SlowStart } from "./_slow_start.ts";
import { StepPlan } from "./_step_plan.ts";
import type {
  Repeats,
  ResponseDelay,
  Slice,
  SliceVerdict,
} from "../loss/mod.ts";
import { GRID, RATE } from "./_tuning.ts";

/** How a rate is controlled. */
export interface RateControllerOptions {
  /** Lower bound of the rate, in packets per second. */
  readonly minRatePps: number;
  /** Upper bound of the rate, in packets per second. */
  readonly maxRatePps: number;
  /** First rate of `auto`. */
  readonly startRatePps: number;
  /** Share of lost packets that is accepted, for example 0.005. */
  readonly lossTarget: number;
  /** False for `--on-loss slow` with a fixed rate: starts at `maxRatePps`. */
  readonly isAuto: boolean;
  /**
   * Whether `startRatePps` is what an earlier run has found: then no doubling, but careful steps follow.
   *
   * @default {false}
   */
  readonly isRateKnown?: boolean;
  /** How long answers take, as learned so far. */
  readonly delay: ResponseDelay;
}

/** The rate to send at from now on. */
export interface RateDecision {
  /** Packets per second, follow-ups included. */
  readonly ratePps: number;
  /** Why the rate has changed, or null when it has not. */
  readonly change: RateReason | null;
}

/** Why a rate has changed. */
export interface RateReason {
  /** `search`: a higher one is tried, or taken back; otherwise who loses packets at the rate before. */
  readonly cause: "search" | "path" | "machine";
  /** For people. */
  readonly text: string;
}

/**
 * Finds the highest rate that the path carries within the loss target, and judges slices of the scan.
 *
 * Slow start doubles the rate as soon as the present one is confirmed; the first loss tells the capacity
 * (rate × share delivered), and the rate goes just below it. After a pause, steps upwards follow (`StepPlan`).
 * Whatever the slices tell is put into one model of the path (`CapacityModel`), so that loss is judged by all
 * the evidence there is; loss that does not change with the rate is no reason to slow down.
 */
export class RateController {
  readonly #options: RateControllerOptions;
  readonly #model: CapacityModel;
  #ratePps: number;
  readonly #start: SlowStart;
  readonly #steps: StepPlan;
  #changedS = -Infinity;
  #loweredS = -Infinity;
  #settleS: number = RATE.settleS;
  /** The last change went up to a known capacity. */
  #hasSettled = false;
  #latestEndS = -Infinity;
  /** The rate before nothing came through any more, until something does: infinite when no limit was known, else 0. */
  #lostPps = 0;
  #recent: readonly Slice[] = [];

  /** Starts at the first rate; no time passes before the first `update`. */
  constructor(options: RateControllerOptions) {
    const { minRatePps, maxRatePps, startRatePps, isAuto } = options;
    this.#options = options;
    this.#model = new CapacityModel(
      Math.min(minRatePps, startRatePps / GRID.below),
      maxRatePps * GRID.above,
      options.delay,
    );
    this.#steps = new StepPlan(this.#model, options.lossTarget);
    this.#start = new SlowStart(
      this.#model,
      isAuto && options.isRateKnown !== true,
    );
    this.#ratePps = this.#clamp(isAuto ? startRatePps : maxRatePps);
  }

  /** Whether the rate is still doubled, and slices of `seconds` bring answers enough to do so. */
  isRushing(seconds: number): boolean {
    return this.#start.isRushing(this.#ratePps * seconds);
  }

  /** Whether the rate is no longer doubled. */
  get isRateKnown(): boolean {
    return !this.#start.isUnderWay;
  }

  /** The rate in force. */
  get ratePps(): number {
    return this.#ratePps;
  }

  /**
   * Takes in what is known of the closed slices of the last seconds, oldest first, and decides on the rate.
   * Called every 50 to 100 ms.
   *
   * @param remainingS time that the rest of the work takes at the present rate, as far as is known
   */
  update(
    nowS: number,
    slices: readonly Slice[],
    remainingS: number,
  ): RateDecision {
    if (this.#changedS === -Infinity) {
      this.#changedS = nowS;
      const { isAuto, isRateKnown = false } = this.#options;
      if (isAuto && isRateKnown) this.#steps.pathReturned(nowS, this.#ratePps);
    }
    this.#recent = slices;
    for (const { endS } of slices) {
      this.#latestEndS = Math.max(endS, this.#latestEndS);
    }
    const change = this.#model.update(nowS, slices);
    const lowered = this.#slowDown(nowS, change);
    if (lowered !== null) return { ratePps: this.#ratePps, change: lowered };
    const text = this.#speedUp(nowS, change, remainingS);
    const searched = text === null ? null : { cause: "search", text } as const;
    return { ratePps: this.#ratePps, change: searched };
  }

  /**
   * What is thought of a slice that was reported, by its number.
   *
   * @param repeats of a later pass, what became of targets that had answered before; null: it is not known
   */
  sliceVerdict(
    id: number,
    nowS: number,
    repeats: Repeats | null = null,
  ): SliceVerdict {
    const tracked = this.#model.tracked(id);
    if (tracked === undefined) {
      return {
        kind: "unknown",
        loss: 1,
        estimate: null,
        isRipe: true,
        isFinal: true,
      };
    }
    return judgeSlice(tracked, {
      current: this.#model.current,
      lossTarget: this.#options.lossTarget,
      repeats,
      nowS,
      latestEndS: this.#latestEndS,
      timeoutS: this.#options.delay.timeoutS,
      isDelayKnown: this.#options.delay.isKnown,
    });
  }

  #slowDown(
    nowS: number,
    change: "up" | "down" | null,
  ): RateReason | null {
    const { current } = this.#model;
    const nats = this.#start.isUnderWay ? RATE.startLimitNats : RATE.limitNats;
    if (-current.unlimitedNats < nats) return null;
    const target = this.#clamp(this.#safeRate());
    if (target >= this.#ratePps * (1 - RATE.hysteresis)) return null;
    if (change !== "down" && !this.#hasNews(nowS)) return null;
    this.#settleS = this.#hasSettled && change !== "down"
      ? Math.min(RATE.longestSettleS, 3 * this.#settleS)
      : RATE.settleS;
    this.#hasSettled = false;
    const isStarting = this.#start.isUnderWay;
    this.#start.end(nowS, this.#ratePps);
    this.#steps.limitFound(nowS, target, change === "down");
    if (current.best === current.low) {
      const { mostPps } = this.#start;
      this.#lostPps = Math.max(
        this.#lostPps,
        isStarting ? mostPps : this.#ratePps,
      );
    }
    const before = Math.round(this.#ratePps);
    const capacity = Math.round(this.#model.grid.at(current.best));
    const cause = this.#isOwnLoss() ? "machine" : "path";
    this.#change(nowS, target);
    this.#loweredS = nowS;
    const text = cause === "path"
      ? `loss at ${before} p/s, capacity about ${capacity} p/s`
      : `this machine loses packets at ${before} p/s, it keeps up with about ${capacity} p/s`;
    return { cause, text };
  }

  #speedUp(
    nowS: number,
    change: "up" | "down" | null,
    remainingS: number,
  ): string | null {
    if (this.#ratePps >= this.#options.maxRatePps) return null;
    if (!this.#isSenderKeepingUp() || remainingS < RATE.doublingPaysS) {
      return null;
    }
    if (this.#lostPps > 0) {
      if (!this.#isHeardAgain()) return null;
      this.#model.restart(nowS);
      this.#start.restart(nowS, this.#lostPps);
      this.#steps.pathReturned(nowS, this.#lostPps);
      this.#lostPps = 0;
    }
    if (this.#start.isUnderWay) {
      const next = this.#start.next(nowS, this.#ratePps);
      if (next === null) return null;
      this.#change(nowS, next);
      return "slow start";
    }
    const resumed = this.#start.resume(nowS);
    if (resumed !== null) {
      this.#steps.limitRaised(nowS);
      this.#change(nowS, Math.max(this.#ratePps, resumed));
      return "no loss after all";
    }
    if (change === "up") this.#steps.limitRaised(nowS);
    const isLimited = -this.#model.current.unlimitedNats >= RATE.limitNats;
    if (isLimited && nowS >= this.#changedS + this.#settleS) {
      const target = RATE.raiseMargin *
        this.#model.quantilePps(RATE.raiseCaution);
      if (target > this.#ratePps * (1 + RATE.hysteresis)) {
        this.#change(nowS, target);
        this.#hasSettled = true;
        return "capacity known better";
      }
    }
    const next = this.#steps.next(nowS, this.#ratePps, remainingS);
    if (next === null) return null;
    this.#start.close();
    const isUp = next > this.#ratePps;
    this.#change(nowS, next);
    return isUp ? "no loss, trying more" : "too few answers to tell";
  }

  /** Whether this machine lost most of what the limit is thought to have cost lately. */
  #isOwnLoss(): boolean {
    const { best, samples } = this.#model.current;
    let own = 0;
    let lost = 0;
    for (const { report, delivery } of samples) {
      if (report.startS < this.#loweredS) continue;
      own += report.localLosses;
      lost += report.packets * (1 - delivery.share[best]!);
    }
    return own > 0 && own >= lost * RATE.ownShare;
  }

  /** Whether anything that was sent since the last reduction has been answered. */
  #isHeardAgain(): boolean {
    return this.#recent.some((slice) =>
      slice.startS >= this.#loweredS &&
      slice.answers + slice.followUpsAnswered > 0
    );
  }

  /** Whether enough is known of the present rate to lower it again: the same evidence must not count twice. */
  #hasNews(nowS: number): boolean {
    if (nowS >= this.#loweredS + RATE.longestWaitS) return true;
    let news = 0;
    for (const slice of this.#recent) {
      if (slice.startS < this.#loweredS) continue;
      news += slice.answers + slice.followUpsAnswered + slice.followUpsSilent;
    }
    return news >= RATE.leastNews;
  }

  /** A rate that the path most likely carries, now that a limit was found. */
  #safeRate(): number {
    const { grid, current } = this.#model;
    return Math.max(
      RATE.margin * this.#model.quantilePps(RATE.caution),
      RATE.leastShare * grid.at(current.best),
    );
  }

  /** Whether the sender has reached the present rate, and has not just nothing to send. */
  #isSenderKeepingUp(): boolean {
    const latest = this.#recent.at(-1);
    if (latest === undefined || latest.ratePps !== this.#ratePps) return false;
    const lengthS = Math.max(latest.endS - latest.startS, 1e-6);
    const reached = (latest.packets + latest.followUpsSent) / lengthS;
    return reached >= RATE.reached * latest.ratePps;
  }

  #change(nowS: number, ratePps: number): void {
    this.#ratePps = this.#clamp(ratePps);
    this.#changedS = nowS;
  }

  #clamp(ratePps: number): number {
    const { minRatePps, maxRatePps } = this.#options;
    return Math.min(maxRatePps, Math.max(minRatePps, ratePps));
  }
}
