// HOT PATH

/**
 * Which ports each address of a set is probed on, where these differ from address to address. Pairs are numbered by
 * address and then by port, so that the number of a pair leads to both and back. Plain data over shared memory: two
 * bytes a pair where each address has one port, else three eighths of a byte more.
 */
export interface PairTable {
  /** Number of pairs. */
  readonly count: number;
  /** The port of each pair. */
  readonly ports: Uint16Array;
  /** A bit for each pair, the lowest of each word first: set where an address begins. Empty where each has one port. */
  readonly starts: Uint32Array;
  /** For each word of `starts`, and one more: number of addresses that begin before it. Empty as `starts`. */
  readonly ranks: Uint32Array;
  /** Word of `starts` in which each 32nd address begins, and at the end the last word. Empty as `starts`. */
  readonly samples: Uint32Array;
}

/** log2 of the bits of a word. */
const WORD_SHIFT = 5;
const WORD_MASK = 2 ** WORD_SHIFT - 1;
/** log2 of the addresses to an entry of `samples`. */
const SAMPLE_SHIFT = 5;

/** Index of the address of a pair, whose number is not checked. */
export function addressOfPair(table: PairTable, pair: number): number {
  const { ranks, starts } = table;
  if (starts.length === 0) return pair;
  const word = pair >>> WORD_SHIFT;
  // The bits up to that of the pair; 2 << 31 is 0, so that all are taken then.
  const bits = starts[word]! & ((2 << (pair & WORD_MASK)) - 1);
  return ranks[word]! + countBits(bits) - 1;
}

/** As `addressOfPair`, for the first `count` of some pairs, into `indexes`. */
export function addressesOfPairs(
  table: PairTable,
  pairs: Float64Array,
  count: number,
  indexes: Uint32Array,
): void {
  const { ranks, starts } = table;
  if (starts.length === 0) {
    for (let i = 0; i < count; i++) indexes[i] = pairs[i]!;
    return;
  }
  for (let i = 0; i < count; i++) {
    const pair = pairs[i]! >>> 0;
    const word = pair >>> WORD_SHIFT;
    const bits = starts[word]! & ((2 << (pair & WORD_MASK)) - 1);
    indexes[i] = ranks[word]! + countBits(bits) - 1;
  }
}

/** Number of the pair of a port and the address with this index; -1 when there is none. */
export function pairOf(table: PairTable, index: number, port: number): number {
  const { ports } = table;
  let low = firstPairOf(table, index);
  let high = endOfAddress(table, index, low) - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ports[middle]! < port) low = middle + 1;
    else high = middle;
  }
  return ports[low] === port ? low : -1;
}

/** Number of the first pair of the address with this index; for the index behind the last, that of all pairs. */
export function firstPairOf(table: PairTable, index: number): number {
  const { count, ranks, samples, starts } = table;
  if (starts.length === 0) return index;
  if (index >= ranks[starts.length]!) return count;
  // The last word before which no more than `index` addresses begin.
  let low = samples[index >>> SAMPLE_SHIFT]!;
  let high = samples[(index >>> SAMPLE_SHIFT) + 1]!;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (ranks[middle]! <= index) low = middle;
    else high = middle - 1;
  }
  return (low << WORD_SHIFT) + placeOfBit(starts[low]!, index - ranks[low]!);
}

/** As `firstPairOf` for the address behind the one with this index and first pair: mostly it begins close by. */
function endOfAddress(table: PairTable, index: number, first: number): number {
  const { starts } = table;
  const behind = first + 1;
  if (starts.length === 0) return behind;
  const word = behind >>> WORD_SHIFT;
  if (word === starts.length) return behind;
  const bits = starts[word]! & -(1 << (behind & WORD_MASK));
  return bits === 0
    ? firstPairOf(table, index + 1)
    : (word << WORD_SHIFT) + lowestBit(bits);
}

/** Place of the bit that is set behind `left` others. */
function placeOfBit(bits: number, left: number): number {
  let rest = bits;
  let place = 0;
  for (let half = 16; half > 2; half >>>= 1) {
    const count = countBits(rest & ((1 << half) - 1));
    if (left < count) continue;
    left -= count;
    place += half;
    rest >>>= half;
  }
  for (; left > 0; left--) rest &= rest - 1;
  return place + lowestBit(rest);
}

function lowestBit(bits: number): number {
  return WORD_MASK - Math.clz32(bits & -bits);
}

function countBits(bits: number): number {
  const pairs = bits - ((bits >>> 1) & 0x5555_5555);
  const fours = (pairs & 0x3333_3333) + ((pairs >>> 2) & 0x3333_3333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}

/** Notes where the addresses of pairs begin, in the order of the pairs. */
export class PairStarts {
  readonly #starts: Uint32Array;
  #pairCount = 0;
  #addressCount = 0;

  /** @param mostPairs how many there may be */
  constructor(mostPairs: number) {
    this.#starts = sharedWords((mostPairs >>> WORD_SHIFT) + 1);
  }

  /** Number of pairs so far. */
  get pairCount(): number {
    return this.#pairCount;
  }

  /** Notes the next pair. */
  add(isStart: boolean): void {
    const pair = this.#pairCount++;
    if (!isStart) return;
    this.#addressCount++;
    this.#starts[pair >>> WORD_SHIFT]! |= 1 << (pair & WORD_MASK);
  }

  /** Makes the table; `ports` are those of all pairs, in their order. */
  table(ports: Uint16Array): PairTable {
    const count = this.#pairCount;
    if (count === this.#addressCount) {
      const none = new Uint32Array(0);
      return { count, ports, starts: none, ranks: none, samples: none };
    }
    const words = (count + WORD_MASK) >>> WORD_SHIFT;
    const starts = this.#starts.subarray(0, words);
    const ranks = sharedWords(words + 1);
    const samples = sharedWords(
      ((this.#addressCount + 2 ** SAMPLE_SHIFT - 1) >>> SAMPLE_SHIFT) + 1,
    );
    let sample = 0;
    for (let word = 0; word < words; word++) {
      const behind = ranks[word]! + countBits(starts[word]!);
      ranks[word + 1] = behind;
      while (sample << SAMPLE_SHIFT < behind) samples[sample++] = word;
    }
    samples[sample] = words - 1;
    return { count, ports, starts, ranks, samples };
  }
}

/** Words in shared memory, all 0. */
export function sharedWords(length: number): Uint32Array {
  return new Uint32Array(
    new SharedArrayBuffer(length * Uint32Array.BYTES_PER_ELEMENT),
  );
}

/** Ports in shared memory, all 0. */
export function sharedPorts(length: number): Uint16Array {
  return new Uint16Array(
    new SharedArrayBuffer(length * Uint16Array.BYTES_PER_ELEMENT),
  );
}
