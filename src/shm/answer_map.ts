/** Blocks at most, so that the map stays below 8 MiB. */
const MAX_BLOCKS = 2 ** 22;

/** The map's memory: plain data that `postMessage` shares. */
export interface AnswerMapMemory {
  readonly firstPosition: number;
  /** Positions per block, a power of two. */
  readonly blockSize: number;
  /** Targets of each block that have answered, modulo 2^16. */
  readonly answers: Uint16Array;
}

/** Makes the memory of a map over the positions from `first` up to `end`. */
export function makeAnswerMapMemory(
  first: number,
  end: number,
): AnswerMapMemory {
  let blockSize = 1;
  while ((end - first) / blockSize > MAX_BLOCKS) blockSize *= 2;
  const blocks = Math.ceil((end - first) / blockSize);
  return {
    firstPosition: first,
    blockSize,
    answers: new Uint16Array(new SharedArrayBuffer(blocks * 2)),
  };
}

/**
 * How many targets have answered, by position: written by the receiver at each target's first answer,
 * read by the main thread. A response's target tells its position, hence when its probe was sent and what
 * share of the probes of that time was answered.
 */
export class AnswerMap {
  /** Positions per block: what a range is rounded to. */
  readonly blockSize: number;
  readonly #first: number;
  readonly #blockShare: number;
  readonly #answers: Uint16Array;

  constructor(memory: AnswerMapMemory) {
    this.blockSize = memory.blockSize;
    this.#first = memory.firstPosition;
    this.#blockShare = 1 / memory.blockSize;
    this.#answers = memory.answers;
  }

  /** Counts the first answer of the target at `position`; positions outside the map are ignored. */
  add(position: number): void {
    const block = Math.floor((position - this.#first) * this.#blockShare);
    if (block >= 0 && block < this.#answers.length) this.#answers[block]! += 1;
  }

  /** Answers from the blocks that begin at `first` or later, and before `end`. */
  count(first: number, end: number): number {
    const from = Math.ceil((first - this.#first) * this.#blockShare);
    const to = Math.ceil((end - this.#first) * this.#blockShare);
    let total = 0;
    for (let block = from; block < to; block++) total += this.#answers[block]!;
    return total;
  }
}
