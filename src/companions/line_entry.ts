import {
  type AddressRange,
  type Ipv6Network,
  parseNetwork,
  prefixRange,
} from "../targets/mod.ts";

/** The addresses of an entry, of either family. */
export type EntryRange =
  | { readonly ipv4: AddressRange }
  | { readonly ipv6: Ipv6Network };

const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const BLANKS: ReadonlySet<number | undefined> = codes(" \t");
/** What ends an address: a comma, a blank, a comment, the end of the line. */
const ENDS: ReadonlySet<number | undefined> = codes(", \t#\n\r");
/** What may make an address before it the beginning of a range or a prefix. */
const SIGNS: ReadonlySet<number | undefined> = codes("-/");

/** There is no IPv4 address, or not only an address. */
export const NO_ADDRESS = -1;

/**
 * The IPv4 address that a line begins with, or `NO_ADDRESS`, also where a number, a hyphen or a slash follows it behind
 * blanks.
 */
export function addressAt(
  bytes: Uint8Array,
  from: number,
  to: number,
): number {
  let at = from;
  let address = 0;
  for (let octets = 0; octets < 4; octets++) {
    if (octets > 0 && (at >= to || bytes[at++] !== DOT)) return NO_ADDRESS;
    const first = at;
    let octet = 0;
    while (at < to && at < first + 3) {
      const digit = bytes[at]! - ZERO;
      if (digit < 0 || digit > 9) break;
      octet = octet * 10 + digit;
      at++;
    }
    const isPadded = bytes[first] === ZERO && at > first + 1;
    if (at === first || octet > 255 || isPadded) return NO_ADDRESS;
    address = address * 256 + octet;
  }
  if (at < to && !ENDS.has(bytes[at])) return NO_ADDRESS;
  while (at < to && BLANKS.has(bytes[at])) at++;
  return at < to && isEntryPart(bytes[at]!) ? NO_ADDRESS : address;
}

/**
 * The addresses that a line begins with, as a list would have them: a prefix, a range, an address and a netmask.
 * Where what follows the first word is no part of these, that word alone; null when there is none of them.
 */
export function rangeOf(line: string): EntryRange | null {
  const [entry = ""] = line.split(/[,#]/, 1);
  const [word = ""] = entry.split(/[ \t]/, 1);
  return parsedRange(entry.trimEnd()) ?? parsedRange(word);
}

function parsedRange(entry: string): EntryRange | null {
  try {
    const network = parseNetwork(entry);
    switch (network.kind) {
      case "range":
        return { ipv4: network.range };
      case "prefix":
        return { ipv4: prefixRange(network.prefix) };
      case "ipv6":
        return { ipv6: network };
      default:
        return null;
    }
  } catch {
    return null;
  }
}

function isEntryPart(byte: number): boolean {
  return (byte >= ZERO && byte <= NINE) || SIGNS.has(byte);
}

function codes(characters: string): ReadonlySet<number | undefined> {
  return new Set([...characters].map((character) => character.charCodeAt(0)));
}
