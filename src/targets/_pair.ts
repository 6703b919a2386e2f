import { formatIpv4, type Ipv4Address } from "../base/mod.ts";
import {
  type AddressRange,
  maskLength,
  parseAddress,
  parseLength,
  type Prefix,
  prefixRange,
} from "./prefix.ts";

/** What two addresses, or an address and a mask or length, mean together. */
export type Pair =
  | { readonly kind: "prefix"; readonly prefix: Prefix }
  | { readonly kind: "range"; readonly range: AddressRange };

/** Two numbers with a hyphen, a slash or blanks between them, and what follows behind another blank. */
const PAIR =
  /^([0-9.]+)([ \t\v\f]*[-/][ \t\v\f]*|[ \t\v\f]+)([0-9.]+)(?:[ \t\v\f]+(.*))?$/s;
/** A prefix length and, as in the list of DShield, further columns behind tabs, of which the next is a number. */
const LENGTH_AND_COLUMNS = /^([0-9]+)(?:\t[0-9]+(?:\t.*)?)?$/s;
const FIRST_MULTICAST_ADDRESS = 0xe000_0000;
const LAST_ADDRESS = 0xffff_ffff;

/**
 * Reads `FIRST-LAST`, `ADDRESS/MASK`, `ADDRESS MASK`, `ADDRESS / LENGTH` or, as DShield writes it, `FIRST LAST
 * LENGTH`; null when the text has none of these forms. A prefix with no blank in it is left to `parsePrefix`.
 *
 * @throws {SyntaxError} when it has one of these forms, but not the right parts
 * @throws {RangeError} when an octet, a length or the first address is too large
 */
export function parsePair(text: string): Pair | null {
  const match = PAIR.exec(text);
  if (match === null) return null;
  const [, left = "", between = "", right = "", rest] = match;
  const sign = between.trim();
  if (sign === "/" && !right.includes(".") && between.length === 1) return null;
  const address = parseAddress(text, left);
  if (rest !== undefined && (sign !== "" || !right.includes("."))) {
    throw textBehind(text, rest);
  }
  if (sign === "-") {
    return {
      kind: "range",
      range: rangeOf(text, address, parseAddress(text, right)),
    };
  }
  if (rest !== undefined) {
    const last = parseAddress(text, right);
    return { kind: "range", range: listedRange(text, address, { last, rest }) };
  }
  if (right.includes(".")) {
    const mask = parseAddress(text, right);
    const length = sign === ""
      ? lengthOfBareMask(text, address, mask)
      : lengthOfMask(text, mask);
    return prefixOf(address, length);
  }
  if (sign === "") throw textBehind(text, right);
  return prefixOf(address, parseLength(text, right));
}

/** The error for text that is no part of an entry. */
export function textBehind(text: string, rest: string): SyntaxError {
  return new SyntaxError(
    `Cannot parse ${JSON.stringify(text)}: ${
      JSON.stringify(rest)
    } is neither a part of the entry before it nor a comment`,
  );
}

function prefixOf(address: Ipv4Address, length: number): Pair {
  const { first } = prefixRange({ address, length });
  return { kind: "prefix", prefix: { address: first, length } };
}

function rangeOf(
  text: string,
  first: Ipv4Address,
  last: Ipv4Address,
): AddressRange {
  if (first <= last) return { first, last };
  throw new RangeError(
    `Cannot parse range ${
      JSON.stringify(text)
    }: its first address is above its last`,
  );
}

/** First, last and prefix length say the same thing twice, and have to agree. */
function listedRange(
  text: string,
  first: Ipv4Address,
  { last, rest }: { readonly last: Ipv4Address; readonly rest: string },
): AddressRange {
  const lengthText = LENGTH_AND_COLUMNS.exec(rest)?.[1];
  if (lengthText === undefined) throw textBehind(text, rest);
  const range = rangeOf(text, first, last);
  const length = parseLength(text, lengthText);
  const prefix = prefixRange({ address: first, length });
  if (prefix.first === first && prefix.last === last) return range;
  throw new RangeError(
    `Cannot parse ${JSON.stringify(text)}: ${formatIpv4(first)}-${
      formatIpv4(last)
    } is not the prefix ${formatIpv4(prefix.first)}/${length}`,
  );
}

function lengthOfMask(text: string, mask: Ipv4Address): number {
  const length = maskLength(mask);
  if (length !== null) return length;
  throw new SyntaxError(
    `Cannot parse ${JSON.stringify(text)}: ${
      formatIpv4(mask)
    } is not a netmask, whose one bits all stand before its zero bits`,
  );
}

/** As `lengthOfMask` for an address behind a blank, which may not be meant as a mask. */
function lengthOfBareMask(
  text: string,
  address: Ipv4Address,
  mask: Ipv4Address,
): number {
  const length = maskLength(mask);
  if (length === null) {
    throw new SyntaxError(
      `Cannot parse ${JSON.stringify(text)}: ${
        formatIpv4(mask)
      } is not a netmask (one bits, then zero bits); a range is written FIRST-LAST, a second entry stands on a line of its own`,
    );
  }
  // The end of the address space ends ranges, too; and 0.0.0.0 is what other tools write for a single host.
  const mayBeRange = mask === LAST_ADDRESS &&
    (address === 0 || address >= FIRST_MULTICAST_ADDRESS);
  if (!mayBeRange && (mask !== 0 || address === 0)) return length;
  throw new SyntaxError(
    `Cannot parse ${JSON.stringify(text)}: it can be read in two ways; write ${
      formatIpv4(address)
    }/${length} or ${
      mask === 0 ? formatIpv4(address) : text.replace(/\s+/, "-")
    }`,
  );
}
