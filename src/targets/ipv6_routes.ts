// HOT PATH
import { IPV6_WORDS } from "../base/mod.ts";
import { compareIpv6 } from "./_ipv6_sort.ts";
import { type Ipv6AddressSet, ipv6IndexOf } from "./ipv6_address_set.ts";
import { isKnown, MAC_BYTES } from "./target_routes.ts";

/** As `Neighbours`, of IPv6. */
export interface Ipv6Neighbours {
  /** The addresses behind these routes. */
  readonly addresses: Ipv6AddressSet;
  /** Six bytes for each address in order, all 0 while none is known. */
  readonly macs: Uint8Array;
}

/** As `TargetRoutes`, of IPv6. */
export interface Ipv6TargetRoutes {
  /** First addresses of ranges, four words each, ascending from ::. */
  readonly starts: Uint32Array;
  /** For each range the number of its gateway, or one of the values beside `TargetRoutes`. */
  readonly hops: Int32Array;
  /** The next hops. */
  readonly neighbours: Ipv6Neighbours;
}

/** Makes the neighbours with these addresses, none of whose hardware addresses is known. */
export function makeIpv6Neighbours(addresses: Ipv6AddressSet): Ipv6Neighbours {
  const macs = new SharedArrayBuffer(addresses.count * MAC_BYTES);
  return { addresses, macs: new Uint8Array(macs) };
}

/** Index of the range that holds the address of the four words at `at`. */
export function ipv6RangeOf(
  { starts }: Pick<Ipv6TargetRoutes, "starts">,
  address: Uint32Array,
  at: number,
): number {
  let low = 0;
  let high = starts.length / IPV6_WORDS - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (compareIpv6(starts, middle * IPV6_WORDS, address, at) <= 0) {
      low = middle;
    } else high = middle - 1;
  }
  return low;
}

/** Number of a neighbour whose hardware address is known; -1 when it is not, or there is no such neighbour. */
export function ipv6NeighbourOf(
  neighbours: Ipv6Neighbours,
  address: Uint32Array,
  at: number,
): number {
  const index = ipv6IndexOf(neighbours.addresses, address, at);
  return index >= 0 && isKnown(neighbours, index) ? index : -1;
}
