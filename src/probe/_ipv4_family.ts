// HOT PATH: payloadAt(), quoteAt(), readReply() and readQuoted() run per packet received.

import { formatIpv4 } from "../base/mod.ts";
import {
  ICMP_ECHO_REPLY,
  ICMP_ECHO_REQUEST,
  ICMP_HEADER_BYTES,
  ICMP_REDIRECT,
  ICMP_SOURCE_QUENCH,
  ICMP_TIME_EXCEEDED,
  ICMP_TYPE,
  ICMP_UNREACHABLE,
  icmpUnreachableText,
  IP_PROTOCOL_ICMP,
  IPV4_DESTINATION,
  IPV4_HEADER_BYTES,
  IPV4_PROTOCOL,
  IPV4_SOURCE,
  IPV4_TOTAL_LENGTH,
  IPV4_TTL,
  ipv4PayloadAt,
  isIcmpError,
  isLaterFragment,
  sumWords,
} from "../wire/mod.ts";
import {
  ERROR_SNAP_BYTES,
  icmpCaptureFilter,
  snapBytes,
  tcpCaptureFilter,
  udpCaptureFilter,
} from "./_capture_filter.ts";
import {
  EchoClass,
  type IpFamily,
  QUOTED_PAYLOAD_BYTES,
} from "./_ip_family.ts";
import { ipv4Completer, writeFrameStart } from "./_template.ts";
import { TARGET_ADDRESS, TARGET_SOURCE } from "./probe.ts";

/** IPv4 (RFC 791) with ICMP (RFC 792). */
export const IPV4: IpFamily = {
  version: 4,
  headerBytes: IPV4_HEADER_BYTES,
  hasUdpChecksum: false,
  addressSlot: TARGET_ADDRESS,
  icmp: {
    protocol: IP_PROTOCOL_ICMP,
    echoRequest: ICMP_ECHO_REQUEST,
    echoReply: ICMP_ECHO_REPLY,
    hasPseudoHeader: false,
    echoClass,
    isError: isIcmpError,
    isEchoAnswer: (type) => type !== ICMP_ECHO_REQUEST,
    // As in ZMap whatever the type is.
    unreachableText: (_type, code) => icmpUnreachableText(code),
  },
  filters: {
    tcp: tcpCaptureFilter,
    udp: udpCaptureFilter,
    icmp: icmpCaptureFilter,
    errorSnapBytes: ERROR_SNAP_BYTES,
    snapBytes,
  },
  writeFrameStart,
  headerSum: (view, at) => sumWords(view, at, IPV4_HEADER_BYTES),
  writeLength,
  completer: ipv4Completer,
  payloadAt,
  quoteAt,
  readReply,
  readQuoted,
  sourceText: (view, at) => formatIpv4(view.getUint32(at + IPV4_SOURCE)),
  destinationText: (view, at) =>
    formatIpv4(view.getUint32(at + IPV4_DESTINATION)),
  targetText: (response) => formatIpv4(response.targetAddress),
  targetWord: (response) => response.targetAddress,
  hopLimit: (view, at) => view.getUint8(at + IPV4_TTL),
};

function writeLength(
  view: DataView,
  at: number,
  payloadBytes: number,
): number {
  const totalBytes = IPV4_HEADER_BYTES + payloadBytes;
  view.setUint16(at + IPV4_TOTAL_LENGTH, totalBytes);
  return totalBytes;
}

function payloadAt(
  view: DataView,
  at: number,
  end: number,
  protocol: number,
): number {
  const payload = ipv4PayloadAt(view, at, end);
  return payload < 0 || view.getUint8(at + IPV4_PROTOCOL) !== protocol
    ? -1
    : payload;
}

function quoteAt(
  view: DataView,
  at: number,
  end: number,
  protocol: number,
): number {
  const icmpAt = payloadAt(view, at, end, IP_PROTOCOL_ICMP);
  if (icmpAt < 0) return -1;
  const quote = icmpAt + ICMP_HEADER_BYTES;
  const quotedAt = payloadAt(view, quote, end, protocol);
  if (quotedAt < 0 || quotedAt + QUOTED_PAYLOAD_BYTES > end) return -1;
  if (
    !isIcmpError(view.getUint8(icmpAt + ICMP_TYPE)) ||
    isLaterFragment(view, quote)
  ) return -1;
  const quotedEnd = quote + view.getUint16(quote + IPV4_TOTAL_LENGTH);
  if (quotedAt + QUOTED_PAYLOAD_BYTES > quotedEnd) return -1;
  return view.getUint32(quote + IPV4_SOURCE) ===
      view.getUint32(at + IPV4_DESTINATION)
    ? quote
    : -1;
}

function readReply(view: DataView, at: number, target: Uint32Array): void {
  target[TARGET_ADDRESS] = view.getUint32(at + IPV4_SOURCE);
  target[TARGET_SOURCE] = view.getUint32(at + IPV4_DESTINATION);
}

function readQuoted(view: DataView, at: number, target: Uint32Array): void {
  target[TARGET_ADDRESS] = view.getUint32(at + IPV4_DESTINATION);
  target[TARGET_SOURCE] = view.getUint32(at + IPV4_SOURCE);
}

function echoClass(type: number): number {
  switch (type) {
    case ICMP_ECHO_REPLY:
      return EchoClass.reply;
    case ICMP_UNREACHABLE:
      return EchoClass.unreachable;
    case ICMP_SOURCE_QUENCH:
      return EchoClass.sourceQuench;
    case ICMP_REDIRECT:
      return EchoClass.redirect;
    case ICMP_TIME_EXCEEDED:
      return EchoClass.timeExceeded;
    default:
      return EchoClass.other;
  }
}
