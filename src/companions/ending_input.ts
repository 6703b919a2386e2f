import type { ByteSource } from "./byte_lines.ts";

/** How long nothing may come after a Ctrl-C, in milliseconds. */
const SILENCE_MS = 2000;

/**
 * Input that a signal ends. A Ctrl-C and a terminal that is closed reach the program that feeds this one, too: what
 * that still writes is kept, until it writes nothing any more. SIGTERM ends the input at once.
 */
export class EndingInput implements ByteSource {
  readonly #source: ByteSource;
  readonly #silenceMs: number;
  readonly #ended = Promise.withResolvers<null>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isCut = false;

  /** @param signal aborts at the first signal, with a reason that names it */
  constructor(
    source: ByteSource,
    signal: AbortSignal,
    silenceMs: number = SILENCE_MS,
  ) {
    this.#source = source;
    this.#silenceMs = silenceMs;
    const onAbort = (): void => {
      if (String(signal.reason).includes("SIGTERM")) this.#cut();
      else this.#awaitSilence();
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
  }

  /** Whether a signal has ended it before its source did. */
  get isCut(): boolean {
    return this.#isCut;
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    const count = await Promise.race([
      this.#source.read(buffer),
      this.#ended.promise,
    ]);
    if (this.#timer === undefined) return count;
    clearTimeout(this.#timer);
    if (count !== null) this.#awaitSilence();
    return count;
  }

  #awaitSilence(): void {
    this.#timer = setTimeout(() => this.#cut(), this.#silenceMs);
  }

  #cut(): void {
    this.#isCut = true;
    this.#ended.resolve(null);
  }
}
