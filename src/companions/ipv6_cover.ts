import { IPV6_WORDS, type Ipv6Address, storeIpv6 } from "../base/mod.ts";
import {
  firstIpv6From,
  type Ipv6AddressSet,
  ipv6AddressSet,
  type Ipv6Entries,
  ipv6IndexOf,
  type Ipv6Range,
  mergeIpv6Ranges,
} from "../targets/mod.ts";

const LAST = (1n << 128n) - 1n;

/** The addresses that a list names: prefixes of any size, and single addresses of 16 bytes each. */
class Ipv6Cover {
  readonly #ranges: readonly Ipv6Range[];
  readonly #list: Ipv6AddressSet;
  readonly #words = new Uint32Array(IPV6_WORDS);

  constructor({ list, ranges }: Ipv6Entries) {
    this.#ranges = mergeIpv6Ranges(ranges);
    this.#list = ipv6AddressSet([{ kind: "list", list }]);
  }

  /** The end of the covered addresses side by side that begin with this one; null when it is not covered. */
  endFrom(address: Ipv6Address): Ipv6Address | null {
    const range = this.#ranges[this.#indexAt(address)];
    if (range !== undefined && range.first <= address) return range.last;
    storeIpv6(address, this.#words, 0);
    return ipv6IndexOf(this.#list, this.#words, 0) < 0 ? null : address;
  }

  /** The lowest covered address that is not below this one; null: none is. */
  nextFrom(address: Ipv6Address): Ipv6Address | null {
    const range = this.#ranges[this.#indexAt(address)];
    const single = firstIpv6From(this.#list, address);
    if (range === undefined) return single;
    const first = range.first < address ? address : range.first;
    return single === null || first < single ? first : single;
  }

  /** Index of the first range that does not end below the address; behind the last when all do. */
  #indexAt(address: Ipv6Address): number {
    let low = 0;
    let high = this.#ranges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#ranges[middle]!.last < address) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** How much of a range is allowed. */
export type AllowedPart = "all" | "some" | "none";

/** What an allowlist allows and a blocklist does not block. */
export class Ipv6Filter {
  readonly #allowed: Ipv6Cover | null;
  readonly #blocked: Ipv6Cover;

  /** @param allowed null: everything */
  constructor(allowed: Ipv6Entries | null, blocked: Ipv6Entries) {
    this.#allowed = allowed === null ? null : new Ipv6Cover(allowed);
    this.#blocked = new Ipv6Cover(blocked);
  }

  /** How much of a range is allowed, whatever its size. */
  partOf({ first, last }: Ipv6Range): AllowedPart {
    const end = this.#allowedEnd(first, last);
    if (end !== null && end >= last) return "all";
    if (end !== null) return "some";
    const next = this.#nextAllowed(first);
    return next !== null && next <= last ? "some" : "none";
  }

  /** An address up to which all from this one on are allowed, looked for up to `last`; null: it is not allowed itself. */
  #allowedEnd(from: Ipv6Address, last: Ipv6Address): Ipv6Address | null {
    const blocked = this.#blocked.nextFrom(from);
    if (blocked === from) return null;
    const open = blocked === null ? LAST : blocked - 1n;
    if (this.#allowed === null) return open;
    let end = this.#allowed.endFrom(from);
    // Entries side by side are one.
    while (end !== null && end < open && end < last) {
      const further = this.#allowed.endFrom(end + 1n);
      if (further === null) break;
      end = further;
    }
    return end === null || end < open ? end : open;
  }

  #nextAllowed(from: Ipv6Address): Ipv6Address | null {
    for (let next: Ipv6Address | null = from; next !== null;) {
      const allowed: Ipv6Address | null = this.#allowed === null
        ? next
        : this.#allowed.nextFrom(next);
      if (allowed === null) return null;
      const end = this.#blocked.endFrom(allowed);
      if (end === null) return allowed;
      next = end === LAST ? null : end + 1n;
    }
    return null;
  }
}
