/**
 * How many packets may be sent now: a token bucket that is a pure function of clock readings.
 *
 * Claim: between any two clock readings a and b, the packets taken, and those that have left, are at most
 * `rate × (b - a) + burst`, whatever the readings, their order, and the stalls between them.
 * Why: tokens only come from time that has passed (a reading before the latest one adds none), are never
 * more than `burst`, and each packet costs one. There is no delay that is adapted, hence none that can
 * reach 0, and what was missed during a stall beyond one burst is forgotten.
 * When the rate changes in the window, `rate` and `burst` are the largest of those in force.
 *
 * The state lives in an array so that several threads can share it; who shares it has to lock it.
 */

/**
 * Credit that may pile up besides the packet that is due, in seconds of the rate: what a late wake-up can
 * make good. Without it a slow scan would lose the lateness of each packet for good.
 */
export const BURST_SECONDS = 0.01;

const TOKENS = 0;
const LATEST_NS = 1;
const RATE = 2;
const BURST = 3;
/** Length of the state array. */
export const BUCKET_SLOTS = 4;

/** Largest number of packets that a rate lets through at once: `1 + rate × 0.01 s`. */
export function burstOf(ratePps: number): number {
  return 1 + ratePps * BURST_SECONDS;
}

/** A token bucket over a state array of `BUCKET_SLOTS`. */
export class TokenBucket {
  readonly #state: Float64Array;

  /** The state is an array of `BUCKET_SLOTS`, shared by whoever shares the bucket. */
  constructor(state: Float64Array) {
    this.#state = state;
  }

  /** Starts at `nowNs` with one token, so that the first packet leaves at once. `ratePps` 0: no limit. */
  start(nowNs: number, ratePps: number): void {
    this.#state[LATEST_NS] = nowNs;
    this.#state[TOKENS] = 1;
    this.#setRate(ratePps);
  }

  /** Changes the rate from `nowNs` on. */
  change(nowNs: number, ratePps: number): void {
    this.#settle(nowNs);
    this.#setRate(ratePps);
  }

  /** The rate in force, 0 for no limit. */
  get ratePps(): number {
    return this.#state[RATE]!;
  }

  /**
   * Takes as many tokens as there are, up to `most`, if there are at least `least`; returns their
   * number, else 0. Both are whole numbers; a `least` above the burst is treated as the burst.
   */
  take(nowNs: number, least: number, most: number): number {
    if (this.#state[RATE] === 0) return most;
    this.#settle(nowNs);
    const tokens = Math.floor(this.#state[TOKENS]!);
    if (
      tokens < 1 || tokens < Math.min(least, Math.floor(this.#state[BURST]!))
    ) return 0;
    const taken = Math.min(tokens, most);
    this.#state[TOKENS]! -= taken;
    return taken;
  }

  /**
   * Says that `count` packets whose tokens were taken before have left at `nowNs`. Whatever came in between:
   * what is left of the burst is what it would be had the tokens been taken only now.
   */
  left(nowNs: number, count: number): void {
    if (this.#state[RATE] === 0) return;
    this.#settle(nowNs);
    const most = Math.max(0, this.#state[BURST]! - count);
    this.#state[TOKENS] = Math.min(this.#state[TOKENS]!, most);
  }

  /**
   * Gives back tokens of packets that the kernel did not take. A negative count is a debt: packets that were
   * paid back before, and that the kernel has taken after all.
   */
  giveBack(count: number): void {
    this.#state[TOKENS] = Math.min(
      this.#state[TOKENS]! + count,
      this.#state[BURST]!,
    );
  }

  /** Nanoseconds from `nowNs` until `least` tokens are there, 0 when they are. */
  waitNs(nowNs: number, least: number): number {
    const rate = this.#state[RATE]!;
    if (rate === 0) return 0;
    this.#settle(nowNs);
    const missing = Math.min(least, Math.floor(this.#state[BURST]!)) -
      this.#state[TOKENS]!;
    return missing <= 0 ? 0 : missing / rate * 1e9;
  }

  #setRate(ratePps: number): void {
    this.#state[RATE] = ratePps;
    this.#state[BURST] = burstOf(ratePps);
    this.#state[TOKENS] = Math.min(this.#state[TOKENS]!, this.#state[BURST]!);
  }

  #settle(nowNs: number): void {
    const passedNs = nowNs - this.#state[LATEST_NS]!;
    if (passedNs <= 0) return;
    this.#state[LATEST_NS] = nowNs;
    const tokens = this.#state[TOKENS]! + passedNs * this.#state[RATE]! / 1e9;
    this.#state[TOKENS] = Math.min(tokens, this.#state[BURST]!);
  }
}
