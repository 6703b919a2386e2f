import { writeBytes } from "./bytes.ts";
import { internetChecksum, pseudoHeaderSum6 } from "./checksum.ts";
import {
  ICMP_CHECKSUM,
  ICMP_CODE,
  ICMP_HEADER_BYTES,
  ICMP_ID,
  ICMP_SEQUENCE,
  ICMP_TYPE,
  type IcmpEcho,
} from "./icmp.ts";
import { IP_PROTOCOL_ICMPV6 } from "./ipv6.ts";

// Types, codes, checksum, identifier and sequence number stand where ICMP has them (RFC 4443 sections 2.1, 4.1).

/** Values of the type of ICMPv6 messages (RFC 4443). */
export const ICMPV6_UNREACHABLE = 1;
/** Packet too big; carries the MTU behind the checksum, 32 bits. */
export const ICMPV6_TOO_BIG = 2;
/** Time exceeded. */
export const ICMPV6_TIME_EXCEEDED = 3;
/** Parameter problem. */
export const ICMPV6_PARAMETER_PROBLEM = 4;
/** Types below this one report errors and quote the packet that caused them. */
export const ICMPV6_FIRST_INFORMATION = 128;
/** Echo request. */
export const ICMPV6_ECHO_REQUEST = 128;
/** Echo reply. */
export const ICMPV6_ECHO_REPLY = 129;

/** Longest packet that an error may be, as much of its cause as fits included (RFC 4443 section 3). */
export const ICMPV6_ERROR_MAX_BYTES = 1280;

/** The two addresses that an ICMPv6 checksum covers. */
export interface Ipv6Pair {
  /** Four words, most significant first. */
  readonly source: Uint32Array;
  /** Four words, most significant first. */
  readonly destination: Uint32Array;
}

/** Writes an echo message with its payload, checksum included. Returns the offset behind it. */
export function writeIcmpv6Echo(
  view: DataView,
  at: number,
  echo: IcmpEcho & Ipv6Pair,
  payload: Uint8Array,
): number {
  const end = at + ICMP_HEADER_BYTES + payload.length;
  view.setUint8(at + ICMP_TYPE, echo.type);
  view.setUint8(at + ICMP_CODE, echo.code);
  view.setUint16(at + ICMP_ID, echo.id);
  view.setUint16(at + ICMP_SEQUENCE, echo.sequence);
  writeBytes(view, at + ICMP_HEADER_BYTES, payload);
  writeIcmpv6Checksum(view, at, end, echo);
  return end;
}

/** The checksum of the message from `at` to `end`, taken as it stands: 0 when it holds the right one. */
export function icmpv6Checksum(
  view: DataView,
  at: number,
  end: number,
  { source, destination }: Ipv6Pair,
): number {
  const sum = pseudoHeaderSum6(
    source,
    destination,
    IP_PROTOCOL_ICMPV6,
    end - at,
  );
  return internetChecksum(view, at, end - at, sum);
}

/** Computes and stores the checksum of the message from `at` to `end`. */
export function writeIcmpv6Checksum(
  view: DataView,
  at: number,
  end: number,
  pair: Ipv6Pair,
): void {
  view.setUint16(at + ICMP_CHECKSUM, 0);
  view.setUint16(at + ICMP_CHECKSUM, icmpv6Checksum(view, at, end, pair));
}

/** Whether messages of this type report an error and quote the packet that caused it. */
export function isIcmpv6Error(type: number): boolean {
  return type < ICMPV6_FIRST_INFORMATION;
}

/** Meanings of the codes of destination unreachable messages (RFC 4443 section 3.1, RFC 6550, RFC 8883). */
const UNREACHABLE_TEXTS = [
  "no route to destination",
  "communication admin. prohibited",
  "beyond scope of source address",
  "address unreachable",
  "port unreachable",
  "source address failed policy",
  "reject route to destination",
  "error in source routing header",
  "headers too long",
];

/** What the code of a destination unreachable message means; "unknown" for codes without a meaning. */
export function icmpv6UnreachableText(code: number): string {
  return UNREACHABLE_TEXTS[code] ?? "unknown";
}
