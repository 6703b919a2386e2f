// HOT PATH
import type { Ipv4Address, IPV6_WORDS } from "../base/mod.ts";
import type { RangeBuilder } from "./range_builder.ts";

/**
 * Which ports each address of a set is probed on, where these differ from address to address. Pairs are numbered by
 * address and then by port, so that the number of a pair leads to both and back. Plain data over shared memory: two
 * bytes a pair where each address has one port, else up to 6.5.
 */
export interface PairTable {
  /** Number of pairs. */
  readonly count: number;
  /** The port of each pair. */
  readonly ports: Uint16Array;
  /** Number of the first pair of each address, and behind them that of all pairs; empty where each has one port. */
  readonly firsts: Uint32Array;
  /** Index of the address of each eighth pair; empty where each address has one port. */
  readonly slots: Uint32Array;
}

/** log2 of the pairs to an entry of `slots`: as every address has a pair, `addressOfPair` takes so many steps at most. */
const SLOT_SHIFT = 3;

/** Index of the address of a pair, whose number is not checked. */
export function addressOfPair(table: PairTable, pair: number): number {
  const { firsts, slots } = table;
  if (firsts.length === 0) return pair;
  let index = slots[pair >>> SLOT_SHIFT]!;
  while (firsts[index + 1]! <= pair) index++;
  return index;
}

/** As `addressOfPair`, for the first `count` of some pairs, into `indexes`: first one table is read for all, then the other. */
export function addressesOfPairs(
  { firsts, slots }: PairTable,
  pairs: Float64Array,
  count: number,
  indexes: Uint32Array,
): void {
  if (firsts.length === 0) {
    for (let i = 0; i < count; i++) indexes[i] = pairs[i]!;
    return;
  }
  for (let i = 0; i < count; i++) {
    indexes[i] = slots[(pairs[i]! >>> 0) >>> SLOT_SHIFT]!;
  }
  for (let i = 0; i < count; i++) {
    const pair = pairs[i]!;
    let index = indexes[i]!;
    while (firsts[index + 1]! <= pair) index++;
    indexes[i] = index;
  }
}

/** Number of the pair of a port and the address with this index; -1 when there is none. */
export function pairOf(table: PairTable, index: number, port: number): number {
  const { ports } = table;
  let low = firstPairOf(table, index);
  let high = firstPairOf(table, index + 1) - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ports[middle]! < port) low = middle + 1;
    else high = middle;
  }
  return ports[low] === port ? low : -1;
}

/** Number of the first pair of the address with this index; for the index behind the last, that of all pairs. */
export function firstPairOf({ firsts }: PairTable, index: number): number {
  return firsts.length === 0 ? index : firsts[index]!;
}

/** Pairs of a piece. */
const PIECE = 2 ** 18;
/** The index of an address that is no target. */
const NO_INDEX = 0xffff_ffff;

interface Piece {
  readonly words: Uint32Array<ArrayBuffer>;
  readonly ports: Uint16Array<ArrayBuffer>;
}

/**
 * Collects pairs of one family in any order, with repeats: six bytes each of IPv4, eighteen of IPv6.
 */
export class PairBuilder {
  readonly #width: number;
  #pieces: Piece[] = [];
  #length = 0;

  /**
   * Has no pairs yet.
   *
   * @param width words of an address: 1, or 4 for IPv6
   */
  constructor(width: 1 | typeof IPV6_WORDS) {
    this.#width = width;
  }

  /** Number of pairs added, with repeats. */
  get length(): number {
    return this.#length;
  }

  /** Adds the address of the words at `at` with a port. */
  add(words: Uint32Array, at: number, port: number): void {
    const width = this.#width;
    const slot = this.#length % PIECE;
    if (slot === 0) {
      this.#pieces.push({
        words: new Uint32Array(PIECE * width),
        ports: new Uint16Array(PIECE),
      });
    }
    const piece = this.#pieces.at(-1)!;
    for (let word = 0; word < width; word++) {
      piece.words[slot * width + word] = words[at + word]!;
    }
    piece.ports[slot] = port;
    this.#length++;
  }

  /**
   * Adds the addresses of IPv4 pairs to ranges, and forgets pairs whose address is not kept: a set of all would need
   * memory for nothing. Where none is kept, all stay, so that what becomes of them can be told.
   */
  addTo(ranges: RangeBuilder, isKept: (address: Ipv4Address) => boolean): void {
    const kept = this.#compact(isKept);
    if (kept > 0) this.#length = kept;
    this.#each(({ words }, slot) => ranges.addAddress(words[slot]!));
  }

  /** Moves the pairs that are kept to the front; returns how many they are. */
  #compact(isKept: (address: Ipv4Address) => boolean): number {
    let kept = 0;
    this.#each(({ ports, words }, slot) => {
      const address = words[slot]!;
      if (!isKept(address)) return;
      const to = this.#pieces[Math.floor(kept / PIECE)]!;
      to.words[kept % PIECE] = address;
      to.ports[kept % PIECE] = ports[slot]!;
      kept++;
    });
    return kept;
  }

  /**
   * Hands over the pairs whose address is a target, each once, and forgets all.
   *
   * @param addressCount number of the targets' addresses, of which each was added
   * @param indexOf index of the address of the words at `at`; -1: it is no target
   */
  take(
    addressCount: number,
    indexOf: (words: Uint32Array, at: number) => number,
  ): PairTable {
    const width = this.#width;
    const firsts = sharedWords(addressCount + 1);
    let length = 0;
    this.#each(({ words }, slot) => {
      const index = indexOf(words, slot * width);
      // From here on, the place of the address holds its index.
      words[slot * width] = index < 0 ? NO_INDEX : index;
      if (index < 0) return;
      firsts[index + 1]!++;
      length++;
    });
    for (let i = 0; i < addressCount; i++) firsts[i + 1]! += firsts[i]!;
    const ports = new Uint16Array(
      new SharedArrayBuffer(length * Uint16Array.BYTES_PER_ELEMENT),
    );
    this.#each(({ ports: from, words }, slot) => {
      const index = words[slot * width]!;
      if (index !== NO_INDEX) ports[firsts[index]!++] = from[slot]!;
    }, release);
    this.#pieces = [];
    this.#length = 0;
    // Each entry has moved on to where the next address begins.
    firsts.copyWithin(1, 0, addressCount);
    firsts[0] = 0;
    return tableOf(firsts, ports);
  }

  #each(
    visit: (piece: Piece, slot: number) => void,
    leave: (piece: Piece) => void = () => {},
  ): void {
    let left = this.#length;
    for (const piece of this.#pieces) {
      const count = Math.max(0, Math.min(left, PIECE));
      for (let slot = 0; slot < count; slot++) visit(piece, slot);
      left -= count;
      leave(piece);
    }
  }
}

/** Gives the memory of a piece back at once rather than when it is collected. */
function release({ ports, words }: Piece): void {
  words.buffer.transfer(0);
  ports.buffer.transfer(0);
}

/** Sorts the ports of each address and takes repeats out, all in place. */
function tableOf(firsts: Uint32Array, ports: Uint16Array): PairTable {
  const addressCount = firsts.length - 1;
  let count = 0;
  for (let index = 0; index < addressCount; index++) {
    const first = firsts[index]!;
    const end = firsts[index + 1]!;
    if (end - first > 1) ports.subarray(first, end).sort();
    firsts[index] = count;
    for (let at = first; at < end; at++) {
      if (at > first && ports[at] === ports[at - 1]) continue;
      // What is overwritten lies before `at`, but for the port itself.
      ports[count++] = ports[at]!;
    }
  }
  firsts[addressCount] = count;
  const known = { count, ports: ports.subarray(0, count) };
  return count === addressCount
    ? { ...known, firsts: NO_WORDS, slots: NO_WORDS }
    : { ...known, firsts, slots: slotsOf(firsts, count) };
}

const NO_WORDS = new Uint32Array(0);

function slotsOf(firsts: Uint32Array, count: number): Uint32Array {
  const slots = sharedWords((count >>> SLOT_SHIFT) + 1);
  let index = 0;
  for (let slot = 0; slot << SLOT_SHIFT < count; slot++) {
    while (firsts[index + 1]! <= slot << SLOT_SHIFT) index++;
    slots[slot] = index;
  }
  return slots;
}

function sharedWords(length: number): Uint32Array {
  return new Uint32Array(
    new SharedArrayBuffer(length * Uint32Array.BYTES_PER_ELEMENT),
  );
}
