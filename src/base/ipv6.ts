import { scanIpv6 } from "./ipv6_scan.ts";

/**
 * An IPv6 address as four unsigned 32-bit words in host order, most significant first, is what tables and hot code
 * use; a bigint of 128 bits is for code that runs once.
 */
export type Ipv6Address = bigint;

/** Number of words of an address. */
export const IPV6_WORDS = 4;

const WORD_BITS = 32n;
const WORD_MASK = 0xffff_ffffn;
/** Longest text: six groups and a dotted quad. */
const MAX_LENGTH = 45;
const GROUPS = 8;

/**
 * Reads an IPv6 address in any spelling of RFC 4291 section 2.2, without a zone; null when the text is none.
 */
export function parseIpv6(text: string): Ipv6Address | null {
  return parseIpv6Words(text, scratchWords, 0)
    ? ipv6OfWords(scratchWords, 0)
    : null;
}

const scratchWords = new Uint32Array(IPV6_WORDS);
const scratchBytes = new Uint8Array(MAX_LENGTH);

/** As `parseIpv6`, but stores the address as four words at `at`; false when the text is none. */
export function parseIpv6Words(
  text: string,
  words: Uint32Array,
  at: number,
): boolean {
  const { length } = text;
  if (length > MAX_LENGTH) return false;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code > 127) return false;
    scratchBytes[i] = code;
  }
  return scanIpv6(scratchBytes, 0, length, words, at) === length;
}

/** The address that is stored as four words at `at`. */
export function ipv6OfWords(words: Uint32Array, at: number): Ipv6Address {
  let address = 0n;
  for (let i = 0; i < IPV6_WORDS; i++) {
    address = address << WORD_BITS | BigInt(words[at + i]!);
  }
  return address;
}

/** Stores an address as four words at `at`. */
export function storeIpv6(
  address: Ipv6Address,
  words: Uint32Array,
  at: number,
): void {
  for (let i = IPV6_WORDS - 1; i >= 0; i--) {
    words[at + i] = Number(address & WORD_MASK);
    address >>= WORD_BITS;
  }
}

/** Writes an address in its canonical form (RFC 5952). */
export function formatIpv6(address: Ipv6Address): string {
  storeIpv6(address, scratchWords, 0);
  return formatIpv6Words(scratchWords, 0);
}

/** Writes the 16 bytes at `at` in network order as an address in its canonical form (RFC 5952). */
export function formatIpv6At(view: DataView, at: number): string {
  return canonicalText(
    view.getUint32(at),
    view.getUint32(at + 4),
    view.getUint32(at + 8),
    view.getUint32(at + 12),
  );
}

/** Writes the four words at `at` as an address in its canonical form (RFC 5952). */
export function formatIpv6Words(words: Uint32Array, at: number): string {
  return canonicalText(
    words[at]!,
    words[at + 1]!,
    words[at + 2]!,
    words[at + 3]!,
  );
}

const scratchGroups = new Uint16Array(GROUPS);

function canonicalText(
  first: number,
  second: number,
  third: number,
  fourth: number,
): string {
  // An IPv4-mapped address (RFC 4291 section 2.5.5.2) is known by its prefix alone, so RFC 5952 section 5 applies.
  if (first === 0 && second === 0 && third === 0xffff) {
    return `::ffff:${fourth >>> 24}.${fourth >>> 16 & 255}.${
      fourth >>> 8 & 255
    }.${fourth & 255}`;
  }
  const groups = scratchGroups;
  groups[0] = first >>> 16;
  groups[1] = first;
  groups[2] = second >>> 16;
  groups[3] = second;
  groups[4] = third >>> 16;
  groups[5] = third;
  groups[6] = fourth >>> 16;
  groups[7] = fourth;
  let gap = 0;
  /** Zeros that "::" stands for: the first of the longest runs, none of one group (RFC 5952 section 4.2). */
  let gapLength = 1;
  let length = 0;
  for (let i = 0; i < GROUPS; i++) {
    length = groups[i] === 0 ? length + 1 : 0;
    if (length > gapLength) {
      gapLength = length;
      gap = i - length + 1;
    }
  }
  if (gapLength === 1) return groupsText(0, GROUPS);
  return `${groupsText(0, gap)}::${groupsText(gap + gapLength, GROUPS)}`;
}

/** Text of each group that has been written, since to write it anew takes eight times as long. */
const groupTexts: string[] = new Array<string>(2 ** 16).fill("");

function groupText(group: number): string {
  const text = groupTexts[group]!;
  return text !== "" ? text : (groupTexts[group] = group.toString(16));
}

function groupsText(from: number, to: number): string {
  if (from === to) return "";
  let text = groupText(scratchGroups[from]!);
  for (let i = from + 1; i < to; i++) {
    text += ":" + groupText(scratchGroups[i]!);
  }
  return text;
}
