import { type Ipv4Address, parseIpv4 } from "../base/mod.ts";

/** An IPv4 prefix; all host bits of `address` are 0. */
export interface Prefix {
  /** Lowest address. */
  readonly address: Ipv4Address;
  /** 0 to 32. */
  readonly length: number;
}

/** A range of addresses, both ends included. */
export interface AddressRange {
  /** Lowest address. */
  readonly first: Ipv4Address;
  /** Highest address. */
  readonly last: Ipv4Address;
}

const MAX_LENGTH = 32;
const DECIMAL = /^(?:0|[1-9][0-9]*)$/;
const MAX_IPV6_LENGTH = 128;
/** What stands before and behind a slash that is not in a comment, up to the next blank. */
const LENGTH = /^([^;]*?)\/[ \t\v\f]*([^ \t\v\f;]*)/;
/** What has no colon and no letter belongs to IPv4. */
const IPV4_LIKE = /^[0-9. \t\v\f-]*$/;
const NETMASK = /^[0-9]+(?:\.[0-9]+){3}$/;

/**
 * Reads "192.0.2.0/24" or "192.0.2.1", which is short for "192.0.2.1/32". Host bits are set to 0. No
 * other form is read: no blanks, no leading zeros, no missing octets, no hexadecimal.
 *
 * @throws {SyntaxError} when the text has another form
 * @throws {RangeError} when an octet is above 255 or the length above 32
 */
export function parsePrefix(text: string): Prefix {
  const slash = text.indexOf("/");
  const addressText = slash < 0 ? text : text.slice(0, slash);
  const length = slash < 0 ? 32 : parseLength(text, text.slice(slash + 1));
  const address = parseAddress(text, addressText);
  // A shift by 32 would be a shift by 0.
  return {
    address: length === 0 ? 0 : (address & (-1 << (32 - length))) >>> 0,
    length,
  };
}

/** The lowest and the highest address of a prefix. Host bits of its address are ignored. */
export function prefixRange(prefix: Prefix): AddressRange {
  // A shift by 32 would be a shift by 0.
  const hostMask = prefix.length === 0 ? -1 : ~(-1 << (32 - prefix.length));
  return {
    first: (prefix.address & ~hostMask) >>> 0,
    last: (prefix.address | hostMask) >>> 0,
  };
}

/**
 * Reads what stands behind the slash.
 *
 * @param text what to quote in the error
 * @param max 32, or 128 for IPv6
 * @throws {SyntaxError} when it is not a decimal number
 * @throws {RangeError} when it is above `max`
 */
export function parseLength(
  text: string,
  lengthText: string,
  max: number = MAX_LENGTH,
): number {
  if (!DECIMAL.test(lengthText)) {
    throw new SyntaxError(
      `Cannot parse prefix ${
        JSON.stringify(text)
      }: length must be a decimal number from 0 to ${max}`,
    );
  }
  const length = Number(lengthText);
  if (length > max) {
    throw new RangeError(
      `Cannot parse prefix ${JSON.stringify(text)}: length is above ${max}`,
    );
  }
  return length;
}

/** The prefix length that a netmask stands for; null when its one bits do not all stand before its zero bits. */
export function maskLength(mask: Ipv4Address): number | null {
  const hostMask = ~mask >>> 0;
  return (hostMask & (hostMask + 1)) === 0 ? Math.clz32(hostMask) : null;
}

/** Whether the text has a length behind a slash that no prefix has, whatever stands before it. */
export function hasBadLength(text: string): boolean {
  const [, before = "", length] = LENGTH.exec(text) ?? [];
  const max = IPV4_LIKE.test(before) ? MAX_LENGTH : MAX_IPV6_LENGTH;
  return length !== undefined && !NETMASK.test(length) &&
    !(DECIMAL.test(length) && Number(length) <= max);
}

/**
 * Reads a dotted quad.
 *
 * @param text what to quote in the error
 * @throws {SyntaxError} when it is none
 * @throws {RangeError} when an octet is above 255
 */
export function parseAddress(text: string, addressText: string): Ipv4Address {
  const octets = addressText.split(".");
  if (octets.length !== 4) {
    throw new SyntaxError(
      `Cannot parse IPv4 address ${
        JSON.stringify(text)
      }: must have four octets, like 192.0.2.1`,
    );
  }
  const bad = octets.find((octet) => !DECIMAL.test(octet));
  if (bad !== undefined) {
    throw new SyntaxError(
      `Cannot parse IPv4 address ${JSON.stringify(text)}: ` +
        `octet ${
          JSON.stringify(bad)
        } is not a decimal number without leading zeros`,
    );
  }
  const big = octets.find((octet) => Number(octet) > 255);
  if (big !== undefined) {
    throw new RangeError(
      `Cannot parse IPv4 address ${
        JSON.stringify(text)
      }: octet ${big} is above 255`,
    );
  }
  return parseIpv4(addressText);
}
