import { formatIpv4, type Ipv4Address } from "../base/mod.ts";
import { type Prefix, prefixRange } from "./prefix.ts";
import type { RangeBuilder } from "./range_builder.ts";

const FIRST_CAPACITY = 64;

/** Prefixes in the order in which they were added, repeats and overlaps included, as text: five bytes each. */
export class NetworkList implements Iterable<string> {
  #addresses = new Uint32Array(FIRST_CAPACITY);
  #lengths = new Uint8Array(FIRST_CAPACITY);
  #count = 0;

  /** Adds a prefix; host bits of its address do not matter. */
  add(prefix: Prefix): void {
    const at = this.#count++;
    if (at === this.#addresses.length) this.#grow();
    this.#addresses[at] = prefixRange(prefix).first;
    this.#lengths[at] = prefix.length;
  }

  /**
   * Adds what `ranges` got as the `from`th up to the one before the `to`th, each as the fewest prefixes that make
   * it up; not sorted yet.
   */
  addFrom(ranges: RangeBuilder, from: number, to: number): void {
    for (let index = from; index < to; index++) {
      const { first, last } = ranges.rangeAt(index);
      for (let address = first; address <= last;) {
        const length = shortestLength(address, last);
        this.add({ address, length });
        address += 2 ** (32 - length);
      }
    }
  }

  /** Each as `192.0.2.0/24`. */
  *[Symbol.iterator](): Generator<string> {
    for (let at = 0; at < this.#count; at++) {
      yield `${formatIpv4(this.#addresses[at]!)}/${this.#lengths[at]}`;
    }
  }

  #grow(): void {
    const capacity = this.#count * 2;
    this.#addresses = new Uint32Array(
      this.#addresses.buffer.transfer(
        capacity * Uint32Array.BYTES_PER_ELEMENT,
      ),
    );
    this.#lengths = new Uint8Array(this.#lengths.buffer.transfer(capacity));
  }
}

/** Length of the largest prefix that begins at `first` and does not reach beyond `last`. */
function shortestLength(first: Ipv4Address, last: Ipv4Address): number {
  const alignedBits = first === 0 ? 32 : 31 - Math.clz32(first & -first);
  const fittingBits = Math.floor(Math.log2(last - first + 1));
  return 32 - Math.min(alignedBits, fittingBits);
}
