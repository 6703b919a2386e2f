import type { Ipv4Address } from "../base/mod.ts";
import type { RangeWriter } from "./range_builder.ts";

/**
 * Takes ranges ordered by their first address, joins those that touch or overlap, and counts the result
 * or stores it in the columns of a set.
 */
export class SetWriter implements RangeWriter {
  rangeCount = 0;
  /** Addresses so far, without those of the range that is still open. */
  count = 0;
  readonly #starts: Uint32Array | null;
  readonly #ends: Uint32Array | null;
  readonly #isList: boolean;
  #first = -1;
  #last = -1;

  /** @param starts first addresses, or each address when `isList`; null to count only */
  constructor(
    starts: Uint32Array | null,
    ends: Uint32Array | null,
    isList: boolean,
  ) {
    this.#starts = starts;
    this.#ends = ends;
    this.#isList = isList;
  }

  /** Adds a range that starts no lower than the one before. */
  append(first: Ipv4Address, last: Ipv4Address): void {
    if (this.#first >= 0 && first <= this.#last + 1) {
      if (last > this.#last) this.#last = last;
      return;
    }
    this.flush();
    this.#first = first;
    this.#last = last;
  }

  /** Ends the open range; call it once after the last. */
  flush(): void {
    if (this.#first < 0) return;
    if (this.#starts !== null && this.#isList) {
      for (let address = this.#first; address <= this.#last; address++) {
        this.#starts[this.count + address - this.#first] = address;
      }
    } else if (this.#starts !== null) {
      this.#starts[this.rangeCount] = this.#first;
      this.#ends![this.rangeCount] = this.#last;
    }
    this.rangeCount++;
    this.count += this.#last - this.#first + 1;
  }
}
