import { ConfigError } from "../base/mod.ts";
import { LINE_FEED } from "./_line_cutter.ts";

const TAB = 9;
const VERTICAL_TAB = 11;
const FORM_FEED = 12;
const CARRIAGE_RETURN = 13;
const SPACE = 32;
const HASH = 35;
const DOT = 46;
const SLASH = 47;
const ZERO = 48;
/** Above the longest host name with a length, so that cutting makes no bad word good. */
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

/** Whether nothing but a comment is left of the line. */
export function isLineEnd(bytes: Uint8Array, at: number, end: number): boolean {
  return at >= end || bytes[at] === LINE_FEED || bytes[at] === HASH;
}

/** Offset of the first byte of the next line, or `end`. */
export function nextLine(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && bytes[at] !== LINE_FEED) at++;
  return at < end ? at + 1 : end;
}

/** Offset behind the word that starts at `at`: of the first blank, "#" or line end. */
export function endOfWord(bytes: Uint8Array, at: number, end: number): number {
  while (!isLineEnd(bytes, at, end) && !isBlank(bytes[at]!)) at++;
  return at;
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
  const first = behind + 1;
  let next = first;
  let length = 0;
  while (next < end && next < first + 2) {
    const digit = bytes[next]! - ZERO;
    if (digit < 0 || digit > 9) break;
    length = length * 10 + digit;
    next++;
  }
  const isPadded = bytes[first] === ZERO && next > first + 1;
  if (next === first || length > 32 || isPadded) return -1;
  out[1] = length;
  return next;
}

/** Bytes as text, to be looked at more closely or quoted; cut short when very long. */
export function textOf(bytes: Uint8Array, at: number, end: number): string {
  return new TextDecoder().decode(
    bytes.subarray(at, Math.min(end, at + MAX_TEXT_BYTES)),
  );
}

/** Runs `read` and names file and line in the error that it throws, if it does. */
export function withLocation<T>(location: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError(location, reason, "", cause);
  }
}

function isBlank(byte: number): boolean {
  return byte === SPACE || byte === TAB || byte === CARRIAGE_RETURN ||
    byte === VERTICAL_TAB || byte === FORM_FEED;
}
