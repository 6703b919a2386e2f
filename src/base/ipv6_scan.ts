const COLON = 58;
const DOT = 46;
const ZERO = 48;
const LOWER_A = 97;
const GROUPS = 8;
const GROUP_DIGITS = 4;

/** What has been read of an address: `scanIpv6` finishes before it is entered again. */
const groups = new Uint16Array(GROUPS);

/**
 * Reads an IPv6 address in any spelling of RFC 4291 section 2.2: groups of one to four hexadecimal digits, "::" for
 * one or more groups of zeros, a dotted quad for the last two groups; no zone. Takes as much as can be an address;
 * what follows is for the caller to check.
 *
 * @param words gets the address at `wordsAt` as four words, most significant first
 * @returns the offset behind the address, or -1 when there is none
 */
export function scanIpv6(
  bytes: Uint8Array,
  at: number,
  end: number,
  words: Uint32Array,
  wordsAt: number,
): number {
  let count = 0;
  /** Groups before "::". */
  let gap = -1;
  if (at + 1 < end && bytes[at] === COLON) {
    if (bytes[at + 1] !== COLON) return -1;
    gap = 0;
    at += 2;
  }
  while (count < GROUPS) {
    const first = at;
    let group = 0;
    while (at < end && at < first + GROUP_DIGITS) {
      const digit = hexDigit(bytes[at]!);
      if (digit < 0) break;
      group = group << 4 | digit;
      at++;
    }
    if (at === first) {
      if (gap === count) break;
      return -1;
    }
    if (at < end && bytes[at] === DOT) {
      at = count > GROUPS - 2 ? -1 : scanQuad(bytes, first, end, count);
      if (at < 0) return -1;
      count += 2;
      break;
    }
    groups[count++] = group;
    if (count === GROUPS || at >= end || bytes[at] !== COLON) break;
    at++;
    if (at < end && bytes[at] === COLON) {
      if (gap >= 0) return -1;
      gap = count;
      at++;
    }
  }
  if (gap < 0 ? count !== GROUPS : count === GROUPS) return -1;
  storeWords(count, gap < 0 ? count : gap, words, wordsAt);
  return at;
}

/** 0 to 15, or -1. */
function hexDigit(byte: number): number {
  const digit = byte - ZERO;
  if (digit >= 0 && digit <= 9) return digit;
  // Sets the bit that tells lower from upper case.
  const letter = (byte | 32) - LOWER_A;
  return letter >= 0 && letter < 6 ? letter + 10 : -1;
}

/** Reads a dotted quad as the group `count` and the next one; -1 when it is none. */
function scanQuad(
  bytes: Uint8Array,
  at: number,
  end: number,
  count: number,
): number {
  for (let octets = 0; octets < 4; octets++) {
    if (octets > 0 && (at >= end || bytes[at++] !== DOT)) return -1;
    const first = at;
    let octet = 0;
    while (at < end && at < first + 3) {
      const digit = bytes[at]! - ZERO;
      if (digit < 0 || digit > 9) break;
      octet = octet * 10 + digit;
      at++;
    }
    const isPadded = bytes[first] === ZERO && at > first + 1;
    if (at === first || octet > 255 || isPadded) return -1;
    const slot = count + (octets >> 1);
    groups[slot] = (octets & 1) === 0 ? octet << 8 : groups[slot]! | octet;
  }
  return at;
}

/** Stores the first `gap` of `count` groups at the front, the others at the end, and zeros between them. */
function storeWords(
  count: number,
  gap: number,
  words: Uint32Array,
  wordsAt: number,
): void {
  if (count < GROUPS) {
    groups.copyWithin(GROUPS - (count - gap), gap, count);
    groups.fill(0, gap, GROUPS - (count - gap));
  }
  for (let i = 0; i < 4; i++) {
    words[wordsAt + i] = groups[2 * i]! << 16 | groups[2 * i + 1]!;
  }
}
