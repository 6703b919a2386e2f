import { IPV6_WORDS, scanIpv6 } from "../base/mod.ts";
import { CARRIAGE_RETURN, LINE_FEED } from "./_line_cutter.ts";

const TAB = 9;
const VERTICAL_TAB = 11;
const FORM_FEED = 12;
const SPACE = 32;
const HASH = 35;
const HYPHEN = 45;
const DOT = 46;
const SLASH = 47;
const ZERO = 48;
const COMMA = 44;
const COLON = 58;
const OPENING_BRACE = 123;
const LAST_PORT = 65_535;
/** Above the longest host name with a length, so that cutting makes no bad line good. */
const MAX_TEXT_BYTES = 300;

/** Offset of the first byte from `at` on that is not a blank; `end` when all are. */
export function skipBlanks(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && isBlank(bytes[at]!)) at++;
  return at;
}

/** Offset behind the UTF-8 byte order mark, if one stands at `at`. */
export function skipByteOrderMark(
  bytes: Uint8Array,
  at: number,
  end: number,
): number {
  const isMark = at + 3 <= end && bytes[at] === 0xef &&
    bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf;
  return isMark ? at + 3 : at;
}

/** Whether nothing but a comment that begins with "#" is left of the line. */
export function isLineEnd(bytes: Uint8Array, at: number, end: number): boolean {
  if (at >= end) return true;
  const byte = bytes[at];
  return byte === LINE_FEED || byte === CARRIAGE_RETURN || byte === HASH;
}

/** Offset of the first byte of the next line, or `end`. Lines end with LF, CR LF or CR alone. */
export function nextLine(bytes: Uint8Array, at: number, end: number): number {
  while (at < end) {
    const byte = bytes[at++];
    if (byte === LINE_FEED) return at;
    if (byte !== CARRIAGE_RETURN) continue;
    return at < end && bytes[at] === LINE_FEED ? at + 1 : at;
  }
  return end;
}

/** What is left of the line without the blanks at its end and a comment that begins with "#"; cut if very long. */
export function restOfLine(
  bytes: Uint8Array,
  at: number,
  end: number,
): string {
  let behind = at;
  while (!isLineEnd(bytes, behind, end)) behind++;
  while (behind > at && isBlank(bytes[behind - 1]!)) behind--;
  return new TextDecoder().decode(
    bytes.subarray(at, Math.min(behind, at + MAX_TEXT_BYTES)),
  );
}

/** The line from `at` on without its end and the blanks there. */
export function wholeLine(bytes: Uint8Array, at: number, end: number): string {
  let behind = at;
  while (
    behind < end && bytes[behind] !== LINE_FEED &&
    bytes[behind] !== CARRIAGE_RETURN
  ) behind++;
  while (behind > at && isBlank(bytes[behind - 1]!)) behind--;
  return new TextDecoder().decode(bytes.subarray(at, behind));
}

/** Whether the byte at `at` begins an object of JSON. */
export function isObject(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === OPENING_BRACE;
}

/**
 * Reads the port behind the colon or comma at `at`, as decimal number without leading zeros. Returns the offset behind it
 * and stores it in `out[1]`; returns -1 when there is none.
 */
export function scanPort(
  bytes: Uint8Array,
  at: number,
  end: number,
  out: Uint32Array,
): number {
  if (bytes[at] !== COLON && bytes[at] !== COMMA) return -1;
  let next = at + 1;
  let port = 0;
  while (next < end && next < at + 6) {
    const digit = bytes[next]! - ZERO;
    if (digit < 0 || digit > 9) break;
    port = port * 10 + digit;
    next++;
  }
  out[1] = port;
  const isPadded = bytes[at + 1] === ZERO && next > at + 2;
  return next === at + 1 || isPadded || port > LAST_PORT ? -1 : next;
}

/**
 * Reads a dotted quad as strictly as `parseIpv4`. Returns the offset behind it and stores the address in
 * `out[0]`; returns -1 when there is none. What follows is for the caller to check.
 */
export function scanAddress(
  bytes: Uint8Array,
  at: number,
  end: number,
  out: Uint32Array,
): number {
  let address = 0;
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
    address = (address << 8) | octet;
  }
  out[0] = address;
  return at;
}

/**
 * Reads an address with or without a prefix length, as strictly as `parsePrefix`. Returns the offset
 * behind it and stores address, host bits kept, and length in `out`; returns -1 when there is none.
 */
export function scanPrefix(
  bytes: Uint8Array,
  at: number,
  end: number,
  out: Uint32Array,
): number {
  const behind = scanAddress(bytes, at, end, out);
  out[1] = 32;
  if (behind < 0 || behind >= end || bytes[behind] !== SLASH) return behind;
  const next = scanLength(bytes, behind + 1, end, out, 1);
  return out[1]! > 32 ? -1 : next;
}

/**
 * Reads an IPv6 address with or without a prefix length, as strictly as `parseIpv6Prefix`. Returns the offset
 * behind it and stores the four words of the address, host bits kept, and the length in `out`; returns -1 when
 * there is none.
 */
export function scanIpv6Prefix(
  bytes: Uint8Array,
  at: number,
  end: number,
  out: Uint32Array,
): number {
  const behind = scanIpv6(bytes, at, end, out, 0);
  out[IPV6_WORDS] = 128;
  if (behind < 0 || behind >= end || bytes[behind] !== SLASH) return behind;
  const next = scanLength(bytes, behind + 1, end, out, IPV6_WORDS);
  return out[IPV6_WORDS]! > 128 ? -1 : next;
}

/** Reads a number of at most three digits, without leading zeros, into `out[slot]`; -1 when there is none. */
function scanLength(
  bytes: Uint8Array,
  first: number,
  end: number,
  out: Uint32Array,
  slot: number,
): number {
  let next = first;
  let length = 0;
  while (next < end && next < first + 3) {
    const digit = bytes[next]! - ZERO;
    if (digit < 0 || digit > 9) break;
    length = length * 10 + digit;
    next++;
  }
  out[slot] = length;
  const isPadded = bytes[first] === ZERO && next > first + 1;
  return next === first || isPadded ? -1 : next;
}

/**
 * Reads two addresses with a hyphen between them, with or without blanks around it. Returns the offset behind
 * the second and stores both in `out`; returns -1 when there are none, or the first is above the last.
 */
export function scanRange(
  bytes: Uint8Array,
  at: number,
  end: number,
  out: Uint32Array,
): number {
  const behind = scanAddress(bytes, at, end, out);
  if (behind < 0) return -1;
  const first = out[0]!;
  const hyphen = skipBlanks(bytes, behind, end);
  if (hyphen >= end || bytes[hyphen] !== HYPHEN) return -1;
  const second = skipBlanks(bytes, hyphen + 1, end);
  const next = scanAddress(bytes, second, end, out);
  if (next < 0) return -1;
  out[1] = out[0]!;
  out[0] = first;
  return first <= out[1]! ? next : -1;
}

function isBlank(byte: number): boolean {
  return byte === SPACE || byte === TAB || byte === VERTICAL_TAB ||
    byte === FORM_FEED;
}
