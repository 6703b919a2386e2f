// HOT PATH: what is made here runs per packet, but for the start of frames and the texts.

import { formatIpv6At } from "../base/mod.ts";
import {
  ICMP_HEADER_BYTES,
  ICMP_TYPE,
  ICMPV6_ECHO_REPLY,
  ICMPV6_ECHO_REQUEST,
  ICMPV6_PARAMETER_PROBLEM,
  ICMPV6_TIME_EXCEEDED,
  ICMPV6_TOO_BIG,
  ICMPV6_UNREACHABLE,
  icmpv6UnreachableText,
  IP_PROTOCOL_ICMPV6,
  IPV6_ADDRESS_WORDS,
  IPV6_DESTINATION,
  IPV6_HEADER_BYTES,
  IPV6_HOP_LIMIT,
  IPV6_PAYLOAD_LENGTH,
  IPV6_SOURCE,
  ipv6PayloadAt,
  isIcmpv6Error,
  sumOfUint32,
  writeBytes,
  writeIpv6Header,
} from "../wire/mod.ts";
import {
  ERROR_SNAP_BYTES6,
  icmpCaptureFilter6,
  snapBytes6,
  tcpCaptureFilter6,
  udpCaptureFilter6,
} from "./_capture_filter6.ts";
import {
  EchoClass,
  type IpCompleter,
  type IpFamily,
  QUOTED_PAYLOAD_BYTES,
} from "./_ip_family.ts";
import { type ProbeOptions, TARGET_ADDRESS6, TARGET_SOURCE6 } from "./probe.ts";

const NO_ADDRESS = new Uint32Array(IPV6_ADDRESS_WORDS);
const LAST_WORD = 12;

/** IPv6 (RFC 8200) with ICMPv6 (RFC 4443). */
export const IPV6: IpFamily = {
  version: 6,
  headerBytes: IPV6_HEADER_BYTES,
  hasUdpChecksum: true,
  addressSlot: TARGET_ADDRESS6 + IPV6_ADDRESS_WORDS - 1,
  icmp: {
    protocol: IP_PROTOCOL_ICMPV6,
    echoRequest: ICMPV6_ECHO_REQUEST,
    echoReply: ICMPV6_ECHO_REPLY,
    hasPseudoHeader: true,
    echoClass,
    isError: isIcmpv6Error,
    // Neighbour discovery and the like use ICMPv6, too.
    isEchoAnswer: (type) => type === ICMPV6_ECHO_REPLY,
    unreachableText: (type, code) =>
      type === ICMPV6_UNREACHABLE ? icmpv6UnreachableText(code) : null,
  },
  filters: {
    tcp: tcpCaptureFilter6,
    udp: udpCaptureFilter6,
    icmp: icmpCaptureFilter6,
    errorSnapBytes: ERROR_SNAP_BYTES6,
    snapBytes: snapBytes6,
  },
  writeFrameStart,
  headerSum: () => 0,
  writeLength,
  completer,
  payloadAt: ipv6PayloadAt,
  quoteAt,
  readReply,
  readQuoted,
  sourceText: (view, at) => formatIpv6At(view, at + IPV6_SOURCE),
  destinationText: (view, at) => formatIpv6At(view, at + IPV6_DESTINATION),
  targetText: ({ at, targetAddress, view }) =>
    formatIpv6At(view, at + targetAddress),
  targetWord: ({ at, targetAddress, view }) =>
    view.getUint32(at + targetAddress + LAST_WORD),
  hopLimit: (view, at) => view.getUint8(at + IPV6_HOP_LIMIT),
};

function writeFrameStart(
  frame: DataView,
  options: ProbeOptions,
  protocol: number,
): number {
  const at = options.linkHeader.length;
  writeBytes(frame, 0, options.linkHeader);
  return writeIpv6Header(frame, at, {
    trafficClass: 0,
    flowLabel: 0,
    payloadBytes: frame.byteLength - at - IPV6_HEADER_BYTES,
    nextHeader: protocol,
    hopLimit: options.ttl,
    source: NO_ADDRESS,
    destination: NO_ADDRESS,
  });
}

function writeLength(
  view: DataView,
  at: number,
  payloadBytes: number,
): number {
  view.setUint16(at + IPV6_PAYLOAD_LENGTH, payloadBytes);
  return payloadBytes;
}

function completer(ipAt: number): IpCompleter {
  // Numbers of our own are compiled into the code; imported ones are read and checked at each use (0.4 ns).
  const sourceAt = ipAt + IPV6_SOURCE;
  const destinationAt = ipAt + IPV6_DESTINATION;
  const [source, destination] = [TARGET_SOURCE6, TARGET_ADDRESS6];
  return (view, frameAt, _headerSum, _id, target) => {
    // Signed numbers stay integers in the processor; unsigned ones above 2^31 become floating-point.
    const s0 = target[source]! | 0;
    const s1 = target[source + 1]! | 0;
    const s2 = target[source + 2]! | 0;
    const s3 = target[source + 3]! | 0;
    const d0 = target[destination]! | 0;
    const d1 = target[destination + 1]! | 0;
    const d2 = target[destination + 2]! | 0;
    const d3 = target[destination + 3]! | 0;
    const from = frameAt + sourceAt;
    const to = frameAt + destinationAt;
    view.setInt32(from, s0);
    view.setInt32(from + 4, s1);
    view.setInt32(from + 8, s2);
    view.setInt32(from + 12, s3);
    view.setInt32(to, d0);
    view.setInt32(to + 4, d1);
    view.setInt32(to + 8, d2);
    view.setInt32(to + 12, d3);
    return sumOfUint32(s0) + sumOfUint32(s1) + sumOfUint32(s2) +
      sumOfUint32(s3) + sumOfUint32(d0) + sumOfUint32(d1) + sumOfUint32(d2) +
      sumOfUint32(d3);
  };
}

function quoteAt(
  view: DataView,
  at: number,
  end: number,
  protocol: number,
): number {
  const icmpAt = ipv6PayloadAt(view, at, end, IP_PROTOCOL_ICMPV6);
  if (icmpAt < 0) return -1;
  const quote = icmpAt + ICMP_HEADER_BYTES;
  const quotedAt = ipv6PayloadAt(view, quote, end, protocol);
  if (quotedAt < 0 || quotedAt + QUOTED_PAYLOAD_BYTES > end) return -1;
  if (!isIcmpv6Error(view.getUint8(icmpAt + ICMP_TYPE))) return -1;
  const quotedEnd = quote + IPV6_HEADER_BYTES +
    view.getUint16(quote + IPV6_PAYLOAD_LENGTH);
  if (quotedAt + QUOTED_PAYLOAD_BYTES > quotedEnd) return -1;
  const source = quote + IPV6_SOURCE;
  const destination = at + IPV6_DESTINATION;
  for (let i = 0; i < 4 * IPV6_ADDRESS_WORDS; i += 4) {
    if (view.getInt32(source + i) !== view.getInt32(destination + i)) return -1;
  }
  return quote;
}

function readReply(view: DataView, at: number, target: Uint32Array): void {
  readAddress(view, at + IPV6_SOURCE, target, TARGET_ADDRESS6);
  readAddress(view, at + IPV6_DESTINATION, target, TARGET_SOURCE6);
}

function readQuoted(view: DataView, at: number, target: Uint32Array): void {
  readAddress(view, at + IPV6_DESTINATION, target, TARGET_ADDRESS6);
  readAddress(view, at + IPV6_SOURCE, target, TARGET_SOURCE6);
}

function readAddress(
  view: DataView,
  at: number,
  target: Uint32Array,
  slot: number,
): void {
  target[slot] = view.getUint32(at);
  target[slot + 1] = view.getUint32(at + 4);
  target[slot + 2] = view.getUint32(at + 8);
  target[slot + 3] = view.getUint32(at + 12);
}

function echoClass(type: number, code: number): number {
  switch (type) {
    case ICMPV6_ECHO_REPLY:
      return EchoClass.reply;
    case ICMPV6_UNREACHABLE: {
      const index = EchoClass.unreachableCode + code;
      return index < EchoClass.tooBig ? index : EchoClass.unreachable;
    }
    case ICMPV6_TOO_BIG:
      return EchoClass.tooBig;
    case ICMPV6_TIME_EXCEEDED:
      return EchoClass.timeExceeded;
    case ICMPV6_PARAMETER_PROBLEM:
      return EchoClass.parameterProblem;
    default:
      return EchoClass.other;
  }
}
