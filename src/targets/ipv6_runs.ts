// HOT PATH
import { IPV6_WORDS, storeIpv6 } from "../base/mod.ts";
import { compareIpv6 } from "./_ipv6_sort.ts";
import type { Ipv6Range } from "./ipv6_range.ts";

/**
 * Consecutive addresses or windows in runs that do not touch, numbered from 0 in ascending order. Plain data over
 * shared memory.
 */
export interface Ipv6Runs {
  /** Number of addresses or windows, at most 2^48. */
  readonly count: number;
  /** Bits of an address behind those that are counted: 0 for single addresses, 64 for windows of length 64. */
  readonly shift: number;
  /** First address of each run, bits behind the counted ones 0; four words each. */
  readonly starts: Uint32Array;
  /** Index of the first address of each run; and one more, `count`. */
  readonly firstIndexes: Float64Array;
  /** For each slot of indexes the run that holds its first; and one more, the last run. */
  readonly indexTable: Int32Array;
  /** Slots to an index: what an index times this is rounded down to is its slot. */
  readonly indexShare: number;
}

const WORD_RANGE = 2 ** 32;
const WORD_SHARE = 1 / WORD_RANGE;
const MAX_COUNT = 2 ** 48;
const LAST_WORD = IPV6_WORDS - 1;

/**
 * Numbers ranges.
 *
 * @param ranges merged; of addresses without the lowest `shift` bits
 * @throws {RangeError} when they have more than 2^48 addresses
 */
export function makeIpv6Runs(
  ranges: readonly Ipv6Range[],
  shift: number,
): Ipv6Runs {
  const starts = new Uint32Array(sharedBytes(ranges.length * IPV6_WORDS * 4));
  const firstIndexes = new Float64Array(sharedBytes((ranges.length + 1) * 8));
  let count = 0n;
  ranges.forEach(({ first, last }, run) => {
    storeIpv6(first << BigInt(shift), starts, run * IPV6_WORDS);
    firstIndexes[run] = Number(count);
    count += last - first + 1n;
  });
  if (count > BigInt(MAX_COUNT)) {
    throw new RangeError(`Cannot number ${count} addresses: more than 2^48`);
  }
  firstIndexes[ranges.length] = Number(count);
  // About four slots a run, so that most slots lie in one.
  const slots = Math.max(1, 4 * ranges.length);
  const slotSize = Math.max(
    1,
    2 ** Math.ceil(Math.log2(Number(count) / slots)),
  );
  return {
    count: Number(count),
    shift,
    starts,
    firstIndexes,
    indexTable: indexTableOf(firstIndexes, slotSize),
    indexShare: 1 / slotSize,
  };
}

/** Stores the address of an index, which is below `count` and not checked, in four words at `at`. */
export function storeRunAddress(
  runs: Ipv6Runs,
  index: number,
  words: Uint32Array,
  at: number,
): void {
  const { firstIndexes, indexTable, shift, starts } = runs;
  const slot = (index * runs.indexShare) >>> 0;
  let low = indexTable[slot]!;
  let high = indexTable[slot + 1]!;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (firstIndexes[middle]! <= index) low = middle;
    else high = middle - 1;
  }
  const start = low * IPV6_WORDS;
  words[at] = starts[start]!;
  words[at + 1] = starts[start + 1]!;
  words[at + 2] = starts[start + 2]!;
  words[at + 3] = starts[start + 3]!;
  addShifted(words, at, index - firstIndexes[low]!, shift);
}

/**
 * Index of the address at `at`, or -1 when it is in none of the runs. Its bits behind the counted ones do not matter.
 */
export function indexInRuns(
  runs: Ipv6Runs,
  address: Uint32Array,
  at: number,
): number {
  const { firstIndexes, shift, starts } = runs;
  let low = 0;
  let high = firstIndexes.length - 2;
  if (high < 0 || compareIpv6(starts, 0, address, at) > 0) return -1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (compareIpv6(starts, middle * IPV6_WORDS, address, at) <= 0) {
      low = middle;
    } else high = middle - 1;
  }
  const offset = distance(starts, low * IPV6_WORDS, address, at, shift);
  const index = firstIndexes[low]! + offset;
  return index < firstIndexes[low + 1]! ? index : -1;
}

/** Adds `offset`, an integer below 2^48, times 2^`shift` to the address at `at`. */
function addShifted(
  words: Uint32Array,
  at: number,
  offset: number,
  shift: number,
): void {
  const low = offset >>> 0;
  const high = (offset * WORD_SHARE) >>> 0;
  const bits = shift & 31;
  // A shift by 32 would be a shift by 0.
  const middle = bits === 0 ? high : (high << bits) | (low >>> (32 - bits));
  let word = at + LAST_WORD - (shift >>> 5);
  let sum = words[word]! + ((low << bits) >>> 0);
  words[word] = sum;
  if (--word < at) return;
  sum = words[word]! + (middle >>> 0) + (sum >= WORD_RANGE ? 1 : 0);
  words[word] = sum;
  if (--word < at) return;
  sum = words[word]! + (bits === 0 ? 0 : high >>> (32 - bits)) +
    (sum >= WORD_RANGE ? 1 : 0);
  words[word] = sum;
  if (--word >= at && sum >= WORD_RANGE) words[word]!++;
}

/**
 * How often 2^`shift` fits between a start and an address that is not below it; infinity when more than 2^53 times.
 */
function distance(
  starts: Uint32Array,
  start: number,
  address: Uint32Array,
  at: number,
  shift: number,
): number {
  let value = 0;
  let borrow = 0;
  let above = 0;
  const lowest = LAST_WORD - (shift >>> 5);
  const bits = shift & 31;
  // Bits behind the counted ones are 0 in the start, so words of nothing else borrow nothing.
  for (let i = lowest; i >= 0; i--) {
    let difference = address[at + i]! - starts[start + i]! - borrow;
    borrow = difference < 0 ? 1 : 0;
    if (borrow === 1) difference += WORD_RANGE;
    const place = lowest - i;
    if (place === 0) value = difference >>> bits;
    else if (place === 1) value += difference * 2 ** (32 - bits);
    else if (place === 2 && bits > 0) value += difference * 2 ** (64 - bits);
    else above |= difference;
  }
  return above === 0 && value <= Number.MAX_SAFE_INTEGER ? value : Infinity;
}

function indexTableOf(
  firstIndexes: Float64Array,
  slotSize: number,
): Int32Array {
  const last = firstIndexes.length - 2;
  const slots = Math.ceil(firstIndexes[last + 1]! / slotSize);
  const table = new Int32Array(sharedBytes((slots + 1) * 4));
  let run = 0;
  for (let slot = 0; slot < slots; slot++) {
    while (run < last && firstIndexes[run + 1]! <= slot * slotSize) run++;
    table[slot] = run;
  }
  table[slots] = last;
  return table;
}

function sharedBytes(length: number): SharedArrayBuffer {
  return new SharedArrayBuffer(length);
}
