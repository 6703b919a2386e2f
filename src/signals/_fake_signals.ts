import type { SignalSource } from "./end_signals.ts";

/** Delivers signals to whoever listens in this process, without sending any. */
export class FakeSignals implements SignalSource {
  readonly #handlers: {
    readonly name: Deno.Signal;
    readonly handler: () => void;
  }[] = [];

  /** Names of the signals that are listened to. */
  get names(): readonly Deno.Signal[] {
    return this.#handlers.map(({ name }) => name);
  }

  addSignalListener(name: Deno.Signal, handler: () => void): void {
    this.#handlers.push({ name, handler });
  }

  removeSignalListener(name: Deno.Signal, handler: () => void): void {
    const at = this.#handlers.findIndex((other) =>
      other.name === name && other.handler === handler
    );
    this.#handlers.splice(at, 1);
  }

  /** Delivers a signal. */
  raise(name: Deno.Signal): void {
    for (const other of this.#handlers) {
      if (other.name === name) other.handler();
    }
  }
}
