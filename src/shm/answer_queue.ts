// HOT PATH
/** An answer, as the receiver reports it to whoever measures the loss. One object serves a whole scan. */
export interface Answer {
  /** Position of its target. */
  position: number;
  /** Which of several probes was answered, from 0. */
  probeNumber: number;
  /** Whether its target may get a follow-up: of all targets of a host, one may. */
  isEligible: boolean;
  /** Whether its target had answered before. */
  isAgain: boolean;
}

/** The queue's memory: plain data that `postMessage` shares. */
export interface AnswerQueueMemory {
  readonly ends: Int32Array;
  readonly positions: Float64Array;
  /** Probe number, and the flags `ELIGIBLE` and `AGAIN`. */
  readonly probes: Uint32Array;
}

const HEAD = 0;
const TAIL = 1;
const REFUSED = 2;
const PASS = 3;
const ELIGIBLE = 0x8000_0000;
const AGAIN = 0x4000_0000;

/** Makes the memory of an empty queue of `2 ** bits` answers. */
export function makeAnswerQueueMemory(bits: number): AnswerQueueMemory {
  return {
    ends: new Int32Array(new SharedArrayBuffer(16)),
    positions: new Float64Array(new SharedArrayBuffer(8 << bits)),
    probes: new Uint32Array(new SharedArrayBuffer(4 << bits)),
  };
}

/**
 * Answers on their way from the receiver (one writer) to the main thread (one reader): of each target and probe
 * the first one, and of targets that are probed again in a later pass those to that. A position tells when its probe was sent, whatever the size of the scan. What finds no room is
 * counted in the queue itself, so that no writer can forget to.
 */
export class AnswerQueue {
  readonly #ends: Int32Array;
  readonly #positions: Float64Array;
  readonly #probes: Uint32Array;
  readonly #mask: number;

  constructor(memory: AnswerQueueMemory) {
    this.#ends = memory.ends;
    this.#positions = memory.positions;
    this.#probes = memory.probes;
    this.#mask = memory.positions.length - 1;
  }

  /** Answers that found no room so far, modulo 2^32. */
  get refused(): number {
    return Atomics.load(this.#ends, REFUSED) >>> 0;
  }

  /** The latest pass in which targets are probed again; 0: none has begun. Set by the reader. */
  get pass(): number {
    return Atomics.load(this.#ends, PASS);
  }

  set pass(pass: number) {
    Atomics.store(this.#ends, PASS, pass);
  }

  /** Answers that wait. */
  get length(): number {
    return (Atomics.load(this.#ends, TAIL) - Atomics.load(this.#ends, HEAD)) |
      0;
  }

  /** Appends an answer, or counts it as refused. */
  push(
    position: number,
    probeNumber: number,
    isEligible: boolean,
    isAgain = false,
  ): void {
    const tail = Atomics.load(this.#ends, TAIL);
    if (((tail - Atomics.load(this.#ends, HEAD)) | 0) > this.#mask) {
      Atomics.add(this.#ends, REFUSED, 1);
      return;
    }
    const slot = tail & this.#mask;
    this.#positions[slot] = position;
    this.#probes[slot] = probeNumber | (isEligible ? ELIGIBLE : 0) |
      (isAgain ? AGAIN : 0);
    Atomics.store(this.#ends, TAIL, (tail + 1) | 0);
  }

  /** Moves the oldest answer into `answer`; false when there is none. */
  shift(answer: Answer): boolean {
    const head = Atomics.load(this.#ends, HEAD);
    if (head === Atomics.load(this.#ends, TAIL)) return false;
    const slot = head & this.#mask;
    const probe = this.#probes[slot]!;
    answer.position = this.#positions[slot]!;
    answer.probeNumber = probe & 0xffff;
    answer.isEligible = probe >= ELIGIBLE;
    answer.isAgain = (probe & AGAIN) !== 0;
    Atomics.store(this.#ends, HEAD, (head + 1) | 0);
    return true;
  }
}
