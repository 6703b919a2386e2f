// HOT PATH: choose() runs per block of packets.

import {
  sourceWord,
  sourceWordKey,
  TAG_BLOCK,
  TagBlock,
} from "../validation/mod.ts";
import { IPV6_ADDRESS_WORDS } from "../wire/mod.ts";

const WORDS = IPV6_ADDRESS_WORDS;
const WORD_BITS = 32;
const ADDRESS_BITS = 128;

/** Where probes over IPv6 come from. Each target always gets the same address for the same probe number. Plain data. */
export type Ipv6Sources =
  /** One of these addresses, four words each, most significant first. */
  | { readonly kind: "list"; readonly words: Uint32Array }
  /** An address of its own out of a prefix. */
  | {
    readonly kind: "prefix";
    /** Four words. */
    readonly prefix: Uint32Array;
    /** 0 to 128. */
    readonly lengthBits: number;
    /** Fixes the address of each target, so that another scan can repeat it. */
    readonly seed: bigint;
  };

/** The frames that sources are chosen for: both words of the numbers of their targets, and their probe numbers. */
export interface SourceOrder {
  readonly lows: Uint32Array;
  readonly highs: Uint32Array;
  readonly probeNumbers: Uint32Array;
}

/** Chooses the source address of each frame of a block. */
export interface SourceChooser {
  /** Of each frame four words, after `choose`. */
  readonly addresses: Uint32Array;
  /** Chooses the sources of the first `count` frames, and stores what tags know them by. */
  choose(order: SourceOrder, count: number, sourceWords: Uint32Array): void;
}

/**
 * Makes the chooser for these sources.
 *
 * @throws {RangeError} when there is no address, or the prefix is none
 */
export function makeSourceChooser(
  sources: Ipv6Sources,
  validationKey: Uint32Array,
): SourceChooser {
  if (sources.kind === "prefix") {
    return new PrefixChooser(sources, validationKey);
  }
  const { words } = sources;
  if (words.length === 0 || words.length % WORDS !== 0) {
    throw new RangeError(
      `Cannot send from ${words.length} words of addresses: each address has ${WORDS}`,
    );
  }
  return words.length === WORDS
    ? new OneSource(words, validationKey)
    : new ListChooser(words, validationKey);
}

class OneSource implements SourceChooser {
  readonly addresses: Uint32Array;
  readonly #word: number;

  constructor(words: Uint32Array, validationKey: Uint32Array) {
    this.addresses = new Uint32Array(TAG_BLOCK * WORDS);
    for (let i = 0; i < TAG_BLOCK; i++) this.addresses.set(words, i * WORDS);
    this.#word = sourceWord(sourceWordKey(validationKey), words, 0);
  }

  choose(_order: SourceOrder, count: number, sourceWords: Uint32Array): void {
    sourceWords.fill(this.#word, 0, count);
  }
}

class ListChooser implements SourceChooser {
  readonly addresses = new Uint32Array(TAG_BLOCK * WORDS);
  readonly #words: Uint32Array;
  readonly #sourceWords: Uint32Array;

  constructor(words: Uint32Array, validationKey: Uint32Array) {
    const key = sourceWordKey(validationKey);
    this.#words = words;
    this.#sourceWords = Uint32Array.from(
      { length: words.length / WORDS },
      (_, i) => sourceWord(key, words, i * WORDS),
    );
  }

  choose(
    { lows, probeNumbers }: SourceOrder,
    count: number,
    sourceWords: Uint32Array,
  ): void {
    const words = this.#words;
    const table = this.#sourceWords;
    const addresses = this.addresses;
    const sourceCount = table.length;
    for (let i = 0; i < count; i++) {
      const index = (lows[i]! + probeNumbers[i]!) % sourceCount;
      sourceWords[i] = table[index]!;
      const from = index * WORDS;
      const to = i * WORDS;
      for (let word = 0; word < WORDS; word++) {
        addresses[to + word] = words[from + word]!;
      }
    }
  }
}

/**
 * The bits behind the prefix are those of the keyed code of target number and probe number. The digest of each address
 * needs a code, too: three codes a packet instead of one.
 */
class PrefixChooser implements SourceChooser {
  readonly addresses = new Uint32Array(TAG_BLOCK * WORDS);
  readonly #prefix: Uint32Array;
  /** Bits of each word that are not the prefix's. */
  readonly #masks: readonly number[];
  readonly #codes: TagBlock;
  readonly #digests: TagBlock;

  constructor(
    { lengthBits, prefix, seed }: Ipv6Sources & { kind: "prefix" },
    validationKey: Uint32Array,
  ) {
    if (
      prefix.length !== WORDS || !Number.isInteger(lengthBits) ||
      lengthBits < 0 || lengthBits > ADDRESS_BITS
    ) {
      throw new RangeError(
        `Cannot send from a prefix of ${lengthBits} bits and ${prefix.length} words: it has 0 to ${ADDRESS_BITS} and ${WORDS}`,
      );
    }
    this.#masks = Array.from(prefix, (_, word) => hostMask(lengthBits, word));
    this.#prefix = prefix.map((word, i) => word & ~this.#masks[i]!);
    this.#codes = new TagBlock(keyOfSeed(seed));
    this.#digests = new TagBlock(sourceWordKey(validationKey));
  }

  choose(
    { highs, lows, probeNumbers }: SourceOrder,
    count: number,
    sourceWords: Uint32Array,
  ): void {
    const [codedLows, codedHighs, codedProbes] = this.#codes.words;
    for (let i = 0; i < count; i++) {
      codedLows[i] = lows[i]!;
      codedHighs[i] = highs[i]!;
      codedProbes[i] = probeNumbers[i]!;
    }
    this.#codes.compute(count);
    const addresses = this.addresses;
    for (let word = 0; word < WORDS; word++) {
      const codes = this.#codes.tags[word]!;
      const column = this.#digests.words[word]!;
      const prefix = this.#prefix[word]!;
      const mask = this.#masks[word]!;
      for (let i = 0; i < count; i++) {
        const value = prefix | (codes[i]! & mask);
        column[i] = value;
        addresses[i * WORDS + word] = value;
      }
    }
    this.#digests.compute(count);
    sourceWords.set(this.#digests.tags[0].subarray(0, count));
  }
}

/** The bits of a word of an address that lie behind a prefix. */
function hostMask(lengthBits: number, word: number): number {
  const kept = Math.min(Math.max(lengthBits - word * WORD_BITS, 0), WORD_BITS);
  return kept === WORD_BITS ? 0 : 0xffff_ffff >>> kept;
}

/** A key from a seed of 64 bits, other than every key that is made of random words but for a chance of 2^-64. */
function keyOfSeed(seed: bigint): Uint32Array {
  const low = Number(BigInt.asUintN(WORD_BITS, seed));
  const high = Number(BigInt.asUintN(WORD_BITS, seed >> 32n));
  return Uint32Array.of(low, high, 0x736f_7572, 0x6365_7321);
}
