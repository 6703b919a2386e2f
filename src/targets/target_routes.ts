// HOT PATH
import { type AddressSet, indexOf } from "./address_set.ts";

/** Bytes of a hardware address on Ethernet. */
export const MAC_BYTES = 6;

/** Values of `TargetRoutes.hops` that are no index of a gateway: a host of its own on the link, */
export const ON_LINK: -1 = -1;
/** no host that a probe could be sent to: this host itself, */
export const NO_HOP: -2 = -2;
/** all hosts on the link, */
export const BROADCAST: -3 = -3;
/** a group of hosts on the link. */
export const MULTICAST: -4 = -4;

/** The hosts of the target set that are on the link, and their hardware addresses. Plain data in shared memory. */
export interface Neighbours {
  /** The addresses behind these routes. */
  readonly addresses: AddressSet;
  /** Six bytes for each address in order, all 0 while none is known. */
  readonly macs: Uint8Array;
}

/** Which next hop each target has. Plain data that threads share. */
export interface TargetRoutes {
  /** First addresses of ranges, ascending from 0. */
  readonly starts: Uint32Array;
  /** For each range the number of its gateway, or one of the values above. */
  readonly hops: Int32Array;
  /** The next hops. */
  readonly neighbours: Neighbours;
}

/** Makes the neighbours with these addresses, none of whose hardware addresses is known. */
export function makeNeighbours(addresses: AddressSet): Neighbours {
  const macs = new SharedArrayBuffer(addresses.count * MAC_BYTES);
  return { addresses, macs: new Uint8Array(macs) };
}

/** Whether the hardware address of the neighbour with this number is known. */
export function isKnown(
  { macs }: Pick<Neighbours, "macs">,
  index: number,
): boolean {
  const at = index * MAC_BYTES;
  return (macs[at]! | macs[at + 1]! | macs[at + 2]! | macs[at + 3]! |
    macs[at + 4]! | macs[at + 5]!) !== 0;
}

/** Index of the range that holds `address`. */
export function rangeOf(
  { starts }: Pick<TargetRoutes, "starts">,
  address: number,
): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (starts[middle]! <= address) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Number of a neighbour whose hardware address is known; -1 when it is not, or there is no such neighbour. */
export function neighbourOf(neighbours: Neighbours, address: number): number {
  const index = indexOf(neighbours.addresses, address);
  return index >= 0 && isKnown(neighbours, index) ? index : -1;
}
