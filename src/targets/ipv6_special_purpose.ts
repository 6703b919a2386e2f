import { type Ipv6Range, mergeIpv6Ranges } from "./ipv6_range.ts";
import { parseIpv6Prefix } from "./ipv6_prefix.ts";
import type { SpecialPurposeBlock } from "./special_purpose.ts";

function block(
  prefix: string,
  name: string,
  reference: string,
): SpecialPurposeBlock {
  return { prefix, name, reference };
}

/**
 * The IANA IPv6 Special-Purpose Address Registry and multicast, which has a registry of its own (RFC 4291 section
 * 2.7): the same rule as `SPECIAL_PURPOSE_BLOCKS`. A block stands behind one that it lies in.
 */
export const IPV6_SPECIAL_PURPOSE_BLOCKS: readonly SpecialPurposeBlock[] = [
  block("::1/128", "Loopback", "RFC 4291, section 2.5.3"),
  block("::/128", "Unspecified address", "RFC 4291, section 2.5.2"),
  block("::ffff:0:0/96", "IPv4-mapped addresses", "RFC 4291, section 2.5.5.2"),
  block("64:ff9b::/96", "IPv4-IPv6 translation", "RFC 6052"),
  block("64:ff9b:1::/48", "Local-use IPv4-IPv6 translation", "RFC 8215"),
  block("100::/64", "Discard only", "RFC 6666"),
  block("100:0:0:1::/64", "Dummy prefix", "RFC 9780"),
  block("2001::/23", "IETF protocol assignments", "RFC 2928"),
  block("2001::/32", "Teredo", "RFC 4380; RFC 8190"),
  block("2001:1::1/128", "Port Control Protocol anycast", "RFC 7723"),
  block(
    "2001:1::2/128",
    "Traversal using relays around NAT anycast",
    "RFC 8155",
  ),
  block(
    "2001:1::3/128",
    "DNS-SD service registration anycast",
    "RFC 9665",
  ),
  block("2001:2::/48", "Benchmarking", "RFC 5180; RFC errata 1752"),
  block("2001:3::/32", "Automatic multicast tunneling", "RFC 7450"),
  block("2001:4:112::/48", "AS112-v6", "RFC 7535"),
  block("2001:10::/28", "ORCHID, deprecated", "RFC 4843"),
  block("2001:20::/28", "ORCHIDv2", "RFC 7343"),
  block("2001:30::/28", "Drone remote identification", "RFC 9374"),
  block("2001:db8::/32", "Documentation", "RFC 3849"),
  block("2002::/16", "6to4", "RFC 3056; RFC 8190"),
  block(
    "2620:4f:8000::/48",
    "Direct delegation AS112 service",
    "RFC 7534",
  ),
  block("3fff::/20", "Documentation", "RFC 9637"),
  block("5f00::/16", "Segment routing identifiers", "RFC 9602"),
  block("fc00::/7", "Unique local", "RFC 4193; RFC 8190"),
  block("fe80::/10", "Link-local unicast", "RFC 4291, section 2.5.6"),
  block("ff00::/8", "Multicast", "RFC 4291, section 2.7"),
];

/** The addresses of all blocks, merged. */
export function ipv6SpecialPurposeRanges(): Ipv6Range[] {
  return mergeIpv6Ranges(
    IPV6_SPECIAL_PURPOSE_BLOCKS.map(({ prefix }) => parseIpv6Prefix(prefix)),
  );
}
