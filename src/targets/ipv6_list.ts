import { IPV6_WORDS, storeIpv6 } from "../base/mod.ts";
import { compareIpv6 } from "./_ipv6_sort.ts";
import type { Ipv6Range } from "./ipv6_range.ts";

/** IPv6 addresses of four words each, ascending, none twice. */
export type Ipv6List = Uint32Array;

/** A list of nothing. */
export const NO_IPV6_LIST: Ipv6List = new Uint32Array(0);

/** Number of addresses of the list. */
export function ipv6ListCount(list: Ipv6List): number {
  return list.length / IPV6_WORDS;
}

/** Index of the address of four words at `at`, or -1 when it is not in the list. */
export function indexInIpv6List(
  list: Ipv6List,
  address: Uint32Array,
  at: number,
): number {
  let low = 0;
  let high = list.length / IPV6_WORDS - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const order = compareIpv6(list, middle * IPV6_WORDS, address, at);
    if (order === 0) return middle;
    if (order < 0) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/** Which addresses of a list stay. */
export interface Ipv6ListFilter {
  /** Merged. */
  readonly ranges: readonly Ipv6Range[];
  readonly list: Ipv6List;
  /** Whether those stay that are in `ranges` or `list`, or all others. */
  readonly keeps: boolean;
}

/** Moves the addresses that stay to the front of the list, and returns that part of it. */
export function filterIpv6List(
  list: Ipv6List,
  { keeps, list: others, ranges }: Ipv6ListFilter,
): Ipv6List {
  const bounds = boundsOf(ranges);
  let range = 0;
  let other = 0;
  return compactIpv6List(list, (at) => {
    while (
      range < bounds.length &&
      compareIpv6(bounds, range + IPV6_WORDS, list, at) < 0
    ) range += 2 * IPV6_WORDS;
    while (
      other < others.length && compareIpv6(others, other, list, at) < 0
    ) other += IPV6_WORDS;
    const isNamed = (range < bounds.length &&
      compareIpv6(bounds, range, list, at) <= 0) ||
      (other < others.length && compareIpv6(others, other, list, at) === 0);
    return isNamed === keeps;
  });
}

/**
 * Moves the addresses for which `isKept` says so to the front of the list, and returns that part of it. It is asked
 * in ascending order, with the offset of the address.
 */
export function compactIpv6List(
  list: Ipv6List,
  isKept: (at: number) => boolean,
): Ipv6List {
  let end = 0;
  for (let at = 0; at < list.length; at += IPV6_WORDS) {
    if (!isKept(at)) continue;
    if (end !== at) list.copyWithin(end, at, at + IPV6_WORDS);
    end += IPV6_WORDS;
  }
  return end === list.length ? list : list.subarray(0, end);
}

/** First and last address of each range, eight words a range. */
function boundsOf(ranges: readonly Ipv6Range[]): Uint32Array {
  const bounds = new Uint32Array(ranges.length * 2 * IPV6_WORDS);
  ranges.forEach(({ first, last }, i) => {
    storeIpv6(first, bounds, i * 2 * IPV6_WORDS);
    storeIpv6(last, bounds, (i * 2 + 1) * IPV6_WORDS);
  });
  return bounds;
}
