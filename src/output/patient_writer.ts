import type { ByteSink } from "./byte_sink.ts";
import { isOutOfSpace } from "./out_of_space.ts";

/** How often a full disk is tried, in milliseconds. */
const RETRY_MS = 200;

/**
 * Writes to a file so that a full disk takes nothing, as a slow reader does, instead of failing. The caller offers the
 * rest again: what was taken in part is continued with its next byte.
 */
export class PatientWriter {
  readonly #sink: Pick<ByteSink, "write">;
  readonly #rest: (ms: number) => Promise<void>;
  #shortage: unknown = null;

  /** @param rest resolves after so many milliseconds, when the disk is to be tried again */
  constructor(
    sink: Pick<ByteSink, "write">,
    rest: (ms: number) => Promise<void> = pause,
  ) {
    this.#sink = sink;
    this.#rest = rest;
  }

  /** The error with which the disk has refused the last write for want of space; null: it has not. */
  get shortage(): unknown {
    return this.#shortage;
  }

  /** As `ByteSink.write`; resolves to 0 after a while when the disk is full. */
  async write(bytes: Uint8Array): Promise<number> {
    try {
      const length = await this.#sink.write(bytes);
      this.#shortage = null;
      return length;
    } catch (error) {
      if (!isOutOfSpace(error)) throw error;
      this.#shortage = error;
      await this.#rest(RETRY_MS);
      return 0;
    }
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}
