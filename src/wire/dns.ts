import { readBytes } from "./bytes.ts";

/** Positions of the fields, from the start of the message (RFC 1035 section 4.1.1). */
export const DNS_ID = 0;
/** 16 bits. */
export const DNS_FLAGS = 2;
/** Numbers of questions, answers, authorities and additional records, 16 bits each. */
export const DNS_COUNTS = 4;
/** Length of the header, and where the first question starts. */
export const DNS_HEADER_BYTES = 12;

/** Bits of `DNS_FLAGS` (RFC 1035 section 4.1.1, RFC 4035 section 3). */
export const DNS_RESPONSE = 0x8000;
/** Recursion is desired. */
export const DNS_RECURSION_DESIRED = 0x0100;
/** The response code: 0 is no error. */
export const DNS_RESPONSE_CODE = 0x000f;

/** Record types by name. ALL stands for all types in a question. */
export const DNS_TYPES: Readonly<Record<string, number>> = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  RRSIG: 46,
  ALL: 255,
};

const CLASS_INTERNET = 1;
const MAX_LABEL_BYTES = 63;
const MAX_NAME_BYTES = 255;
/** Of a name, dots included, that is read; one that follows the rules has at most 253. */
const MAX_TEXT_BYTES = 512;
/** Pointers that a name may follow: enough for real ones, an end for those that go in circles. */
const MAX_POINTERS = 10;
/** Upper two bits of a length byte: a pointer; with both clear it is a length. */
const POINTER = 0xc0;
const POINTER_OFFSET = 0x3fff;
const DOT = 0x2e;

const ASCII_END = 0x80;
const DECODER = new TextDecoder("utf-8", { ignoreBOM: true });

const TYPE_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(DNS_TYPES).map(([name, type]) => [type, name]),
);

/** What to ask. */
export interface DnsQuestion {
  /** Labels separated by dots; "." is the root. */
  readonly name: string;
  /** See `DNS_TYPES`. */
  readonly type: number;
  /** Whether the server may ask others. */
  readonly isRecursionDesired: boolean;
}

/** The name of a record type, or "BAD QTYPE" for one that is not in `DNS_TYPES`. */
export function dnsTypeName(type: number): string {
  return TYPE_NAMES.get(type) ?? "BAD QTYPE";
}

/**
 * The query with one question of class IN and identifier 0.
 *
 * @throws {SyntaxError} when the name is not one: empty or longer than 255 bytes, or a label is empty or longer
 * than 63; a dot at the end is allowed
 */
export function makeDnsQuery(question: DnsQuestion): Uint8Array {
  const name = encodeDnsName(question.name);
  const message = new Uint8Array(DNS_HEADER_BYTES + name.length + 4);
  const view = new DataView(message.buffer);
  const flags = question.isRecursionDesired ? DNS_RECURSION_DESIRED : 0;
  view.setUint16(DNS_FLAGS, flags);
  view.setUint16(DNS_COUNTS, 1);
  message.set(name, DNS_HEADER_BYTES);
  const at = DNS_HEADER_BYTES + name.length;
  view.setUint16(at, question.type);
  view.setUint16(at + 2, CLASS_INTERNET);
  return message;
}

/** A name as labels that each follow their length (RFC 1035 section 3.1). */
function encodeDnsName(name: string): Uint8Array {
  const labels = name === "." ? [] : name.replace(/\.$/, "").split(".");
  const bytes: number[] = [];
  for (const label of labels) {
    const encoded = new TextEncoder().encode(label);
    if (encoded.length < 1 || encoded.length > MAX_LABEL_BYTES) {
      throw new SyntaxError(
        `Cannot ask for the name "${name}": each label needs 1 to ${MAX_LABEL_BYTES} bytes`,
      );
    }
    bytes.push(encoded.length, ...encoded);
  }
  bytes.push(0);
  if (bytes.length > MAX_NAME_BYTES) {
    throw new SyntaxError(
      `Cannot ask for the name "${name}": it takes ${bytes.length} bytes of at most ${MAX_NAME_BYTES}`,
    );
  }
  return Uint8Array.from(bytes);
}

/** A name that was read. */
export interface DnsName {
  /** Labels joined by dots; empty for the root. Bytes that are not UTF-8 are replaced by U+FFFD. */
  readonly text: string;
  /** Offset behind the name where it stands, whatever its pointers lead to. */
  readonly end: number;
}

/**
 * Reads the name at `nameAt`, pointers included (RFC 1035 section 4.1.4), of the message from `at` to `end`;
 * `null` when it does not lie whole in the message, has a label of a kind that is not in use, follows too
 * many pointers, or is longer than any buffer would be.
 */
export function readDnsName(
  view: DataView,
  at: number,
  end: number,
  nameAt: number,
): DnsName | null {
  const bytes: number[] = [];
  let behind = -1;
  let pointers = 0;
  let from = nameAt;
  for (;;) {
    if (from >= end) return null;
    const length = view.getUint8(from);
    if (length === 0) break;
    if ((length & POINTER) === POINTER) {
      if (from + 2 > end || ++pointers > MAX_POINTERS) return null;
      if (behind < 0) behind = from + 2;
      from = at + (view.getUint16(from) & POINTER_OFFSET);
      continue;
    }
    if ((length & POINTER) !== 0 || from + 1 + length > end) return null;
    if (bytes.length > 0) bytes.push(DOT);
    for (let i = 1; i <= length; i++) bytes.push(view.getUint8(from + i));
    if (bytes.length > MAX_TEXT_BYTES) return null;
    from += 1 + length;
  }
  return {
    // Decoding costs more than all of the above, and almost no name needs it.
    text: bytes.every((byte) => byte < ASCII_END)
      ? String.fromCharCode(...bytes)
      : DECODER.decode(Uint8Array.from(bytes)),
    end: behind < 0 ? from + 1 : behind,
  };
}

/** Reads bytes as UTF-8; what is not is replaced by U+FFFD. */
export function readText(view: DataView, at: number, end: number): string {
  return DECODER.decode(readBytes(view, at, end));
}
