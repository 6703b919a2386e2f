// HOT PATH
import type { RecordQueueMemory } from "./record_queue.ts";

const HEAD = 0;
const TAIL = 1;
/**
 * Fill of the queue at which sending pauses, and below which it goes on. What is still on its way must find room in
 * the rest: half of the scan's queue holds 100,000 SYN-ACKs, the answers to a third of a second at a million packets
 * per second of which 30% are answered.
 */
const PAUSE_FILL = 0.5;
const RESUME_FILL = 0.25;

/**
 * Tells a sender whether responses pile up on their way to the output, from the memory of their queue: also while the
 * main thread, which empties it, is stuck or kept waiting.
 */
export class Backlog {
  readonly #ends: Int32Array;
  readonly #pauseWords: number;
  readonly #resumeWords: number;
  #isHigh = false;

  constructor({ ends, words }: RecordQueueMemory) {
    this.#ends = ends;
    this.#pauseWords = words.length * PAUSE_FILL;
    this.#resumeWords = words.length * RESUME_FILL;
  }

  /** True from the moment on at which the queue is more than half full until it is less than a quarter full. */
  isHigh(): boolean {
    const ends = this.#ends;
    const used = (Atomics.load(ends, TAIL) - Atomics.load(ends, HEAD)) | 0;
    return this.#isHigh = used >
      (this.#isHigh ? this.#resumeWords - 1 : this.#pauseWords);
  }
}
