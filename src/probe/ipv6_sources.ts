// HOT PATH: choose() runs per block of packets, wordOf() per response.

import { keyOfSeed } from "./_seed_key.ts";
import {
  chaskeyOfBlocks,
  sourceWord,
  sourceWordKey,
  SourceWords,
  TAG_BLOCK,
  TagBlock,
} from "../validation/mod.ts";
import { IPV6_ADDRESS_WORDS } from "../wire/mod.ts";

const WORDS = IPV6_ADDRESS_WORDS;
const WORD_BITS = 32;
const ADDRESS_BITS = 128;
const NOT_OURS = -1;
/** "sources!". */
const PURPOSE = [0x736f_7572, 0x6365_7321] as const;

/** Where probes over IPv6 come from. Each target always gets the same address for the same probe number. Plain data. */
export type Ipv6Sources =
  /** One of these addresses, four words each, most significant first. */
  | { readonly kind: "list"; readonly words: Uint32Array }
  /** Each host has an address of its own out of a prefix, the same for all of its ports and probes. */
  | {
    readonly kind: "prefix";
    /** Four words. */
    readonly prefix: Uint32Array;
    /** 0 to 128. */
    readonly lengthBits: number;
    /** Fixes the address for each host, so that another scan can repeat it. */
    readonly seed: bigint;
  };

type PrefixSources = Ipv6Sources & { readonly kind: "prefix" };

/** The frames that sources are chosen for: lower words of the numbers of their targets, addresses, probe numbers. */
export interface SourceOrder {
  readonly lows: Uint32Array;
  /** Of each target four words. */
  readonly targets: Uint32Array;
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
 * What tags know the addresses of a prefix by: one word for all of them, as the address follows from the target's,
 * which the tag covers. So a packet costs two codes, one for its source and one for its tag. Whoever
 * receives an answer compares the whole address, see `makeSourceReader`.
 */
class PrefixChooser implements SourceChooser {
  readonly addresses = new Uint32Array(TAG_BLOCK * WORDS);
  readonly #prefix: Uint32Array;
  /** Bits of each word that are not the prefix's. */
  readonly #masks: Uint32Array;
  readonly #codes: TagBlock;
  readonly #sourceWord: number;

  constructor(sources: PrefixSources, validationKey: Uint32Array) {
    const { masks, words } = prefixParts(sources);
    this.#prefix = words;
    this.#masks = masks;
    this.#codes = new TagBlock(keyOfSeed(sources.seed, PURPOSE));
    this.#sourceWord = sourceWord(sourceWordKey(validationKey), words, 0);
  }

  choose(
    { targets }: SourceOrder,
    count: number,
    sourceWords: Uint32Array,
  ): void {
    for (let word = 0; word < WORDS; word++) {
      const column = this.#codes.words[word]!;
      for (let i = 0; i < count; i++) column[i] = targets[i * WORDS + word]!;
    }
    this.#codes.compute(count);
    const addresses = this.addresses;
    for (let word = 0; word < WORDS; word++) {
      const codes = this.#codes.tags[word]!;
      const prefix = this.#prefix[word]!;
      const mask = this.#masks[word]!;
      for (let i = 0; i < count; i++) {
        addresses[i * WORDS + word] = prefix | (codes[i]! & mask);
      }
    }
    sourceWords.fill(this.#sourceWord, 0, count);
  }
}

/** Tells what tags know the scanner's address in an answer by. */
export interface SourceReader {
  /**
   * The word for the address whose four words begin at `sourceAt`, to which the host of the address at `targetAt`
   * has answered; -1 when its probes come from another one.
   */
  wordOf(words: Uint32Array, sourceAt: number, targetAt: number): number;
}

/**
 * Makes the reader for these sources.
 *
 * @throws {RangeError} when the prefix is none
 */
export function makeSourceReader(
  sources: Ipv6Sources,
  validationKey: Uint32Array,
): SourceReader {
  return sources.kind === "prefix"
    ? new PrefixReader(sources, validationKey)
    : new AddressReader(validationKey);
}

/** For single addresses: the tag knows each by a digest of its own. */
class AddressReader implements SourceReader {
  readonly #words: SourceWords;

  constructor(validationKey: Uint32Array) {
    this.#words = new SourceWords(validationKey);
  }

  wordOf(words: Uint32Array, sourceAt: number): number {
    return this.#words.of(words, sourceAt);
  }
}

/** For a prefix: works out the address that the host got. */
class PrefixReader implements SourceReader {
  readonly #prefix: Uint32Array;
  readonly #masks: Uint32Array;
  readonly #key: Uint32Array;
  /** Room for one block; codes are computed in pairs. */
  readonly #codes = new Int32Array(2 * WORDS);
  readonly #sourceWord: number;

  constructor(sources: PrefixSources, validationKey: Uint32Array) {
    const { masks, words } = prefixParts(sources);
    this.#prefix = words;
    this.#masks = masks;
    this.#key = keyOfSeed(sources.seed, PURPOSE);
    this.#sourceWord = sourceWord(sourceWordKey(validationKey), words, 0);
  }

  wordOf(words: Uint32Array, sourceAt: number, targetAt: number): number {
    const codes = this.#codes;
    for (let i = 0; i < WORDS; i++) codes[i] = words[targetAt + i]!;
    chaskeyOfBlocks(this.#key, codes, 1);
    for (let i = 0; i < WORDS; i++) {
      const own = this.#prefix[i]! | (codes[i]! & this.#masks[i]!);
      if (words[sourceAt + i] !== own >>> 0) return NOT_OURS;
    }
    return this.#sourceWord;
  }
}

/** The words of a prefix without its host bits, and the bits of each that are not the prefix's. */
function prefixParts(
  { lengthBits, prefix }: PrefixSources,
): { readonly words: Uint32Array; readonly masks: Uint32Array } {
  if (
    prefix.length !== WORDS || !Number.isInteger(lengthBits) ||
    lengthBits < 0 || lengthBits > ADDRESS_BITS
  ) {
    throw new RangeError(
      `Cannot send from a prefix of ${lengthBits} bits and ${prefix.length} words: it has 0 to ${ADDRESS_BITS} and ${WORDS}`,
    );
  }
  const masks = prefix.map((_, word) => hostMask(lengthBits, word));
  return { masks, words: prefix.map((word, i) => word & ~masks[i]!) };
}

/** The bits of a word of an address that lie behind a prefix. */
function hostMask(lengthBits: number, word: number): number {
  const kept = Math.min(Math.max(lengthBits - word * WORD_BITS, 0), WORD_BITS);
  return kept === WORD_BITS ? 0 : 0xffff_ffff >>> kept;
}
