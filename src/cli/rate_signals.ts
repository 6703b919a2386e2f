import type { SignalSource } from "./signals.ts";

/** Counts SIGUSR1, which asks for a higher rate, and SIGUSR2, which asks for a lower one. */
export class RateSignals {
  readonly #source: SignalSource;
  readonly #onFaster = (): void => void this.#steps++;
  readonly #onSlower = (): void => void this.#steps--;
  #steps = 0;

  constructor(source: SignalSource = Deno) {
    this.#source = source;
    source.addSignalListener("SIGUSR1", this.#onFaster);
    source.addSignalListener("SIGUSR2", this.#onSlower);
  }

  /** Steps since the last call: positive for faster. */
  takeSteps(): number {
    const steps = this.#steps;
    this.#steps = 0;
    return steps;
  }

  [Symbol.dispose](): void {
    this.#source.removeSignalListener("SIGUSR1", this.#onFaster);
    this.#source.removeSignalListener("SIGUSR2", this.#onSlower);
  }
}
