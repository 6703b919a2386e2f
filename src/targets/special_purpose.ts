import { parsePrefix, type Prefix } from "./prefix.ts";

/** One block of the default blocklist. */
export interface SpecialPurposeBlock {
  /** In the form that `parsePrefix` reads. */
  readonly prefix: string;
  /** What it is for. */
  readonly name: string;
  /** The document that set the block aside. */
  readonly reference: string;
}

/**
 * Addresses of IPv4 that are not scanned by default. The rule is the same for both families: all of the IANA
 * Special-Purpose Address Registry (RFC 6890, updated by RFC 8190), and multicast, which has a registry of its own
 * (RFC 5771). What the registry says of global reachability does not matter: where it is given, what answers is a
 * service for others (AS112, relays for multicast, anycast helpers), an identifier rather than a host (ORCHIDv2, remote
 * identification of drones), or a host of the other family behind a translator, which would get around its blocklist.
 * Some blocks lie inside others, as they do in the registry.
 */
export const SPECIAL_PURPOSE_BLOCKS: readonly SpecialPurposeBlock[] = [
  {
    prefix: "0.0.0.0/8",
    name: "This network",
    reference: "RFC 791, section 3.2",
  },
  {
    prefix: "0.0.0.0/32",
    name: "This host on this network",
    reference: "RFC 1122, section 3.2.1.3",
  },
  { prefix: "10.0.0.0/8", name: "Private use", reference: "RFC 1918" },
  {
    prefix: "100.64.0.0/10",
    name: "Shared address space",
    reference: "RFC 6598",
  },
  {
    prefix: "127.0.0.0/8",
    name: "Loopback",
    reference: "RFC 1122, section 3.2.1.3",
  },
  { prefix: "169.254.0.0/16", name: "Link local", reference: "RFC 3927" },
  { prefix: "172.16.0.0/12", name: "Private use", reference: "RFC 1918" },
  {
    prefix: "192.0.0.0/24",
    name: "IETF protocol assignments",
    reference: "RFC 6890, section 2.1",
  },
  {
    prefix: "192.0.0.0/29",
    name: "IPv4 service continuity",
    reference: "RFC 7335",
  },
  { prefix: "192.0.0.8/32", name: "IPv4 dummy address", reference: "RFC 7600" },
  {
    prefix: "192.0.0.9/32",
    name: "Port Control Protocol anycast",
    reference: "RFC 7723",
  },
  {
    prefix: "192.0.0.10/32",
    name: "Traversal using relays around NAT anycast",
    reference: "RFC 8155",
  },
  {
    prefix: "192.0.0.170/32",
    name: "NAT64/DNS64 discovery",
    reference: "RFC 7050, section 2.2; RFC 8880",
  },
  {
    prefix: "192.0.0.171/32",
    name: "NAT64/DNS64 discovery",
    reference: "RFC 7050, section 2.2; RFC 8880",
  },
  {
    prefix: "192.0.2.0/24",
    name: "Documentation (TEST-NET-1)",
    reference: "RFC 5737",
  },
  { prefix: "192.31.196.0/24", name: "AS112-v4", reference: "RFC 7535" },
  {
    prefix: "192.52.193.0/24",
    name: "Automatic multicast tunneling",
    reference: "RFC 7450",
  },
  {
    prefix: "192.88.99.0/24",
    name: "6to4 relay anycast, deprecated",
    reference: "RFC 7526",
  },
  {
    prefix: "192.88.99.2/32",
    name: "6a44 relay anycast",
    reference: "RFC 6751",
  },
  { prefix: "192.168.0.0/16", name: "Private use", reference: "RFC 1918" },
  {
    prefix: "192.175.48.0/24",
    name: "Direct delegation AS112 service",
    reference: "RFC 7534",
  },
  { prefix: "198.18.0.0/15", name: "Benchmarking", reference: "RFC 2544" },
  {
    prefix: "198.51.100.0/24",
    name: "Documentation (TEST-NET-2)",
    reference: "RFC 5737",
  },
  {
    prefix: "203.0.113.0/24",
    name: "Documentation (TEST-NET-3)",
    reference: "RFC 5737",
  },
  { prefix: "224.0.0.0/4", name: "Multicast", reference: "RFC 5771" },
  {
    prefix: "240.0.0.0/4",
    name: "Reserved (class E)",
    reference: "RFC 1112, section 4",
  },
  {
    prefix: "255.255.255.255/32",
    name: "Limited broadcast",
    reference: "RFC 919, section 7; RFC 8190",
  },
];

/** The prefixes of `SPECIAL_PURPOSE_BLOCKS`. */
export function specialPurposePrefixes(): Prefix[] {
  return SPECIAL_PURPOSE_BLOCKS.map((block) => parsePrefix(block.prefix));
}
