import { type Pair, parsePair, textBehind } from "./_pair.ts";
import {
  IPV6_LENGTH,
  type Ipv6Network,
  parseIpv6Network,
} from "./ipv6_prefix.ts";
import { parseLength, parsePrefix } from "./prefix.ts";
import { wrongTarget } from "./_wrong_target.ts";

/** A host name, for the caller to look up: each of its addresses is meant, or the prefixes of this length around them. */
export interface HostName {
  /** The name as it was written. */
  readonly name: string;
  /** 0 to 32 for the prefixes of its IPv4 addresses, up to 128 for those of its IPv6 addresses; null without one. */
  readonly length: number | null;
}

/** What one entry of a target list names. */
export type Network =
  | Pair
  | { readonly kind: "host-name" } & HostName
  | { readonly kind: "ipv6" } & Ipv6Network;

/** Letters, digits, hyphens and, as it is common in practice, underscores (RFC 1123 section 2.1, RFC 2181 section 11). */
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/i;
const MAX_NAME_LENGTH = 253;
const ADDRESS_LIKE = /^[0-9.x-]*$/i;
const NUMBER_AT_END = /(?:^|\.)(?:[0-9]+|0x[0-9a-f]*)\.?$/i;
const WORDS = /^([^ \t\v\f]+)[ \t\v\f]+([^ \t\v\f].*)$/s;

/**
 * Reads one entry of an allowlist, a blocklist or the command line: an address, a prefix or a range of either family,
 * an IPv4 address and a netmask, first and last IPv4 address with the prefix length that they make, or a host name
 * with or without a length. What looks like an IPv4 address, because nothing but digits, dots, hyphens and
 * "x" stands before the slash or because its last label is a number (the rule of the URL standard), is never taken
 * for a host name. Text behind the entry is an error: it might be another one.
 *
 * @throws {SyntaxError} when the text is none of these
 * @throws {RangeError} when an octet, a prefix length or the first address of a range is too large
 */
export function parseNetwork(text: string): Network {
  try {
    return parseEntry(text);
  } catch (error) {
    const why = wrongTarget(text);
    if (why === null) throw error;
    throw new SyntaxError(
      `Cannot parse target ${JSON.stringify(text)}: ${why}`,
      { cause: error },
    );
  }
}

function parseEntry(text: string): Network {
  const pair = parsePair(text);
  if (pair !== null) return pair;
  const ipv6 = parseIpv6Network(text);
  if (ipv6 !== null) return { kind: "ipv6", ...ipv6 };
  const [, , rest] = WORDS.exec(text) ?? [];
  if (rest !== undefined) throw textBehind(text, rest);
  const slash = text.indexOf("/");
  const name = slash < 0 ? text : text.slice(0, slash);
  const lengthText = slash < 0 ? null : text.slice(slash + 1);
  if (ADDRESS_LIKE.test(name) || NUMBER_AT_END.test(name)) {
    return { kind: "prefix", prefix: parsePrefix(text) };
  }
  if (!isHostName(name)) {
    throw new SyntaxError(
      `Cannot parse target ${
        JSON.stringify(text)
      }: neither an IPv4 or IPv6 address, nor a prefix or a range, nor a host name`,
    );
  }
  return {
    kind: "host-name",
    name,
    length: lengthText === null
      ? null
      : parseLength(text, lengthText, IPV6_LENGTH),
  };
}

function isHostName(name: string): boolean {
  const bare = name.endsWith(".") ? name.slice(0, -1) : name;
  return bare.length <= MAX_NAME_LENGTH &&
    bare.split(".").every((label) => LABEL.test(label));
}
