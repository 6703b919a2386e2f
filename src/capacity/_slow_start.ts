import type { CapacityModel } from "./_capacity_model.ts";
import { isConfirmed } from "./_step_plan.ts";
import { SLOW_START, STEPS } from "./_tuning.ts";

/**
 * The first phase of `auto`: doubles the rate until a limit is found, and again if that was a false alarm, or after
 * the path was lost altogether.
 */
export class SlowStart {
  readonly #model: CapacityModel;
  #isUnderWay: boolean;
  #steppedS = -Infinity;
  /** When it ended, and the rate until then. */
  #endS = -Infinity;
  #endPps = 0;
  #mostPps = Infinity;

  constructor(model: CapacityModel, isUnderWay: boolean) {
    this.#model = model;
    this.#isUnderWay = isUnderWay;
  }

  /** Whether no limit has been found yet. */
  get isUnderWay(): boolean {
    return this.#isUnderWay;
  }

  /** Whether so many packets bring answers enough to double the rate, as far as is known. */
  isRushing(packets: number): boolean {
    const { current, delay } = this.#model;
    const answers = packets * (delay.hasAnswers ? current.hitRate : 1);
    return this.#isUnderWay && answers >= SLOW_START.rushAnswers;
  }

  /** Where it ends without a limit, in packets per second. */
  get mostPps(): number {
    return this.#mostPps;
  }

  /** The rate to go to, or null to stay. */
  next(nowS: number, ratePps: number): number | null {
    if (this.#steppedS === -Infinity) this.#steppedS = nowS;
    if (!this.#isConfirmed(nowS, ratePps)) return null;
    this.#steppedS = nowS;
    if (ratePps * 2 < this.#mostPps) return ratePps * 2;
    this.#isUnderWay = false;
    return Math.max(ratePps, this.#mostPps);
  }

  /** Learns that the path carries again what it did not for a while: it did up to `mostPps`. */
  restart(nowS: number, mostPps: number): void {
    this.#isUnderWay = true;
    this.#steppedS = nowS;
    this.#mostPps = mostPps;
    this.#endS = -Infinity;
  }

  /** Learns that a limit was found at `ratePps`. */
  end(nowS: number, ratePps: number): void {
    if (!this.#isUnderWay) return;
    this.#isUnderWay = false;
    this.#endS = nowS;
    this.#endPps = ratePps;
  }

  /** Learns that a later phase has begun in earnest: no alarm is called false any more. */
  close(): void {
    this.#endS = -Infinity;
  }

  /**
   * Goes on when the evidence that ended it has vanished before it could become old: returns the rate to go
   * on with, or null.
   */
  resume(nowS: number): number | null {
    if (
      nowS >= this.#endS + SLOW_START.alarmS || !isConfirmed(this.#model, 0, 0)
    ) {
      return null;
    }
    this.#isUnderWay = true;
    this.#steppedS = nowS;
    return this.#endPps / 2;
  }

  /** Whether the present rate is known to be fine, well enough to double it. */
  #isConfirmed(nowS: number, ratePps: number): boolean {
    const { current, delay } = this.#model;
    if (
      isConfirmed(
        this.#model,
        ratePps * SLOW_START.confirmShare,
        SLOW_START.confirmNats,
      )
    ) {
      return true;
    }
    const delayS = delay.hasAnswers ? delay.delayS : SLOW_START.blindS;
    const waitedS = nowS - this.#steppedS - delayS;
    const expected = ratePps * waitedS * current.hitRate;
    return waitedS >=
      (expected >= STEPS.blindAnswers
        ? SLOW_START.blindS
        : SLOW_START.longBlindS);
  }
}
