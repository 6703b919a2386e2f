import { formatIpv4 } from "../base/mod.ts";
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

  /** Adds the prefixes that `ranges` got as the `from`th up to the one before the `to`th; not sorted yet. */
  addFrom(ranges: RangeBuilder, from: number, to: number): void {
    for (let index = from; index < to; index++) {
      const { first, last } = ranges.rangeAt(index);
      this.add({ address: first, length: 32 - Math.log2(last - first + 1) });
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
