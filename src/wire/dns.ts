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

/** Reads bytes as UTF-8; what is not is replaced by U+FFFD. */
export function readText(view: DataView, at: number, end: number): string {
  return DECODER.decode(readBytes(view, at, end));
}
