import { writeBytes } from "./bytes.ts";
import { internetChecksum } from "./checksum.ts";

/** Positions of the fields, from the start of the message (RFC 792). */
export const ICMP_TYPE = 0;
/** 8 bits. */
export const ICMP_CODE = 1;
/** 16 bits, over the whole message. */
export const ICMP_CHECKSUM = 2;
/** Identifier of echo messages, 16 bits. */
export const ICMP_ID = 4;
/** Sequence number of echo messages, 16 bits. */
export const ICMP_SEQUENCE = 6;

/** Length of the header: of echo messages, and of error messages before the packet they quote. */
export const ICMP_HEADER_BYTES = 8;

/** Values of `ICMP_TYPE`. */
export const ICMP_ECHO_REPLY = 0;
/** Destination unreachable. */
export const ICMP_UNREACHABLE = 3;
/** Source quench; deprecated by RFC 6633, still sent by some. */
export const ICMP_SOURCE_QUENCH = 4;
/** Redirect. */
export const ICMP_REDIRECT = 5;
/** Echo request. */
export const ICMP_ECHO_REQUEST = 8;
/** Time exceeded. */
export const ICMP_TIME_EXCEEDED = 11;

/** The header of an echo request or reply. */
export interface IcmpEcho {
  /** Type of the message. */
  readonly type: number;
  /** Code of the message, 0 for echo. */
  readonly code: number;
  /** Identifier, 16 bits. */
  readonly id: number;
  /** Sequence number, 16 bits. */
  readonly sequence: number;
}

/** Writes an echo message with its payload, checksum included. Returns the offset behind it. */
export function writeIcmpEcho(
  view: DataView,
  at: number,
  echo: IcmpEcho,
  payload: Uint8Array,
): number {
  const lengthBytes = ICMP_HEADER_BYTES + payload.length;
  view.setUint8(at + ICMP_TYPE, echo.type);
  view.setUint8(at + ICMP_CODE, echo.code);
  view.setUint16(at + ICMP_CHECKSUM, 0);
  view.setUint16(at + ICMP_ID, echo.id);
  view.setUint16(at + ICMP_SEQUENCE, echo.sequence);
  writeBytes(view, at + ICMP_HEADER_BYTES, payload);
  view.setUint16(at + ICMP_CHECKSUM, internetChecksum(view, at, lengthBytes));
  return at + lengthBytes;
}

/** Reads an echo message whatever its checksum; `null` when no whole header lies between `at` and `end`. */
export function parseIcmpEcho(
  view: DataView,
  at: number,
  end: number,
): IcmpEcho | null {
  if (end - at < ICMP_HEADER_BYTES) return null;
  return {
    type: view.getUint8(at + ICMP_TYPE),
    code: view.getUint8(at + ICMP_CODE),
    id: view.getUint16(at + ICMP_ID),
    sequence: view.getUint16(at + ICMP_SEQUENCE),
  };
}

/** Whether messages of this type report an error and quote the packet that caused it. */
export function isIcmpError(type: number): boolean {
  return type === ICMP_UNREACHABLE || type === ICMP_TIME_EXCEEDED ||
    type === ICMP_REDIRECT ||
    type === ICMP_SOURCE_QUENCH;
}

/** Meanings of the codes of destination unreachable messages (RFC 792, RFC 1122 3.2.2.1, RFC 1812 5.2.7.1). */
const UNREACHABLE_TEXTS = [
  "network unreachable",
  "host unreachable",
  "protocol unreachable",
  "port unreachable",
  "fragments required",
  "source route failed",
  "network unknown",
  "host unknown",
  "source host isolated",
  "network admin. prohibited",
  "host admin. prohibited",
  "network unreachable TOS",
  "host unreachable TOS",
  "communication admin. prohibited",
  // As ZMap spells it: filters and programs compare with this text.
  "host presdence violation",
  "precedence cutoff",
];

/** What the code of a destination unreachable message means; "unknown" for codes without a meaning. */
export function icmpUnreachableText(code: number): string {
  return UNREACHABLE_TEXTS[code] ?? "unknown";
}
