import { escapeUnsafeInLines } from "../base/mod.ts";
import { jsonText } from "./json_text.ts";

const COMMA = 0x2c;
const QUOTE = 0x22;
const POINT = 0x2e;
const SLASH = 0x2f;
const BACKSLASH = 0x5c;
const MINUS = 0x2d;
const ZERO = 0x30;
const FIRST_PRINTABLE = 0x20;
/** From here on come DEL, which is a control character, and what is not ASCII. */
const DELETE = 0x7f;

/** UTF-8 needs at most three bytes for each UTF-16 code unit. */
const MAX_BYTES_PER_UNIT = 3;
/** A buffer that grew beyond this is not kept after its content was taken. */
const MAX_KEPT_BYTES = 4 << 20;
const MIN_BYTES = 64 << 10;
const LONGEST_IPV4 = "255.255.255.255".length;
/** Two halves of so many digits hold a number of 32 bits. */
const HALF_DIGITS = 5;
const HALF = 10 ** HALF_DIGITS;
const HEX_DIGITS = new TextEncoder().encode("0123456789abcdef");

/**
 * Bytes that grow at the end, with the few ways of writing that result rows need. Short ASCII text, by far
 * the most common, is copied unit by unit, which is several times faster than a call of the encoder.
 */
export class ByteBuffer {
  readonly #encoder = new TextEncoder();
  #bytes = new Uint8Array(MIN_BYTES);
  #length = 0;

  /** Bytes written since the last `take`. */
  get length(): number {
    return this.#length;
  }

  /** Returns a copy of what was written and starts again at nothing. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    if (this.#bytes.length > MAX_KEPT_BYTES) {
      this.#bytes = new Uint8Array(MIN_BYTES);
    }
    return taken;
  }

  /** Writes one byte. */
  writeByte(byte: number): void {
    if (this.#length === this.#bytes.length) this.#grow(1);
    this.#bytes[this.#length++] = byte;
  }

  /** Writes bytes as they are. */
  writeBytes(source: Uint8Array): void {
    const length = source.length;
    this.#reserve(length);
    const bytes = this.#bytes;
    const at = this.#length;
    for (let i = 0; i < length; i++) bytes[at + i] = source[i]!;
    this.#length = at + length;
  }

  /** Writes a number in decimal; fractions and large numbers as JavaScript prints them. */
  writeNumber(value: number): void {
    if ((value >>> 0) !== value) {
      if (Number.isInteger(value) && value < 0 && -value <= 0xffff_ffff) {
        this.writeByte(MINUS);
        this.writeNumber(-value);
      } else {
        this.writeText(String(value));
      }
      return;
    }
    this.#reserve(2 * HALF_DIGITS);
    if (value < HALF) {
      this.#writeDigits(value, digitsOf(value));
      return;
    }
    const high = Math.floor(value / HALF);
    this.#writeDigits(high, digitsOf(high));
    this.#writeDigits(value - high * HALF, HALF_DIGITS);
  }

  /** Writes so many digits of a number below `HALF`, whose quotients are all small integers: these are fast. */
  #writeDigits(value: number, digits: number): void {
    const bytes = this.#bytes;
    let rest = value | 0;
    for (let at = this.#length + digits - 1; at >= this.#length; at--) {
      const quotient = (rest / 10) | 0;
      bytes[at] = ZERO + rest - quotient * 10;
      rest = quotient;
    }
    this.#length += digits;
  }

  /** Writes an IPv4 address, a number of 32 bits, as four decimal numbers. */
  writeIpv4(address: number): void {
    this.#reserve(LONGEST_IPV4);
    const bytes = this.#bytes;
    let at = this.#length;
    for (let shift = 24; shift >= 0; shift -= 8) {
      const octet = (address >>> shift) & 255;
      if (octet >= 100) bytes[at++] = ZERO + ((octet / 100) | 0);
      if (octet >= 10) bytes[at++] = ZERO + ((octet / 10) | 0) % 10;
      bytes[at++] = ZERO + octet % 10;
      if (shift > 0) bytes[at++] = POINT;
    }
    this.#length = at;
  }

  /** Writes bytes as lowercase hexadecimal digits. */
  writeHex(source: Uint8Array): void {
    this.#reserve(source.length * 2);
    const bytes = this.#bytes;
    let at = this.#length;
    for (let i = 0; i < source.length; i++) {
      bytes[at++] = HEX_DIGITS[source[i]! >>> 4]!;
      bytes[at++] = HEX_DIGITS[source[i]! & 15]!;
    }
    this.#length = at;
  }

  /** Writes text in UTF-8; unpaired surrogates become U+FFFD. */
  writeText(text: string): void {
    this.#reserve(text.length * MAX_BYTES_PER_UNIT);
    const target = this.#bytes.subarray(this.#length);
    this.#length += this.#encoder.encodeInto(text, target).written;
  }

  /**
   * Writes text as one field of a CSV row, quoted where RFC 4180 2.6 and 2.7 ask for it. That grammar has no place
   * for control characters other than line ends, nor an escape for them: what a terminal may obey is written as JSON
   * would, `\u001b`.
   */
  writeCsvText(text: string): void {
    const length = text.length;
    this.#reserve(length);
    const bytes = this.#bytes;
    const at = this.#length;
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i);
      // Letters, digits and points, by far the most common, take the fewest tests.
      if (
        (unit <= COMMA &&
          (unit < FIRST_PRINTABLE || unit === COMMA || unit === QUOTE)) ||
        unit >= DELETE
      ) {
        const safe = escapeUnsafeInLines(text);
        this.writeText(
          /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe,
        );
        return;
      }
      bytes[at + i] = unit;
    }
    this.#length = at + length;
  }

  /** Writes text as `jsonText` does. */
  writeJsonText(text: string): void {
    const length = text.length;
    this.#reserve(2 * length + 2);
    const bytes = this.#bytes;
    let at = this.#length;
    bytes[at++] = QUOTE;
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i);
      // Letters and digits, by far the most common, take the fewest tests.
      if (unit <= SLASH || unit === BACKSLASH || unit >= DELETE) {
        if (unit === SLASH) bytes[at++] = BACKSLASH;
        else if (
          unit < FIRST_PRINTABLE || unit === QUOTE || unit === BACKSLASH ||
          unit >= DELETE
        ) {
          this.writeText(jsonText(text));
          return;
        }
      }
      bytes[at++] = unit;
    }
    bytes[at++] = QUOTE;
    this.#length = at;
  }

  #reserve(lengthBytes: number): void {
    if (this.#length + lengthBytes > this.#bytes.length) {
      this.#grow(lengthBytes);
    }
  }

  #grow(lengthBytes: number): void {
    const grown = new Uint8Array(
      Math.max(this.#bytes.length * 2, this.#length + lengthBytes),
    );
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}

/** Digits of a number below `HALF`. */
function digitsOf(value: number): number {
  if (value < 100) return value < 10 ? 1 : 2;
  if (value < 10_000) return value < 1000 ? 3 : 4;
  return HALF_DIGITS;
}
