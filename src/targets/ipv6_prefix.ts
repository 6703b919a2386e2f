import { type Ipv6Address, parseIpv6 } from "../base/mod.ts";
import { ipv6PrefixRange, type Ipv6Range } from "./ipv6_range.ts";
import { parseLength } from "./prefix.ts";

/** What an entry of IPv6 names. */
export interface Ipv6Network {
  /** Its addresses. */
  readonly range: Ipv6Range;
  /** The zone behind "%" of link-local addresses: the name or the index of an interface (RFC 4007 section 11). */
  readonly zone: string | null;
}

/** Length of the prefix that is a single address. */
export const IPV6_LENGTH = 128;

/** An address with or without zone, a hyphen or slash with something behind it, and what follows behind a blank. */
const ENTRY =
  /^([0-9a-f.]*:[0-9a-f.:]*)(?:%([^ \t\v\f/]*))?(?:([ \t\v\f]*[-/][ \t\v\f]*)([^ \t\v\f]*))?(?:[ \t\v\f]+(.*))?$/is;
/** The kernel's longest name of an interface is 15 bytes. */
const ZONE = /^[^%:]{1,15}$/;
const LINK_LOCAL = ipv6PrefixRange(0xfe80n << 112n, 10);
const MULTICAST = ipv6PrefixRange(0xff00n << 112n, 8);

/**
 * Reads "2001:db8::/32" or "2001:db8::1", which is short for "2001:db8::1/128". Host bits are set to 0.
 *
 * @throws {SyntaxError} when the text has another form
 * @throws {RangeError} when the length is above 128
 */
export function parseIpv6Prefix(text: string): Ipv6Range {
  const slash = text.indexOf("/");
  const address = parseIpv6(slash < 0 ? text : text.slice(0, slash));
  if (address === null) {
    throw new SyntaxError(`Cannot parse IPv6 prefix ${JSON.stringify(text)}`);
  }
  const length = slash < 0
    ? IPV6_LENGTH
    : parseLength(text, text.slice(slash + 1), IPV6_LENGTH);
  return ipv6PrefixRange(address, length);
}

/**
 * Reads an address, a prefix or a range `FIRST-LAST`, with or without blanks around the slash or the hyphen, and with
 * a zone behind a link-local address; null when the text does not begin with an IPv6 address.
 *
 * @throws {SyntaxError} when it does, but what follows is none of these
 * @throws {RangeError} when the length is above 128 or the first address above the last
 */
export function parseIpv6Network(text: string): Ipv6Network | null {
  const match = ENTRY.exec(text);
  const address = parseIpv6(match?.[1] ?? "");
  if (match === null || address === null) return null;
  const [, , zone = null, between = "", right = "", rest] = match;
  if (rest !== undefined) {
    throw new SyntaxError(
      `Cannot parse ${JSON.stringify(text)}: ${
        JSON.stringify(rest)
      } is neither a part of the entry before it nor a comment`,
    );
  }
  const sign = between.trim();
  const range = sign === "-" ? rangeTo(text, address, right) : ipv6PrefixRange(
    address,
    sign === "/" ? parseLength(text, right, IPV6_LENGTH) : IPV6_LENGTH,
  );
  if (zone !== null) checkZone(text, range, zone);
  return { range, zone };
}

function rangeTo(text: string, first: Ipv6Address, right: string): Ipv6Range {
  const last = parseIpv6(right);
  if (last === null) {
    throw new SyntaxError(
      `Cannot parse range ${JSON.stringify(text)}: ${
        JSON.stringify(right)
      } is not an IPv6 address`,
    );
  }
  if (first <= last) return { first, last };
  throw new RangeError(
    `Cannot parse range ${
      JSON.stringify(text)
    }: its first address is above its last`,
  );
}

function checkZone(text: string, range: Ipv6Range, zone: string): void {
  if (!ZONE.test(zone)) {
    throw new SyntaxError(
      `Cannot parse ${JSON.stringify(text)}: ${
        JSON.stringify(zone)
      } is not the name of an interface`,
    );
  }
  if (isWithin(range, LINK_LOCAL) || isWithin(range, MULTICAST)) return;
  throw new SyntaxError(
    `Cannot parse ${
      JSON.stringify(text)
    }: only link-local addresses, those of fe80::/10, have a zone`,
  );
}

function isWithin(inner: Ipv6Range, outer: Ipv6Range): boolean {
  return outer.first <= inner.first && inner.last <= outer.last;
}
