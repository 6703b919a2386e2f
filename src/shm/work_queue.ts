import { type Control, wake } from "./control.ts";

/** A piece of work for a sender: one probe to each target of a range of positions. */
export interface Work {
  /** First position. */
  first: number;
  /** Position behind the last. */
  end: number;
  /** Which of several probes to the same target this is, from 0. */
  probeNumber: number;
}

const CAPACITY = 4096;
const ENTRY = 3;
const HEAD = 0;
const TAIL = 1;

/** The queue's memory: plain data that `postMessage` shares. */
export interface WorkQueueMemory {
  readonly ends: Int32Array;
  readonly entries: Float64Array;
}

/** Makes the memory of an empty queue. */
export function makeWorkQueueMemory(): WorkQueueMemory {
  return {
    ends: new Int32Array(new SharedArrayBuffer(8)),
    entries: new Float64Array(new SharedArrayBuffer(CAPACITY * ENTRY * 8)),
  };
}

/** Ranges of positions on their way from the main thread (one writer) to a sender (one reader). */
export class WorkQueue {
  readonly #ends: Int32Array;
  readonly #entries: Float64Array;

  constructor(memory: WorkQueueMemory) {
    this.#ends = memory.ends;
    this.#entries = memory.entries;
  }

  /**
   * Appends a piece of work and wakes the sender. Who gives out work keeps an eye on `length`.
   *
   * @throws {RangeError} when the queue is full, so that no work is ever lost
   */
  push(work: Readonly<Work>, control: Control): void {
    const tail = Atomics.load(this.#ends, TAIL);
    if (((tail - Atomics.load(this.#ends, HEAD)) | 0) === CAPACITY) {
      throw new RangeError(`Cannot queue more than ${CAPACITY} pieces of work`);
    }
    const at = (tail & (CAPACITY - 1)) * ENTRY;
    this.#entries[at] = work.first;
    this.#entries[at + 1] = work.end;
    this.#entries[at + 2] = work.probeNumber;
    Atomics.store(this.#ends, TAIL, (tail + 1) | 0);
    wake(control);
  }

  /** Pieces of work that wait. */
  get length(): number {
    return (Atomics.load(this.#ends, TAIL) - Atomics.load(this.#ends, HEAD)) |
      0;
  }

  /** Moves the oldest piece of work into `work`; false when there is none. */
  shift(work: Work): boolean {
    const head = Atomics.load(this.#ends, HEAD);
    if (head === Atomics.load(this.#ends, TAIL)) return false;
    const at = (head & (CAPACITY - 1)) * ENTRY;
    work.first = this.#entries[at]!;
    work.end = this.#entries[at + 1]!;
    work.probeNumber = this.#entries[at + 2]!;
    Atomics.store(this.#ends, HEAD, (head + 1) | 0);
    return true;
  }
}
