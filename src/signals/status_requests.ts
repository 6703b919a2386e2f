import type { SignalSource } from "./end_signals.ts";

const STATUS_SIGNAL = "SIGQUIT";

/** Requests for the status by SIGQUIT (Ctrl-\), which ends nothing and writes no core. */
export class StatusRequests {
  readonly #source: SignalSource;
  readonly #listener: () => void;
  #answer: (() => void) | null = null;
  /** Whether somebody has asked whom nobody could answer yet. */
  #isOpen = false;

  constructor(source: SignalSource) {
    this.#source = source;
    this.#listener = (): void => {
      if (this.#answer === null) this.#isOpen = true;
      else this.#answer();
    };
    source.addSignalListener(STATUS_SIGNAL, this.#listener);
  }

  /** Answers each request with `answer` from now on, and the one that waits. */
  answerWith(answer: () => void): void {
    this.#answer = answer;
    if (this.#isOpen) answer();
    this.#isOpen = false;
  }

  /** Leaves the signal to the system, for a command that has no status. */
  release(): void {
    this.#source.removeSignalListener(STATUS_SIGNAL, this.#listener);
  }
}
