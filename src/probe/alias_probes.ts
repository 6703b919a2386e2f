// HOT PATH: setAside() runs per block of packets, the others per probe that tests a prefix and per answer to one.

import { chaskeyOfBlocks, computeTag } from "../validation/mod.ts";
import { keyOfSeed } from "./_seed_key.ts";

/** Length of the prefixes that are tested. */
export const ALIAS_PREFIX_BITS = 64;
/** Probes that test one prefix: one to each sub-prefix that is four bits longer. */
export const ALIAS_CHILDREN = 16;
/** Stands for a position in the work of senders: this, and `ALIAS_CHILDREN` for each entry of the table before. */
export const ALIAS_FIRST: number = 2 ** 48;

// Numbers of our own are compiled into the code; exported ones are read and checked at each use.
const CHILDREN = 16;
const CHILD_BITS = 4;
const CHILD_SHIFT = 28;
const FIRST = 2 ** 48;
const WORDS = 4;
/** Words of an entry of the table: both of the prefix, and the port. */
const ENTRY = 3;
/** The last word of a tag is 0 for probes to targets. */
const MARK = 0x8000_0000;
const PORT_BITS = 16;
/** "aliasing". */
const PURPOSE = [0x616c_6961, 0x7369_6e67] as const;

/** The prefixes that are tested, in shared memory: the main thread writes an entry before senders learn of it. */
export interface AliasTable {
  /** The entries, one behind the other; see `setAliasEntry`. */
  readonly words: Uint32Array;
}

/** Makes an empty table for so many prefixes. */
export function makeAliasTable(capacity: number): AliasTable {
  const bytes = capacity * ENTRY * Uint32Array.BYTES_PER_ELEMENT;
  return { words: new Uint32Array(new SharedArrayBuffer(bytes)) };
}

/** Fills an entry: both words of the prefix, and the port that its addresses are asked at, 0 where there is none. */
export function setAliasEntry(
  { words }: AliasTable,
  entry: number,
  prefix: readonly [high: number, low: number],
  port: number,
): void {
  words.set([...prefix, port], entry * ENTRY);
}

/** The pseudo-random addresses that prefixes are tested with, which the seed of the scan fixes. */
export class AliasAddresses {
  readonly #key: Uint32Array;
  /** Room for one block; codes are computed in pairs. */
  readonly #codes = new Int32Array(2 * WORDS);

  /** The addresses of the scan with this seed, of which the low 64 bits count. */
  constructor(seed: bigint) {
    this.#key = keyOfSeed(seed, PURPOSE);
  }

  /** Stores the four words of the address in this child of the prefix at `at`. */
  store(
    high: number,
    low: number,
    child: number,
    words: Uint32Array,
    at: number,
  ): void {
    const codes = this.#codes;
    codes[0] = high;
    codes[1] = low;
    codes[2] = child;
    codes[3] = 0;
    chaskeyOfBlocks(this.#key, codes, 1);
    words[at] = high;
    words[at + 1] = low;
    words[at + 2] = (child << CHILD_SHIFT) | (codes[0]! >>> CHILD_BITS);
    words[at + 3] = codes[1]!;
  }

  /** The child whose address the four words at `at` are, or -1. */
  childOf(words: Uint32Array, at: number): number {
    const child = words[at + 2]! >>> CHILD_SHIFT;
    const codes = this.#codes;
    codes[0] = words[at]!;
    codes[1] = words[at + 1]!;
    codes[2] = child;
    codes[3] = 0;
    chaskeyOfBlocks(this.#key, codes, 1);
    const isIts = words[at + 2] ===
        ((child << CHILD_SHIFT) | (codes[0]! >>> CHILD_BITS)) >>> 0 &&
      words[at + 3] === codes[1]! >>> 0;
    return isIts ? child : -1;
  }
}

/**
 * The tag of a probe to this child of the prefix whose words begin at `at`: the code of (upper word, lower word, source
 * word, child and port under a mark that no other tag has).
 *
 * @param tag receives four words
 */
export function computeAliasTag(
  key: Uint32Array,
  words: Uint32Array,
  at: number,
  sourceWord: number,
  childAndPort: number,
  tag: Uint32Array,
): void {
  computeTag(key, words[at]!, words[at + 1]!, sourceWord, tag, childAndPort);
}

/** The last word of the tag. */
export function aliasMark(child: number, port: number): number {
  return (MARK | (child << PORT_BITS) | port) >>> 0;
}

/** Puts the probes that test prefixes among the frames of a block. */
export class AliasFrames {
  readonly #addresses: AliasAddresses;
  readonly #table: Uint32Array;
  /** Those of the block, behind `setAside`: their places and positions. */
  readonly #places: number[] = [];
  readonly #positions: number[] = [];

  /** The probes to the prefixes of this table, in the scan with this seed. */
  constructor({ words }: AliasTable, seed: bigint) {
    this.#table = words;
    this.#addresses = new AliasAddresses(seed);
  }

  /** Takes such positions out, so that all are those of targets; whether there were any. */
  setAside(positions: Float64Array, count: number): boolean {
    this.#places.length = 0;
    this.#positions.length = 0;
    for (let i = 0; i < count; i++) {
      if (positions[i]! < FIRST) continue;
      this.#places.push(i);
      this.#positions.push(positions[i]!);
      positions[i] = 0;
    }
    return this.#places.length > 0;
  }

  /** Puts them back, with the addresses and ports that they stand for. */
  locate(
    positions: Float64Array,
    addresses: Uint32Array,
    ports: Uint32Array,
  ): void {
    for (let n = 0; n < this.#places.length; n++) {
      const place = this.#places[n]!;
      const position = this.#positions[n]!;
      const entry = this.#entryOf(position);
      const table = this.#table;
      positions[place] = position;
      ports[place] = table[entry + 2]!;
      this.#addresses.store(
        table[entry]!,
        table[entry + 1]!,
        position % CHILDREN,
        addresses,
        place * WORDS,
      );
    }
  }

  /** Replaces the words that tags of such frames are made of, see `computeAliasTag`. */
  mark(
    positions: Float64Array,
    count: number,
    [highs, lows, , marks]: readonly Uint32Array[],
  ): void {
    const table = this.#table;
    for (let i = 0; i < count; i++) {
      const position = positions[i]!;
      if (position < FIRST) continue;
      const entry = this.#entryOf(position);
      highs![i] = table[entry]!;
      lows![i] = table[entry + 1]!;
      marks![i] = aliasMark(position % CHILDREN, table[entry + 2]!);
    }
  }

  #entryOf(position: number): number {
    return Math.floor((position - FIRST) / CHILDREN) * ENTRY;
  }
}
