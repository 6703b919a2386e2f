import { AF_INET, AF_INET6 } from "../../ffi/constants.ts";
import type { IpAddress, Ipv4Address, Ipv6Address } from "../base/mod.ts";
import type { Prefix } from "./facts.ts";

export { formatIp, type IpAddress } from "../base/mod.ts";

/** What differs between IPv4 and IPv6 for those who look at interfaces, routes and neighbours. */
export interface IpFamily<A extends IpAddress> {
  readonly version: 4 | 6;
  /** For people. */
  readonly name: "IPv4" | "IPv6";
  /** `AF_…`. */
  readonly number: number;
  /** Length of an address. */
  readonly bits: 32 | 128;
  /** Lowest and highest address. */
  readonly first: A;
  readonly last: A;
  /** Without a route through an interface that is named, the kernel takes its link for the whole Internet. */
  readonly assumesOnLink: boolean;
  /** Reads an address in network order; null when it is missing or of another length. */
  read(view: DataView | undefined): A | null;
  /** An address in network order. */
  bytesOf(address: A): Uint8Array<ArrayBuffer>;
  /** The address behind one that is not the highest. */
  after(address: A): A;
  /** The address before one that is not the lowest. */
  before(address: A): A;
  /** The lowest address of a prefix. */
  firstOf(prefix: Prefix<A>): A;
  /** The highest address of a prefix. */
  lastOf(prefix: Prefix<A>): A;
}

/** IPv4. */
export const IPV4_FAMILY: IpFamily<Ipv4Address> = {
  version: 4,
  name: "IPv4",
  number: AF_INET,
  bits: 32,
  first: 0,
  last: 0xffff_ffff,
  assumesOnLink: true,
  read: (view) => view?.byteLength === 4 ? view.getUint32(0) : null,
  bytesOf(address): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, address);
    return bytes;
  },
  after: (address) => address + 1,
  before: (address) => address - 1,
  firstOf: ({ address, prefixLength }) =>
    address - address % 2 ** (32 - prefixLength),
  lastOf(prefix): Ipv4Address {
    return this.firstOf(prefix) + 2 ** (32 - prefix.prefixLength) - 1;
  },
};

const WORD_BITS = 64n;

/** IPv6. */
export const IPV6_FAMILY: IpFamily<Ipv6Address> = {
  version: 6,
  name: "IPv6",
  number: AF_INET6,
  bits: 128,
  first: 0n,
  last: (1n << 128n) - 1n,
  assumesOnLink: false,
  read: (view) =>
    view?.byteLength === 16
      ? view.getBigUint64(0) << WORD_BITS | view.getBigUint64(8)
      : null,
  bytesOf(address): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(16);
    const view = new DataView(bytes.buffer);
    view.setBigUint64(0, address >> WORD_BITS);
    view.setBigUint64(8, BigInt.asUintN(64, address));
    return bytes;
  },
  after: (address) => address + 1n,
  before: (address) => address - 1n,
  firstOf({ address, prefixLength }): Ipv6Address {
    const hostBits = BigInt(128 - prefixLength);
    return address >> hostBits << hostBits;
  },
  lastOf(prefix): Ipv6Address {
    const hostBits = BigInt(128 - prefix.prefixLength);
    return this.firstOf(prefix) + (1n << hostBits) - 1n;
  },
};

/** Whether two prefixes have addresses in common: then one lies in the other. */
export function prefixesOverlap<A extends IpAddress>(
  family: IpFamily<A>,
  a: Prefix<A>,
  b: Prefix<A>,
): boolean {
  const prefixLength = Math.min(a.prefixLength, b.prefixLength);
  return family.firstOf({ ...a, prefixLength }) ===
    family.firstOf({ ...b, prefixLength });
}
