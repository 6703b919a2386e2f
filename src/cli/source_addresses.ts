import {
  formatIp,
  type IpAddress,
  type Ipv4Address,
  type Ipv6Address,
  parseIpv4,
  parseIpv6,
} from "../base/mod.ts";

const MAX_SOURCE_ADDRESSES = 256;

/** Where probes come from, in both families; empty where there is none. */
export interface SourceAddresses {
  readonly ipv4: readonly Ipv4Address[];
  readonly ipv6: readonly Ipv6Address[];
}

/** Reads a comma list of addresses and ranges `first-last` of either family, at most 256 addresses in all. */
export function parseSourceAddresses(text: string): SourceAddresses {
  const addresses = new Set<IpAddress>();
  for (const part of text.split(",")) {
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
  return {
    ipv4: all.filter((address) => typeof address === "number"),
    ipv6: all.filter((address) => typeof address === "bigint"),
  };
}

/** The comma list of these addresses. */
export function formatSourceAddresses(
  { ipv4, ipv6 }: SourceAddresses,
): string {
  return [...ipv4, ...ipv6].map(formatIp).join(",");
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
