import {
  formatIp,
  formatIpv6,
  type IpAddress,
  type Ipv4Address,
  type Ipv6Address,
  parseIpv4,
  parseIpv6,
} from "../base/mod.ts";
import type { Prefix } from "../link/mod.ts";
import { parseIpv6Prefix } from "../targets/mod.ts";

const MAX_SOURCE_ADDRESSES = 256;
/** Nobody has a shorter prefix of IPv6 routed to one host. */
const SHORTEST_PREFIX = 16;
const ADDRESS_BITS = 128;

/** Where probes come from, in both families; empty where there is none. */
export interface SourceAddresses {
  readonly ipv4: readonly Ipv4Address[];
  readonly ipv6: readonly Ipv6Address[];
  /** Where each IPv6 target gets an address of its own; there are no single ones of IPv6 then. */
  readonly prefix6: Prefix<Ipv6Address> | null;
}

/**
 * Reads a comma list of addresses and ranges `first-last` of either family, at most 256 addresses in all. Of IPv6 it
 * may have one prefix instead.
 */
export function parseSourceAddresses(text: string): SourceAddresses {
  const addresses = new Set<IpAddress>();
  let prefix6: Prefix<Ipv6Address> | null = null;
  for (const part of text.split(",")) {
    const prefix = parsePrefix(part);
    if (prefix !== null && prefix6 !== null) {
      throw new RangeError(`More than one prefix in "${text}"`);
    }
    prefix6 ??= prefix;
    if (prefix !== null) continue;
    const [first, last = first, ...rest] = part.split("-").map(parseIp);
    if (rest.length > 0 || typeof first !== typeof last) {
      throw new SyntaxError(`Cannot parse source address range "${part}"`);
    }
    if (first! > last!) {
      throw new RangeError(
        `Cannot use "${part}": first address is above last address`,
      );
    }
    if (
      BigInt(last!) - BigInt(first!) >= MAX_SOURCE_ADDRESSES - addresses.size
    ) {
      throw new RangeError(
        `More than ${MAX_SOURCE_ADDRESSES} source addresses in "${text}"`,
      );
    }
    for (let address = first!; address <= last!; address++) {
      addresses.add(address);
    }
  }
  const all = [...addresses];
  const ipv6 = all.filter((address) => typeof address === "bigint");
  if (prefix6 !== null && ipv6.length > 0) {
    throw new RangeError(
      `Both a prefix and single addresses of IPv6 in "${text}"`,
    );
  }
  const ipv4 = all.filter((address) => typeof address === "number");
  return { ipv4, ipv6, prefix6 };
}

/** The comma list of these addresses. */
export function formatSourceAddresses(
  { ipv4, ipv6, prefix6 }: SourceAddresses,
): string {
  const prefixes = prefix6 === null
    ? []
    : [`${formatIpv6(prefix6.address)}/${prefix6.prefixLength}`];
  return [...[...ipv4, ...ipv6].map(formatIp), ...prefixes].join(",");
}

/** The prefix of IPv6 that a part of the list is, or null when it is none. */
function parsePrefix(text: string): Prefix<Ipv6Address> | null {
  const [, length] = text.split("/");
  if (length === undefined || !text.includes(":")) return null;
  const { first: address, last } = parseIpv6Prefix(text);
  const prefixLength = Number(length);
  if (prefixLength < SHORTEST_PREFIX) {
    throw new RangeError(
      `Prefix "${text}" is shorter than ${SHORTEST_PREFIX} bits`,
    );
  }
  if (address === last) {
    throw new RangeError(
      `"${text}" is a single address: leave "/${ADDRESS_BITS}" out`,
    );
  }
  return { address, prefixLength };
}

/**
 * Reads an address of either family.
 *
 * @throws {SyntaxError} when it is none
 */
export function parseIp(text: string): IpAddress {
  if (!text.includes(":")) return parseIpv4(text);
  const address = parseIpv6(text);
  if (address !== null) return address;
  throw new SyntaxError(`Cannot parse IPv6 address "${text}"`);
}
