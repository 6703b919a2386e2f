import {
  IPV6_WORDS,
  type Ipv6Address,
  ipv6OfWords,
  storeIpv6,
} from "../base/mod.ts";
import { compareIpv6 } from "./_ipv6_sort.ts";
import {
  type Ipv6AddressSet,
  type Ipv6Part,
  storeIpv6Address,
} from "./ipv6_address_set.ts";
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
  { first, last }: Ipv6Range,
): number {
  let count = 0;
  for (const part of set.parts) {
    const below = countBelow(set, part, first);
    count += countBelow(set, part, last) - below;
    if (isAt(set, part, last)) count++;
  }
  return count;
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

/** Whether `address` is in the part. */
function isAt(
  set: Ipv6AddressSet,
  part: Ipv6Part,
  address: Ipv6Address,
): boolean {
  const index = part.firstIndex + countBelow(set, part, address);
  if (index === part.endIndex) return false;
  storeIpv6Address(set, index, found, 0);
  return compareIpv6(found, 0, bound, 0) === 0;
}
