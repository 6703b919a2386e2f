import { SIGUSR1, SIGUSR2 } from "../../ffi/constants.ts";
import { SignalCounter } from "../../ffi/signal_counter.ts";

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

  /**
   * Takes both signals from the runtime, for the whole process until it ends. Once for each process.
   *
   * On SIGUSR1 Deno 2.9 starts its inspector, in every program, whether it listens or not: from then on any
   * local user can run code in the process. It sets its handler half a second after it has started, and the
   * signal ends the process before. So this has to happen first of all, before the rest of the program is
   * even loaded; what remains is a signal that comes after that half second, while the first lines of the
   * program still wait to be loaded on a slow or loaded machine.
   *
   * Without `--allow-ffi` the runtime keeps SIGUSR1, and counts it: there is no scan then, only dry runs.
   */
  static take(): RateSignals {
    const heard = new Uint32Array(SIGUSR2 + 1);
    // The runtime sets its handler of a signal only once, for the first listener: let this be now.
    Deno.addSignalListener("SIGUSR1", () => void heard[SIGUSR1]!++);
    Deno.addSignalListener("SIGUSR2", () => void heard[SIGUSR2]!++);
    const counter = takeFromRuntime([SIGUSR1, SIGUSR2]);
    // Where the counter counts, the listeners hear only what came before it.
    return new RateSignals({
      count: (signal) => heard[signal]! + (counter?.count(signal) ?? 0),
    });
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

/** Null without the permission to do so; a C library is there wherever the runtime is. */
function takeFromRuntime(signals: readonly number[]): SignalCounter | null {
  try {
    const counter = new SignalCounter();
    for (const signal of signals) counter.take(signal);
    return counter;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return null;
    throw error;
  }
}
