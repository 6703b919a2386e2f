// HOT PATH
/**
 * Windows: sub-prefixes of one length, each with one target. The bits behind the window are the same in all windows,
 * or made from the window's bits and the seed, so that a second scan with the same seed probes the same addresses,
 * and an address can be checked without a table.
 */
import { IPV6_WORDS, SeededRandom, storeIpv6 } from "../base/mod.ts";

/** What stands behind the bits of a window: 1, other bits that are the same in all, or bits keyed by the seed. */
export type Ipv6WindowRule =
  | { readonly kind: "low" }
  | { readonly kind: "random" }
  | { readonly kind: "fixed"; readonly interfaceId: bigint };

/** How prefixes are cut into windows. */
export interface Ipv6Window {
  /** Length of the prefix of each window, 1 to 128. */
  readonly length: number;
  /** Which address of each sub-prefix is meant. */
  readonly rule: Ipv6WindowRule;
  /** Keys the rule `random`. */
  readonly seed: bigint;
}

/** A rule as plain data over shared memory. */
export interface Ipv6WindowFill {
  /** Length of the prefix of each window. */
  readonly length: number;
  /** Whether the seed fixes the bits behind the window. */
  readonly isRandom: boolean;
  /** Bits to set behind those of the window: those of the rule, or all that `random` chooses. */
  readonly bits: Uint32Array;
  /** A key to begin with, and one for each word. */
  readonly keys: Uint32Array;
}

const ADDRESS_BITS = 128;
const WORD_BITS = 32;
const LOW_ID = 1n;

/**
 * Makes a rule ready for use.
 *
 * @throws {RangeError} when the length is not from 1 to 128, or fixed bits do not fit behind the window
 */
export function makeWindowFill(
  { length, rule, seed }: Ipv6Window,
): Ipv6WindowFill {
  if (!Number.isInteger(length) || length < 1 || length > ADDRESS_BITS) {
    throw new RangeError(
      `Cannot cut windows of length ${length}: must be an integer from 1 to 128`,
    );
  }
  const mask = (1n << BigInt(ADDRESS_BITS - length)) - 1n;
  const isRandom = rule.kind === "random";
  const id = rule.kind === "fixed" ? rule.interfaceId : LOW_ID & mask;
  if (id > mask) {
    throw new RangeError(
      `Cannot set the bits 0x${
        id.toString(16)
      } in windows of length ${length}: only ${
        ADDRESS_BITS - length
      } bits are left`,
    );
  }
  const bits = sharedWords(IPV6_WORDS);
  storeIpv6(isRandom ? mask : id, bits, 0);
  const keys = sharedWords(IPV6_WORDS + 1);
  const random = new SeededRandom(seed);
  for (let i = 0; i < keys.length; i++) keys[i] = random.nextWord();
  return { length, isRandom, bits, keys };
}

/** Sets the bits behind the window of the four words at `at`, all of which are 0 before. */
export function fillWindow(
  { bits, isRandom, keys, length }: Ipv6WindowFill,
  words: Uint32Array,
  at: number,
): void {
  if (isRandom) {
    const hash = hashOfWindow(keys, length, words, at);
    for (let i = length >>> 5; i < IPV6_WORDS; i++) {
      words[at + i]! |= mix(hash ^ keys[i + 1]!) & bits[i]!;
    }
  } else {
    words[at]! |= bits[0]!;
    words[at + 1]! |= bits[1]!;
    words[at + 2]! |= bits[2]!;
    words[at + 3]! |= bits[3]!;
  }
}

/** 32 bits that depend on the key and all bits of the window. It is no cipher: who sees targets may guess others. */
function hashOfWindow(
  keys: Uint32Array,
  length: number,
  words: Uint32Array,
  at: number,
): number {
  let hash = keys[0]!;
  for (let i = 0; i * WORD_BITS < length; i++) {
    hash = mix(hash ^ words[at + i]!);
  }
  return hash;
}

/** Wellons, "hash-prospector", 2018: a permutation of the words of 32 bits in which each bit depends on all. */
function mix(word: number): number {
  word = Math.imul(word ^ (word >>> 16), 0x7feb_352d);
  word = Math.imul(word ^ (word >>> 15), 0x846c_a68b);
  return word ^ (word >>> 16);
}

function sharedWords(length: number): Uint32Array {
  return new Uint32Array(
    new SharedArrayBuffer(length * Uint32Array.BYTES_PER_ELEMENT),
  );
}
