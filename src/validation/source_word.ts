// HOT PATH: of() runs once per response received over IPv6.

import { CHASKEY_WORDS, chaskeyOfBlocks } from "./chaskey.ts";

/** Words of an address. */
const WORDS = 4;

/** Room for one block; codes are computed in pairs. */
const PAIR = new Int32Array(2 * CHASKEY_WORDS);

/**
 * The key of `sourceWord`, made from that of the tags. The block that it is the code of is never that of a tag,
 * whose last word is 0.
 */
export function sourceWordKey(key: Uint32Array): Uint32Array {
  PAIR.fill(0);
  PAIR[CHASKEY_WORDS - 1] = 1;
  chaskeyOfBlocks(key, PAIR, 1);
  return Uint32Array.from(PAIR.subarray(0, CHASKEY_WORDS));
}

/**
 * The keyed 32-bit digest by which tags know a source address of IPv6, whose four words do not fit into the one block
 * of a tag beside the target. It is worked out once per address, so a packet costs one code as over IPv4.
 *
 * @param key from `sourceWordKey`
 * @param at index of the address's first word
 */
export function sourceWord(
  key: Uint32Array,
  address: Uint32Array,
  at: number,
): number {
  for (let i = 0; i < WORDS; i++) PAIR[i] = address[at + i]!;
  chaskeyOfBlocks(key, PAIR, 1);
  return PAIR[0]! >>> 0;
}

/** Digests of source addresses, of which the last is remembered: most scans have one address. */
export class SourceWords {
  readonly #key: Uint32Array;
  #a = 0;
  #b = 0;
  #c = 0;
  #d = 0;
  #word: number;

  /**
   * The words of the scan whose tags have this key.
   *
   * @param validationKey four words
   */
  constructor(validationKey: Uint32Array) {
    this.#key = sourceWordKey(validationKey);
    this.#word = sourceWord(this.#key, new Uint32Array(WORDS), 0);
  }

  /** The digest of the address whose four words begin at `at`. */
  of(address: Uint32Array, at: number): number {
    const a = address[at]!;
    const b = address[at + 1]!;
    const c = address[at + 2]!;
    const d = address[at + 3]!;
    if (a !== this.#a || b !== this.#b || c !== this.#c || d !== this.#d) {
      this.#a = a;
      this.#b = b;
      this.#c = c;
      this.#d = d;
      this.#word = sourceWord(this.#key, address, at);
    }
    return this.#word;
  }
}
