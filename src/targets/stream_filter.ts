import { IPV6_WORDS, storeIpv6 } from "../base/mod.ts";
import { compareIpv6 } from "./_ipv6_sort.ts";
import { type AddressSet, contains } from "./address_set.ts";
import type { Ipv6Entries } from "./ipv6_builder.ts";
import { indexInIpv6List } from "./ipv6_list.ts";
import { type Ipv6Range, mergeIpv6Ranges } from "./ipv6_range.ts";

/** Says whether an address of one word, or four, at `at` may be probed. */
export type StreamFilter = (address: Uint32Array, at: number) => boolean;

/** Allows the addresses of a set. */
export function ipv4StreamFilter(addresses: AddressSet): StreamFilter {
  return (address, at) => contains(addresses, address[at]!);
}

/** What addresses of a stream of IPv6 have to be in, and what they must not be in. */
export interface Ipv6StreamLimits {
  /** Null: all are allowed. */
  readonly allowed: Ipv6Entries | null;
  /** Wins. */
  readonly blocked: Ipv6Entries;
}

/** Allows what is allowed and not blocked. */
export function ipv6StreamFilter(
  { allowed, blocked }: Ipv6StreamLimits,
): StreamFilter {
  const isBlocked = memberOf(blocked);
  if (allowed === null) return (address, at) => !isBlocked(address, at);
  const isAllowed = memberOf(allowed);
  return (address, at) => isAllowed(address, at) && !isBlocked(address, at);
}

function memberOf({ list, ranges }: Ipv6Entries): StreamFilter {
  const merged = mergeIpv6Ranges(ranges);
  const starts = wordsOf(merged, "first");
  const ends = wordsOf(merged, "last");
  return (address, at) => {
    let low = 0;
    let high = merged.length - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const offset = middle * IPV6_WORDS;
      if (compareIpv6(address, at, starts, offset) < 0) high = middle - 1;
      else if (compareIpv6(address, at, ends, offset) > 0) low = middle + 1;
      else return true;
    }
    return indexInIpv6List(list, address, at) >= 0;
  };
}

function wordsOf(
  ranges: readonly Ipv6Range[],
  end: "first" | "last",
): Uint32Array {
  const words = new Uint32Array(ranges.length * IPV6_WORDS);
  ranges.forEach((range, i) => storeIpv6(range[end], words, i * IPV6_WORDS));
  return words;
}
