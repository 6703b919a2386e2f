import { IPV6_WORDS, type Ipv6Address, storeIpv6 } from "../base/mod.ts";

/** Places of the first table, and the share of them that may be taken. */
const FIRST_PLACES = 2 ** 10;
const FULL = 3 / 4;
/** 2^32 over the golden ratio: spreads what differs in few bits (Knuth, 6.4). */
const SPREAD = 0x9e37_79b1;

/** A set of IPv6 addresses that only grows: 16 bytes a place, of which at most three in four are taken. */
export class Ipv6Seen {
  readonly #salt: number;
  readonly #words = new Uint32Array(IPV6_WORDS);
  #table = new Uint32Array(FIRST_PLACES * IPV6_WORDS);
  #count = 0;
  /** The address of zeros, which stands for a free place. */
  #hasZero = false;

  /** @param salt any number, so that nobody can choose addresses that collide */
  constructor(salt: number) {
    this.#salt = salt;
  }

  /** Adds an address; false when it was there. */
  add(address: Ipv6Address): boolean {
    if (address === 0n) {
      const isNew = !this.#hasZero;
      this.#hasZero = true;
      return isNew;
    }
    storeIpv6(address, this.#words, 0);
    const at = this.#placeOf(this.#words, 0);
    if (this.#isTaken(at)) return false;
    this.#table.set(this.#words, at);
    this.#count++;
    const places = this.#table.length / IPV6_WORDS;
    if (this.#count > places * FULL) this.#grow();
    return true;
  }

  /** Offset of the address in the table, or of the free place for it. */
  #placeOf(words: Uint32Array, from: number): number {
    const table = this.#table;
    const mask = table.length / IPV6_WORDS - 1;
    let hash = this.#salt;
    for (let i = 0; i < IPV6_WORDS; i++) {
      hash = Math.imul(hash ^ words[from + i]!, SPREAD);
      hash ^= hash >>> 15;
    }
    for (let place = hash & mask;; place = (place + 1) & mask) {
      const at = place * IPV6_WORDS;
      if (!this.#isTaken(at)) return at;
      if (
        table[at] === words[from] && table[at + 1] === words[from + 1] &&
        table[at + 2] === words[from + 2] && table[at + 3] === words[from + 3]
      ) return at;
    }
  }

  #isTaken(at: number): boolean {
    const table = this.#table;
    return (table[at]! | table[at + 1]! | table[at + 2]! | table[at + 3]!) !==
      0;
  }

  #grow(): void {
    const old = this.#table;
    this.#table = new Uint32Array(old.length * 2);
    for (let from = 0; from < old.length; from += IPV6_WORDS) {
      const words = old.subarray(from, from + IPV6_WORDS);
      if (words.some((word) => word !== 0)) {
        this.#table.set(words, this.#placeOf(old, from));
      }
    }
  }
}
