import { readText } from "./dns.ts";

/** Text of one name that is read, dots included; a name that follows the rules has at most 253 bytes. */
const MAX_NAME_BYTES = 512;
/** Pointers that a name may follow: enough for real ones, an end for those that go in circles. */
const MAX_POINTERS = 10;
/**
 * A pointer of two bytes can stand for a name of hundreds, in each record anew. All names of one message may
 * take this many bytes of text for each of its own, and some more for short messages. Real answers need less:
 * thirteen name servers of a zone whose name has 60 bytes are 1,672 bytes of text in a message of 312, which may
 * hold 2,272.
 */
const TEXT_BYTES_PER_BYTE = 4;
const EXTRA_TEXT_BYTES = 1024;

/** Upper two bits of a length byte: a pointer; with both clear it is a length. */
const POINTER = 0xc0;
const POINTER_OFFSET = 0x3fff;
const DOT = 0x2e;
const ASCII_END = 0x80;

/** The text of a name, and behind it what one more label may hold before the length is looked at. */
const scratch = new Uint8Array(MAX_NAME_BYTES + 64);
const scratchView = new DataView(scratch.buffer);

/** The most text that all names of a message of this length may take together. */
export function maxDnsTextBytes(messageBytes: number): number {
  return TEXT_BYTES_PER_BYTE * messageBytes + EXTRA_TEXT_BYTES;
}

/**
 * Reads the names of one message, pointers included (RFC 1035 section 4.1.4), until their text takes more than
 * `maxDnsTextBytes`. Names that turn out to be none are charged like the others: they take the same time.
 */
export class DnsNameReader {
  readonly #view: DataView;
  readonly #at: number;
  #leftBytes: number;
  #end = 0;

  /** @param at where the message starts, which is what pointers count from; `end` is behind it */
  constructor(view: DataView, at: number, end: number) {
    this.#view = view;
    this.#at = at;
    this.#leftBytes = maxDnsTextBytes(end - at);
  }

  /** Offset behind the name that was read last, where it stands, whatever its pointers lead to. */
  get end(): number {
    return this.#end;
  }

  /** Whether the text of the names took too much: no further name can be read. */
  get isExhausted(): boolean {
    return this.#leftBytes < 0;
  }

  /**
   * The labels of the name at `nameAt`, joined by dots; empty for the root. Bytes that are not UTF-8 are
   * replaced by U+FFFD. `null` when it does not lie whole before `end`, has a label of a kind that is not in
   * use, follows too many pointers, is longer than any buffer would be, or names took too much text already.
   */
  read(nameAt: number, end: number): string | null {
    const length = this.#collect(nameAt, end);
    this.#leftBytes -= length < 0 ? ~length : length;
    return length < 0 || this.isExhausted ? null : textOf(length);
  }

  /** Copies the text to `scratch`; returns its length, with all bits inverted when it is no whole name. */
  #collect(nameAt: number, end: number): number {
    const view = this.#view;
    let from = nameAt;
    let to = 0;
    let behind = -1;
    let pointers = 0;
    while (from < end) {
      const length = view.getUint8(from);
      if (length === 0) {
        this.#end = behind < 0 ? from + 1 : behind;
        return to;
      }
      if ((length & POINTER) === POINTER) {
        if (from + 2 > end || ++pointers > MAX_POINTERS) break;
        if (behind < 0) behind = from + 2;
        from = this.#at + (view.getUint16(from) & POINTER_OFFSET);
        continue;
      }
      if ((length & POINTER) !== 0 || from + 1 + length > end) break;
      if (to > 0) scratch[to++] = DOT;
      for (let i = 1; i <= length; i++) scratch[to++] = view.getUint8(from + i);
      if (to > MAX_NAME_BYTES) break;
      from += 1 + length;
    }
    return ~to;
  }
}

/** The first bytes of `scratch` as text. Decoding costs more than all else, and almost no name needs it. */
function textOf(length: number): string {
  let text = "";
  for (let i = 0; i < length; i++) {
    const byte = scratch[i]!;
    if (byte >= ASCII_END) return readText(scratchView, 0, length);
    text += String.fromCharCode(byte);
  }
  return text;
}
