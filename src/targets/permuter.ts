// HOT PATH
import { COLUMN_WORDS } from "../simd/mod.ts";
import { permutationProgram } from "./_permutation_lanes.ts";
import { type Permutation, permute, permuteAll } from "./permutation.ts";

const BLOCK = COLUMN_WORDS;

/**
 * Makes the numbers of one permutation, the same as `permuteAll`, in half of the time where there is a vector
 * unit (`scripts/bench/targets_bench.ts`). For one thread, as it has memory of its own.
 */
export class Permuter {
  readonly #permutation: Permutation;
  /** Null without a vector unit, and for permutations that it is not for. */
  readonly #run: ((count: number) => void) | null;
  readonly #highs: Uint32Array;
  readonly #lows: Uint32Array;

  constructor(permutation: Permutation) {
    this.#permutation = permutation;
    const program = permutationProgram(permutation);
    this.#run = program?.run ?? null;
    this.#highs = program?.columns[0] ?? new Uint32Array(0);
    this.#lows = program?.columns[1] ?? new Uint32Array(0);
  }

  /** Replaces the first `count` positions by the numbers there. */
  permuteAll(numbers: Float64Array, count: number): void {
    if (this.#run === null) permuteAll(this.#permutation, numbers, count);
    else {
      for (let first = 0; first < count; first += BLOCK) {
        this.#permuteBlock(numbers, first, Math.min(BLOCK, count - first));
      }
    }
  }

  #permuteBlock(numbers: Float64Array, first: number, count: number): void {
    const { size, lowSize, lowShare } = this.#permutation;
    const lowMask = lowSize - 1;
    const highs = this.#highs;
    const lows = this.#lows;
    for (let i = 0; i < count; i++) {
      const number = numbers[first + i]!;
      highs[i] = (number * lowShare) | 0;
      lows[i] = (number | 0) & lowMask;
    }
    this.#run!(count);
    let surplus = 0;
    for (let i = 0; i < count; i++) {
      const number = highs[i]! * lowSize + lows[i]!;
      numbers[first + i] = number;
      if (number >= size) surplus++;
    }
    if (surplus > 0) this.#walk(numbers, first, count);
  }

  /** Goes on to the next number below the size, where this one is not. */
  #walk(numbers: Float64Array, first: number, count: number): void {
    for (let at = first; at < first + count; at++) {
      const number = numbers[at]!;
      if (number >= this.#permutation.size) {
        numbers[at] = permute(this.#permutation, number);
      }
    }
  }
}
