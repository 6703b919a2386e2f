import type { Ipv4Address } from "../base/mod.ts";
import { type AddressRange, type Prefix, prefixRange } from "./prefix.ts";

const FIRST_CAPACITY = 1024;
/** The old and the new memory exist at once while it is copied, and all of the new one is touched. */
const GROWTH = 1.25;

/** Takes ranges, each starting no lower than the one before. */
export interface RangeWriter {
  /** Adds a range, both ends included. */
  append(first: Ipv4Address, last: Ipv4Address): void;
}

/**
 * Collects ranges in any order, overlapping or not, in two growing columns: eight bytes a range, four a
 * single address as long as nothing longer was added.
 */
export class RangeBuilder {
  #firsts: Uint32Array<ArrayBuffer> = new Uint32Array(FIRST_CAPACITY);
  /** Null while every range is one address. */
  #lasts: Uint32Array<ArrayBuffer> | null = null;
  #length = 0;
  #isSorted = true;

  /** Number of ranges added, with repeats. */
  get length(): number {
    return this.#length;
  }

  /** Adds one address. */
  addAddress(address: Ipv4Address): void {
    this.addRange(address, address);
  }

  /** Adds all addresses of a prefix. */
  addPrefix(prefix: Prefix): void {
    const { first, last } = prefixRange(prefix);
    this.addRange(first, last);
  }

  /** Adds the addresses `first` to `last`, both included. */
  addRange(first: Ipv4Address, last: Ipv4Address): void {
    const at = this.#length++;
    if (at === this.#firsts.length) this.#grow();
    if (this.#lasts === null && first !== last) {
      this.#lasts = new Uint32Array(this.#firsts.length);
      this.#lasts.set(this.#firsts.subarray(0, at));
    }
    if (at > 0 && this.#isSorted) {
      this.#isSorted = first >= this.#firsts[at - 1]! &&
        (this.#lasts === null || last >= this.#lasts[at - 1]!);
    }
    this.#firsts[at] = first;
    if (this.#lasts !== null) this.#lasts[at] = last;
  }

  /** The range that was added as the `index`th, from 0; once `writeTo` was called, any. */
  rangeAt(index: number): AddressRange {
    const first = this.#firsts[index]!;
    return { first, last: this.#lasts?.[index] ?? first };
  }

  /**
   * Hands all ranges to `writer` in ascending order, overlaps resolved. First and last addresses are
   * sorted each on its own: of a union of ranges only the number that have begun and the number that
   * have ended before each address matter. After the j-th end, if the next start lies above it, as many
   * have ended as begun, so this end closes what the earliest open start began.
   */
  writeTo(writer: RangeWriter): void {
    const firsts = this.#firsts.subarray(0, this.#length);
    const lasts = this.#lasts?.subarray(0, this.#length) ?? firsts;
    if (!this.#isSorted) {
      firsts.sort();
      if (lasts !== firsts) lasts.sort();
      this.#isSorted = true;
    }
    let first = firsts[0]!;
    for (let i = 0; i < firsts.length; i++) {
      if (i + 1 < firsts.length && firsts[i + 1]! <= lasts[i]!) continue;
      writer.append(first, lasts[i]!);
      first = firsts[i + 1]!;
    }
  }

  /** Forgets all ranges, and gives their memory back at once rather than when it is collected. */
  clear(): void {
    this.#firsts.buffer.transfer(0);
    this.#lasts?.buffer.transfer(0);
    this.#firsts = new Uint32Array(FIRST_CAPACITY);
    this.#lasts = null;
    this.#length = 0;
    this.#isSorted = true;
  }

  #grow(): void {
    this.#firsts = grown(this.#firsts);
    if (this.#lasts !== null) this.#lasts = grown(this.#lasts);
  }
}

function grown(words: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const length = Math.ceil(words.length * GROWTH);
  return new Uint32Array(
    words.buffer.transfer(length * Uint32Array.BYTES_PER_ELEMENT),
  );
}
