import { SIGUSR1, SIGUSR2 } from "../../ffi/constants.ts";

/** Where counts of signals come from: the kernel, or a test. */
export interface SignalCounts {
  /** How many have come so far, modulo 2^32. */
  count(signal: number): number;
}

/** Counts SIGUSR1, which asks for a higher rate, and SIGUSR2, which asks for a lower one. */
export class RateSignals {
  readonly #counts: SignalCounts;
  /** Both counts when steps were last taken. */
  readonly #seen = new Uint32Array(2);

  constructor(counts: SignalCounts) {
    this.#counts = counts;
  }

  /** Steps since the last call: positive for faster. */
  takeSteps(): number {
    return this.#news(0, SIGUSR1) - this.#news(1, SIGUSR2);
  }

  #news(index: number, signal: number): number {
    const before = this.#seen[index]!;
    this.#seen[index] = this.#counts.count(signal);
    return (this.#seen[index]! - before) >>> 0;
  }
}
