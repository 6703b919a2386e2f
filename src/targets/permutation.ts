// HOT PATH
/**
 * A keyed permutation of the numbers 0 to N−1, N up to 2^48, that can be entered at any place.
 *
 * Claim: for each N and seed, `permute` is a bijection on 0…N−1, and `invert` is its inverse.
 *
 * Why: let a be a power of two with a² ≥ N, and b = ⌈N / a⌉, so that a·b ≥ N. A number below a·b is a
 * pair (high, low), high below b and low below a. A round adds to one half, modulo its size, a number
 * that depends on the other half and on a key only; subtracting the same number undoes it, so each
 * round, and all rounds after each other, are a bijection P on 0…a·b−1 (a generalised Feistel cipher:
 * Black and Rogaway, "Ciphers with Arbitrary Finite Domains", 2002). Where P leads from below N to N or
 * more, P is applied again until the result is below N (cycle walking). Along a cycle of P this leads from
 * each number below N to the next number below N on that cycle, which is a bijection again, and it ends
 * since the cycle comes back to where it began. Fewer than a of the a·b numbers are surplus, so the
 * average number of further steps is below a / N, 1 in 30,000 for the IPv4 Internet.
 *
 * Why the order is good enough for scanning: a scan wants every network to be hit evenly over time, and
 * nothing to follow from what was sent a moment before. `tests/property/permutation_test.ts` checks by
 * chi-square that in windows of the scan the hits per /16 are those of random draws, so are the differences
 * of consecutive targets, that one bit of position or seed changes each bit of the target half of the
 * time, and that for small N all orders come up equally often over seeds. It is no cipher: who sees some
 * targets may be able to work out others.
 *
 * Rounds, by those measurements: all but one of them pass at 4 rounds. But of two positions that differ by
 * a multiple of a, 4 rounds keep the difference of the high halves twice as often as chance would, 6
 * as often as chance. Small N need more, since a round then has few values to choose from: at N = 8
 * the first two targets are evenly distributed over seeds from 12 rounds on, at N = 6 all 720 orders
 * from 20. Below 2^16 numbers it is 24 rounds, whose cost does not matter there.
 *
 * Cost: 10 ns per number in blocks, 20 ns alone (AMD EPYC, `scripts/bench/targets_bench.ts`). `Permuter` makes the
 * same numbers with vectors.
 */
import { SeededRandom } from "../base/mod.ts";

/** A permutation of the numbers below `size`. Plain data: survives `postMessage`. */
export interface Permutation {
  /** N, 1 to 2^48. */
  readonly size: number;
  /** a, a power of two, 2 to 2^24. */
  readonly lowSize: number;
  /** 1 / a. */
  readonly lowShare: number;
  /** Shift that leaves the upper bits of a word, as many as a number below a has. */
  readonly lowShift: number;
  /** b, 1 to a. */
  readonly highSize: number;
  /** b / 2^32. */
  readonly highShare: number;
  /** One key a round; even rounds change the high half, odd rounds the low half. */
  readonly keys: Int32Array;
}

/** Largest number of targets: all addresses with all ports. */
export const MAX_PERMUTATION_SIZE: number = 2 ** 48;

/** Even, as are those below: rounds come in pairs. */
const ROUNDS = 6;
/** Numbers below which `SMALL_ROUNDS` are used. */
export const SMALL_SIZE: number = 2 ** 16;
const SMALL_ROUNDS = 24;

/**
 * Makes the permutation of 0…`size`−1 that `seed` names.
 *
 * @throws {RangeError} when `size` is not an integer from 1 to 2^48
 */
export function makePermutation(size: number, seed: bigint): Permutation {
  if (!Number.isInteger(size) || size < 1 || size > MAX_PERMUTATION_SIZE) {
    throw new RangeError(
      `Cannot permute ${size} numbers: must be an integer from 1 to 2^48`,
    );
  }
  let lowSize = 2;
  while (lowSize * lowSize < size) lowSize *= 2;
  const random = new SeededRandom(seed);
  const keys = new Int32Array(size < SMALL_SIZE ? SMALL_ROUNDS : ROUNDS);
  for (let i = 0; i < keys.length; i++) keys[i] = random.nextWord();
  const highSize = Math.ceil(size / lowSize);
  return {
    size,
    lowSize,
    lowShare: 1 / lowSize,
    lowShift: Math.clz32(lowSize - 1),
    highSize,
    highShare: highSize * 2 ** -32,
    keys,
  };
}

/** The number at `position`, an integer from 0 to `size`−1. */
export function permute(permutation: Permutation, position: number): number {
  ONE_NUMBER[0] = position;
  permuteAll(permutation, ONE_NUMBER, 1);
  return ONE_NUMBER[0]!;
}

const ONE_NUMBER = new Float64Array(1);
/** Numbers that go through the rounds together. */
const BLOCK = 64;
const HIGHS = new Int32Array(BLOCK);
const LOWS = new Int32Array(BLOCK);

/**
 * Replaces the first `count` positions by the numbers there, the same as `permute` would. All of a block go
 * through a round before any goes through the next, so that the processor works on several at once: half the
 * time that one after the other takes.
 */
export function permuteAll(
  permutation: Permutation,
  numbers: Float64Array,
  count: number,
): void {
  for (let first = 0; first < count; first += BLOCK) {
    permuteBlock(permutation, numbers, first, Math.min(count, first + BLOCK));
  }
}

function permuteBlock(
  permutation: Permutation,
  numbers: Float64Array,
  first: number,
  end: number,
): void {
  const { size, lowSize, lowShare, lowShift, highSize, highShare, keys } =
    permutation;
  const lowMask = lowSize - 1;
  const count = end - first;
  for (let i = 0; i < count; i++) {
    const number = numbers[first + i]!;
    // Both exact: a is a power of two, and `| 0` keeps the low 32 bits of an integer below 2^53.
    HIGHS[i] = (number * lowShare) | 0;
    LOWS[i] = (number | 0) & lowMask;
  }
  for (let round = 0; round < keys.length; round += 2) {
    const highKey = keys[round]!;
    const lowKey = keys[round + 1]!;
    for (let i = 0; i < count; i++) {
      const low = LOWS[i]!;
      // high + share − b lies in −b … b−2; its sign is turned into a mask, as a branch here would be a coin toss.
      const sum = HIGHS[i]! + (((mix(low ^ highKey) >>> 0) * highShare) | 0) -
        highSize;
      const high = sum + (highSize & (sum >> 31));
      HIGHS[i] = high;
      LOWS[i] = (low + (mix(high ^ lowKey) >>> lowShift)) & lowMask;
    }
  }
  for (let i = 0; i < count; i++) {
    numbers[first + i] = HIGHS[i]! * lowSize + LOWS[i]!;
  }
  for (let at = first; at < end; at++) {
    while (numbers[at]! >= size) permuteBlock(permutation, numbers, at, at + 1);
  }
}

/** The position of `value`, an integer from 0 to `size`−1. */
export function invert(permutation: Permutation, value: number): number {
  const { size, lowSize, lowShift, highSize, highShare, keys } = permutation;
  const lowMask = lowSize - 1;
  let high = (value * permutation.lowShare) | 0;
  let low = (value | 0) & lowMask;
  let position: number;
  do {
    for (let i = keys.length - 2; i >= 0; i -= 2) {
      low = (low - (mix(high ^ keys[i + 1]!) >>> lowShift)) & lowMask;
      const difference = high - (((mix(low ^ keys[i]!) >>> 0) * highShare) | 0);
      high = difference + (highSize & (difference >> 31));
    }
    position = high * lowSize + low;
  } while (position >= size);
  return position;
}

const MULTIPLIER_1 = 0x7feb_352d;
const MULTIPLIER_2 = 0x846c_a68b;
/** Wellons, "hash-prospector", 2018. */
export const MIX_MULTIPLIERS: readonly number[] = [MULTIPLIER_1, MULTIPLIER_2];

/** 32 bits of which the upper ones depend on all bits of the argument. */
function mix(word: number): number {
  const product = Math.imul(word, MULTIPLIER_1);
  return Math.imul(product ^ (product >>> 15), MULTIPLIER_2);
}
