import type { PositionRange } from "./position_range.ts";

/** Which positions of some ranges were marked: a bit each. */
export class PositionMarks {
  /** Whether all that are to be marked were, as far as is known. */
  isComplete = true;
  readonly #ranges: readonly PositionRange[];
  readonly #bits: Uint8Array;
  #count = 0;

  /** None of the positions in these ranges is marked yet. */
  constructor(ranges: readonly PositionRange[]) {
    this.#ranges = ranges;
    const count = ranges.reduce((sum, { end, first }) => sum + end - first, 0);
    this.#bits = new Uint8Array(Math.ceil(count / 8));
  }

  /** Marks a position; false when it was marked before, or lies in none of the ranges. */
  mark(position: number): boolean {
    const index = this.#indexOf(position);
    if (index < 0 || this.#isMarked(index)) return false;
    this.#bits[Math.floor(index / 8)]! |= 1 << (index % 8);
    this.#count++;
    return true;
  }

  /** Positions that are marked. */
  get count(): number {
    return this.#count;
  }

  /** How many of them are marked in another one, of the same ranges. */
  countIn(other: PositionMarks): number {
    let count = 0;
    for (const [at, bits] of this.#bits.entries()) {
      for (let both = bits & other.#bits[at]!; both !== 0; both &= both - 1) {
        count++;
      }
    }
    return count;
  }

  /** Whether a position is marked. */
  has(position: number): boolean {
    const index = this.#indexOf(position);
    return index >= 0 && this.#isMarked(index);
  }

  #isMarked(index: number): boolean {
    return (this.#bits[Math.floor(index / 8)]! & 1 << (index % 8)) !== 0;
  }

  #indexOf(position: number): number {
    let before = 0;
    for (const { end, first } of this.#ranges) {
      if (position >= first && position < end) return before + position - first;
      before += end - first;
    }
    return -1;
  }
}

/** Marks in `marks` the positions of a range that any of `others` has marked; returns whether these are complete. */
export function markAll(
  marks: PositionMarks,
  { end, first }: PositionRange,
  others: readonly PositionMarks[],
): boolean {
  for (let position = first; position < end; position++) {
    if (others.some((one) => one.has(position))) marks.mark(position);
  }
  return others.every(({ isComplete }) => isComplete);
}
