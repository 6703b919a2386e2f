import {
  IPV6_WORDS,
  type Ipv6Address,
  ipv6OfWords,
  storeIpv6,
} from "../base/mod.ts";
import { compareIpv6, isIpv6Sorted, sortIpv6 } from "./_ipv6_sort.ts";
import {
  type Ipv6AddressSet,
  type Ipv6Part,
  storeIpv6Address,
} from "./ipv6_address_set.ts";
import type { Ipv6List } from "./ipv6_list.ts";
import type { Ipv6Range } from "./ipv6_range.ts";

/**
 * Where addresses of a set lie. Addresses of a part ascend with their index, whatever its kind: windows do not
 * overlap. So halving finds the first one that is not below a bound.
 */

const bound = new Uint32Array(IPV6_WORDS);
const found = new Uint32Array(IPV6_WORDS);

/** Number of addresses of a range that are in the set. */
export function countIpv6Within(
  set: Ipv6AddressSet,
  range: Ipv6Range,
): number {
  return set.parts.reduce((count, part) => {
    const { end, first } = indexesWithin(set, part, range);
    return count + end - first;
  }, 0);
}

/** The addresses of the set that lie in one of these ranges, which ascend and do not touch; in shared memory. */
export function listIpv6Within(
  set: Ipv6AddressSet,
  ranges: readonly Ipv6Range[],
): Ipv6List {
  const runs = ranges.flatMap((range) =>
    set.parts.map((part) => indexesWithin(set, part, range))
  );
  const count = runs.reduce((sum, { end, first }) => sum + end - first, 0);
  const list = new Uint32Array(new SharedArrayBuffer(count * IPV6_WORDS * 4));
  let at = 0;
  for (const { end, first } of runs) {
    for (let index = first; index < end; index++, at += IPV6_WORDS) {
      storeIpv6Address(set, index, list, at);
    }
  }
  // Parts may lie between each other.
  if (!isIpv6Sorted(list, count)) sortIpv6(list, count);
  return list;
}

/** The lowest address of the set that is not below `address`; null when all are. */
export function firstIpv6From(
  set: Ipv6AddressSet,
  address: Ipv6Address,
): Ipv6Address | null {
  let lowest: Ipv6Address | null = null;
  for (const part of set.parts) {
    const index = part.firstIndex + countBelow(set, part, address);
    if (index === part.endIndex) continue;
    storeIpv6Address(set, index, found, 0);
    const candidate = ipv6OfWords(found, 0);
    if (lowest === null || candidate < lowest) lowest = candidate;
  }
  return lowest;
}

/** Number of addresses of a part that are below `address`. */
function countBelow(
  set: Ipv6AddressSet,
  { endIndex, firstIndex }: Ipv6Part,
  address: Ipv6Address,
): number {
  storeIpv6(address, bound, 0);
  let low = firstIndex;
  let high = endIndex;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    storeIpv6Address(set, middle, found, 0);
    if (compareIpv6(found, 0, bound, 0) < 0) low = middle + 1;
    else high = middle;
  }
  return low - firstIndex;
}

/** The indexes of a part's addresses that lie in a range. */
function indexesWithin(
  set: Ipv6AddressSet,
  part: Ipv6Part,
  { first, last }: Ipv6Range,
): { readonly first: number; readonly end: number } {
  const { endIndex, firstIndex } = part;
  const from = firstIndex + countBelow(set, part, first);
  const to = firstIndex + countBelow(set, part, last);
  if (to === endIndex) return { first: from, end: to };
  storeIpv6Address(set, to, found, 0);
  const isIn = compareIpv6(found, 0, bound, 0) === 0;
  return { first: from, end: isIn ? to + 1 : to };
}
