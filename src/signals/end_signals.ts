/** Signals that end the program: an interruption, a request to end, and a terminal that is closed. */
const END_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** One of them. */
export type EndSignal = typeof END_SIGNALS[number];

/** Where signals come from: `Deno`, or a test. */
export type SignalSource = Pick<
  typeof Deno,
  "addSignalListener" | "removeSignalListener"
>;

/** Signals that end the program, heard from the moment on at which this is made: none is lost while it loads. */
export class EndSignals {
  readonly #source: SignalSource;
  readonly #listeners: ReadonlyMap<EndSignal, () => void>;
  readonly #received: EndSignal[] = [];
  #onSignal: ((name: EndSignal) => void) | null = null;

  /** @param ignored those that the program was started to ignore, as `nohup` starts it: they stay ignored */
  constructor(source: SignalSource, ignored: ReadonlySet<EndSignal>) {
    this.#source = source;
    this.#listeners = new Map(
      END_SIGNALS.filter((name) => !ignored.has(name)).map((
        name,
      ) => [name, () => this.#receive(name)]),
    );
    for (const [name, listener] of this.#listeners) {
      source.addSignalListener(name, listener);
    }
  }

  /** Calls `onSignal` for each signal that has come already, and for each that comes. One listener at a time. */
  listen(onSignal: (name: EndSignal) => void): void {
    this.#onSignal = onSignal;
    for (const name of this.#received) onSignal(name);
  }

  /**
   * Leaves the signals to the system, which ends the process at once, also while its main thread is busy.
   * Returns the one that has come before, or null.
   */
  release(): EndSignal | null {
    for (const [name, listener] of this.#listeners) {
      this.#source.removeSignalListener(name, listener);
    }
    return this.#received[0] ?? null;
  }

  #receive(name: EndSignal): void {
    this.#received.push(name);
    this.#onSignal?.(name);
  }
}
