// HOT PATH: quoteAt() and portOffset() run per packet received.

import { type Column, formatIpv4 } from "../base/mod.ts";
import {
  ICMP_CODE,
  ICMP_HEADER_BYTES,
  ICMP_TYPE,
  icmpUnreachableText,
  IP_PROTOCOL_ICMP,
  IPV4_DESTINATION,
  IPV4_PROTOCOL,
  IPV4_SOURCE,
  IPV4_TOTAL_LENGTH,
  ipv4PayloadAt,
  isIcmpError,
  isLaterFragment,
} from "../wire/mod.ts";
import type { Response } from "./probe.ts";

/** Bytes behind the quoted IPv4 header that every error message has to carry (RFC 792). */
export const QUOTED_PAYLOAD_BYTES = 8;

/**
 * The offset of the IPv4 header quoted in an ICMP error message about one of our packets; -1 when the packet
 * at `at` is anything else. Sure after that: the quoted header is whole and of this protocol, it was sent
 * from the address that the message is sent to, it is not a later fragment, and `QUOTED_PAYLOAD_BYTES` bytes
 * behind it lie both before `end` and within the quoted packet's total length.
 */
export function quoteAt(
  view: DataView,
  at: number,
  end: number,
  protocol: number,
): number {
  const icmpAt = ipv4PayloadAt(view, at, end);
  if (icmpAt < 0 || view.getUint8(at + IPV4_PROTOCOL) !== IP_PROTOCOL_ICMP) {
    return -1;
  }
  const quote = icmpAt + ICMP_HEADER_BYTES;
  const payloadAt = ipv4PayloadAt(view, quote, end);
  if (payloadAt < 0 || payloadAt + QUOTED_PAYLOAD_BYTES > end) return -1;
  if (!isIcmpError(view.getUint8(icmpAt + ICMP_TYPE))) return -1;
  if (
    view.getUint8(quote + IPV4_PROTOCOL) !== protocol ||
    isLaterFragment(view, quote)
  ) return -1;
  const quotedEnd = quote + view.getUint16(quote + IPV4_TOTAL_LENGTH);
  if (payloadAt + QUOTED_PAYLOAD_BYTES > quotedEnd) return -1;
  return view.getUint32(quote + IPV4_SOURCE) ===
      view.getUint32(at + IPV4_DESTINATION)
    ? quote
    : -1;
}

/** Name of the column with the address of the sender of an ICMP error. */
export const RESPONDER_COLUMN = "icmp_responder";

/** The columns that describe ICMP errors; null for every other response. */
export const ICMP_ERROR_COLUMNS: readonly Column<Response>[] = [
  {
    name: RESPONDER_COLUMN,
    type: "string",
    description: "Address of the sender of the ICMP error",
    read: (r) =>
      errorAt(r) < 0 ? null : formatIpv4(r.view.getUint32(r.at + IPV4_SOURCE)),
  },
  {
    name: "icmp_type",
    type: "int",
    description: "ICMP error type",
    read: (r) => readError(r, ICMP_TYPE),
  },
  {
    name: "icmp_code",
    type: "int",
    description: "ICMP error code",
    read: (r) => readError(r, ICMP_CODE),
  },
  {
    name: "icmp_unreach_str",
    type: "string",
    description: "Meaning of the ICMP error code for destination unreachable",
    read: (r) => {
      const code = readError(r, ICMP_CODE);
      return code === null ? null : icmpUnreachableText(code);
    },
  },
];

/** The offset of the ICMP header of a response that is ICMP, or -1. */
function errorAt({ view, at, end }: Response): number {
  const icmpAt = ipv4PayloadAt(view, at, end);
  if (icmpAt < 0 || view.getUint8(at + IPV4_PROTOCOL) !== IP_PROTOCOL_ICMP) {
    return -1;
  }
  return icmpAt + ICMP_HEADER_BYTES > end ? -1 : icmpAt;
}

function readError(response: Response, field: number): number | null {
  const icmpAt = errorAt(response);
  return icmpAt < 0 ? null : response.view.getUint8(icmpAt + field);
}
