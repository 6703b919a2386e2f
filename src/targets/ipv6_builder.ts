import { IPV6_WORDS, type Ipv6Address, storeIpv6 } from "../base/mod.ts";
import { compareIpv6, isIpv6Sorted, sortIpv6 } from "./_ipv6_sort.ts";
import { compactIpv6List, type Ipv6List, NO_IPV6_LIST } from "./ipv6_list.ts";
import type { Ipv6Range } from "./ipv6_range.ts";

/** Words of a piece of the list: 4 MiB, 262,144 addresses. */
const PIECE_WORDS = 2 ** 20;
const FIRST_PIECE_WORDS = 2 ** 10;

/** What lists and words of the command line name, in both kinds. */
export interface Ipv6Entries {
  /** Single addresses, in shared memory. */
  readonly list: Ipv6List;
  /** Prefixes and ranges in the order in which they came; they can overlap each other and the list. */
  readonly ranges: readonly Ipv6Range[];
}

/** Nothing. */
export const NO_IPV6_ENTRIES: Ipv6Entries = { list: NO_IPV6_LIST, ranges: [] };

/**
 * Collects IPv6 addresses, prefixes and ranges in any order, with repeats. Single addresses take 16 bytes each, also
 * while they are sorted, so that 10,000,000 of them need 160 MB.
 */
export class Ipv6Builder {
  readonly #full: Uint32Array<ArrayBuffer>[] = [];
  #piece = new Uint32Array(FIRST_PIECE_WORDS);
  #used = 0;
  #addressCount = 0;
  #ranges: Ipv6Range[] = [];

  /** Number of single addresses added, with repeats. */
  get addressCount(): number {
    return this.#addressCount;
  }

  /** Number of addresses, prefixes and ranges added, with repeats. */
  get length(): number {
    return this.#addressCount + this.#ranges.length;
  }

  /** Adds the address of the four words at `at`. */
  addAddress(words: Uint32Array, at: number): void {
    if (this.#used === this.#piece.length) this.#nextPiece();
    const piece = this.#piece;
    const to = this.#used;
    piece[to] = words[at]!;
    piece[to + 1] = words[at + 1]!;
    piece[to + 2] = words[at + 2]!;
    piece[to + 3] = words[at + 3]!;
    this.#used = to + IPV6_WORDS;
    this.#addressCount++;
  }

  /** Adds all addresses of a range. */
  addRange(range: Ipv6Range): void {
    if (range.first === range.last) this.#addOne(range.first);
    else this.#ranges.push(range);
  }

  /**
   * Hands over what was added, single addresses sorted and each once, and forgets it. Of the old and the new memory
   * of the list no more exists at once than all of one and a piece of the other.
   */
  take(): Ipv6Entries {
    const count = this.#addressCount;
    const list = new Uint32Array(
      new SharedArrayBuffer(
        count * IPV6_WORDS * Uint32Array.BYTES_PER_ELEMENT,
      ),
    );
    let at = 0;
    for (const piece of this.#full) {
      list.set(piece, at);
      at += piece.length;
      // Gives the memory back at once rather than when it is collected.
      piece.buffer.transfer(0);
    }
    list.set(this.#piece.subarray(0, this.#used), at);
    const ranges = this.#ranges;
    this.#clear();
    if (!isIpv6Sorted(list, count)) sortIpv6(list, count);
    return { list: withoutRepeats(list), ranges };
  }

  #addOne(address: Ipv6Address): void {
    storeIpv6(address, scratch, 0);
    this.addAddress(scratch, 0);
  }

  #nextPiece(): void {
    this.#full.push(this.#piece);
    this.#piece = new Uint32Array(
      Math.min(this.#piece.length * 2, PIECE_WORDS),
    );
    this.#used = 0;
  }

  #clear(): void {
    this.#full.length = 0;
    this.#piece.buffer.transfer(0);
    this.#piece = new Uint32Array(FIRST_PIECE_WORDS);
    this.#used = 0;
    this.#addressCount = 0;
    this.#ranges = [];
  }
}

const scratch = new Uint32Array(IPV6_WORDS);

function withoutRepeats(list: Ipv6List): Ipv6List {
  let end = 0;
  return compactIpv6List(list, (at) => {
    const isNew = at === 0 ||
      compareIpv6(list, end - IPV6_WORDS, list, at) !== 0;
    if (isNew) end += IPV6_WORDS;
    return isNew;
  });
}
