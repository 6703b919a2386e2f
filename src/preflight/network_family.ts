import type { Ipv4Address, Ipv6Address } from "../base/mod.ts";
import type {
  FamilyReader,
  IpAddress,
  IpFamily,
  LinkReader,
  RoutedPrefix,
} from "../link/mod.ts";
import { ETHERTYPE_IPV4, ETHERTYPE_IPV6 } from "../wire/mod.ts";
import { ARP } from "./arp.ts";
import { NDP } from "./ndp.ts";
import type { NeighbourProtocol } from "./neighbour_protocol.ts";

/** What differs between IPv4 and IPv6 on the way to targets. */
export interface NetworkFamily<A extends IpAddress> {
  readonly ip: IpFamily<A>;
  readonly neighbours: NeighbourProtocol<A>;
  /** That protocol by its name. */
  readonly neighboursName: string;
  readonly etherType: number;
  /** `ip` with what it needs to speak of this family. */
  readonly ipCommand: string;
  /** What the kernel treats in a way of its own, whatever its tables say. */
  readonly specialPrefixes: readonly RoutedPrefix<A>[];
  /** Who reads facts of this family. */
  readerOf(reader: LinkReader): FamilyReader<A>;
  /** Whether an address is that of a group. */
  isMulticast(address: A): boolean;
  /** Whether an address means something on its link alone. */
  isLinkLocal(address: A): boolean;
  /** Which address asks for neighbours where the interface has none. */
  fallbackAsker(sourceAddresses: readonly A[]): A;
}

/** `fib_lookup` and `ip_route_output` of the kernel. */
const SPECIAL_IPV4: readonly RoutedPrefix[] = [
  { address: 0, prefixLength: 32, table: "special", nextHop: "this host" },
  { address: 0xe000_0000, prefixLength: 4, table: "special", nextHop: "group" },
  {
    address: 0xffff_ffff,
    prefixLength: 32,
    table: "special",
    nextHop: "all",
  },
];

/** IPv4. */
export const IPV4_NETWORK: NetworkFamily<Ipv4Address> = {
  ip: ARP.family,
  neighbours: ARP,
  neighboursName: "ARP",
  etherType: ETHERTYPE_IPV4,
  ipCommand: "ip",
  specialPrefixes: SPECIAL_IPV4,
  readerOf: (reader) => reader.ipv4,
  // 224.0.0.0/4, RFC 5771.
  isMulticast: (address) => address >>> 28 === 0xe,
  // Of IPv4 these are routed as all others are.
  isLinkLocal: () => false,
  // RFC 5227 2.1.1.
  fallbackAsker: () => 0,
};

/** fe80::/10, RFC 4291 2.5.6. */
const LINK_LOCAL = 0xfe80n << 112n;
const LINK_LOCAL_LENGTH = 10;
/** ff00::/8, RFC 4291 2.7. */
const MULTICAST = 0xff00n << 112n;
const MULTICAST_LENGTH = 8;

/** `rt6_need_strict` of the kernel: there the interface decides. */
const SPECIAL_IPV6: readonly RoutedPrefix<Ipv6Address>[] = [
  { address: 0n, prefixLength: 128, table: "special", nextHop: "this host" },
  {
    address: LINK_LOCAL,
    prefixLength: LINK_LOCAL_LENGTH,
    table: "special",
    nextHop: "link",
  },
  {
    address: MULTICAST,
    prefixLength: MULTICAST_LENGTH,
    table: "special",
    nextHop: "group",
  },
];

/** IPv6. */
export const IPV6_NETWORK: NetworkFamily<Ipv6Address> = {
  ip: NDP.family,
  neighbours: NDP,
  neighboursName: "neighbour discovery",
  etherType: ETHERTYPE_IPV6,
  ipCommand: "ip -6",
  specialPrefixes: SPECIAL_IPV6,
  readerOf: (reader) => reader.ipv6,
  isMulticast: (address) =>
    address >> BigInt(128 - MULTICAST_LENGTH) ===
      MULTICAST >> BigInt(128 - MULTICAST_LENGTH),
  isLinkLocal: (address) =>
    address >> BigInt(128 - LINK_LOCAL_LENGTH) ===
      LINK_LOCAL >> BigInt(128 - LINK_LOCAL_LENGTH),
  fallbackAsker: ([first]) => first ?? 0n,
};
