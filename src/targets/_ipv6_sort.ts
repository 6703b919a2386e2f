/**
 * Sorts IPv6 addresses in place, as no second copy of a long list fits: radix sort from the most significant byte
 * (McIlroy, Bostic, McIlroy, "Engineering Radix Sort", 1993), by insertion where few are left. Of a byte that all
 * addresses of a part have in common nothing is moved.
 */
import { IPV6_WORDS } from "../base/mod.ts";

const BYTES = 16;
const BYTE_VALUES = 256;
/** Addresses that are sorted by insertion. */
const FEW = 16;

/** Sorts the first `count` addresses of a list of four words each. */
export function sortIpv6(words: Uint32Array, count: number): void {
  const ends = Array.from(
    { length: BYTES },
    () => new Uint32Array(BYTE_VALUES + 1),
  );
  sortFrom({ words, ends, heads: new Uint32Array(BYTE_VALUES) }, 0, 0, count);
}

/** Orders two addresses: negative, 0 or positive. */
export function compareIpv6(
  left: Uint32Array,
  leftAt: number,
  right: Uint32Array,
  rightAt: number,
): number {
  for (let i = 0; i < IPV6_WORDS; i++) {
    const difference = left[leftAt + i]! - right[rightAt + i]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Whether the first `count` addresses are in order. */
export function isIpv6Sorted(words: Uint32Array, count: number): boolean {
  for (let at = IPV6_WORDS; at < count * IPV6_WORDS; at += IPV6_WORDS) {
    if (compareIpv6(words, at - IPV6_WORDS, words, at) > 0) return false;
  }
  return true;
}

interface Sorting {
  readonly words: Uint32Array;
  /** For each byte of an address and each of its values: end of the addresses with a lower value; then the end. */
  readonly ends: readonly Uint32Array[];
  /** Where the next address of each value goes. */
  readonly heads: Uint32Array;
}

/** Sorts the addresses `from` up to the one before `to`, which have the bytes before `byte` in common. */
function sortFrom(
  sorting: Sorting,
  byte: number,
  from: number,
  to: number,
): void {
  if (to - from <= FEW) {
    insertAll(sorting.words, from, to);
    return;
  }
  const ends = sorting.ends[byte]!;
  countBytes(sorting.words, ends, byte, from, to);
  distribute(sorting, byte);
  if (byte + 1 === BYTES) return;
  for (let value = 0; value < BYTE_VALUES; value++) {
    const first = ends[value]!;
    const end = ends[value + 1]!;
    if (end - first > 1) sortFrom(sorting, byte + 1, first, end);
  }
}

function countBytes(
  words: Uint32Array,
  ends: Uint32Array,
  byte: number,
  from: number,
  to: number,
): void {
  const word = byte >> 2;
  const shift = 24 - 8 * (byte & 3);
  ends.fill(0);
  for (let i = from; i < to; i++) {
    ends[(words[i * IPV6_WORDS + word]! >>> shift & 255) + 1]!++;
  }
  ends[0] = from;
  for (let value = 0; value < BYTE_VALUES; value++) {
    ends[value + 1]! += ends[value]!;
  }
}

/** Swaps each address into the part of its byte, until all parts are full. */
function distribute({ ends, heads, words }: Sorting, byte: number): void {
  const bounds = ends[byte]!;
  const word = byte >> 2;
  const shift = 24 - 8 * (byte & 3);
  for (let value = 0; value < BYTE_VALUES; value++) {
    heads[value] = bounds[value]!;
  }
  for (let value = 0; value < BYTE_VALUES; value++) {
    const end = bounds[value + 1]!;
    while (heads[value]! < end) {
      const at = heads[value]! * IPV6_WORDS;
      const wanted = words[at + word]! >>> shift & 255;
      const target = heads[wanted]!++ * IPV6_WORDS;
      if (wanted !== value) swap(words, at, target);
    }
  }
}

function swap(words: Uint32Array, left: number, right: number): void {
  for (let i = 0; i < IPV6_WORDS; i++) {
    const word = words[left + i]!;
    words[left + i] = words[right + i]!;
    words[right + i] = word;
  }
}

function insertAll(words: Uint32Array, from: number, to: number): void {
  for (let i = from + 1; i < to; i++) {
    const at = i * IPV6_WORDS;
    const first = words[at]!;
    const second = words[at + 1]!;
    const third = words[at + 2]!;
    const fourth = words[at + 3]!;
    let hole = at;
    while (hole > from * IPV6_WORDS) {
      const before = hole - IPV6_WORDS;
      const difference = words[before]! - first ||
        words[before + 1]! - second ||
        words[before + 2]! - third || words[before + 3]! - fourth;
      if (difference <= 0) break;
      words.copyWithin(hole, before, before + IPV6_WORDS);
      hole = before;
    }
    words[hole] = first;
    words[hole + 1] = second;
    words[hole + 2] = third;
    words[hole + 3] = fourth;
  }
}
