import {
  type IpAddress,
  type Ipv4Address,
  IPV6_WORDS,
  type Ipv6Address,
  storeIpv6,
} from "../base/mod.ts";
import { IPV6_FAMILY } from "../link/mod.ts";
import {
  ICMP_ECHO_REPLY,
  ICMP_ECHO_REQUEST,
  ICMP_HEADER_BYTES,
  ICMPV6_ECHO_REPLY,
  ICMPV6_ECHO_REQUEST,
  IP_PROTOCOL_ICMP,
  IP_PROTOCOL_ICMPV6,
  IPV4_HEADER_BYTES,
  ipv4PayloadAt,
  IPV6_ADDRESS_BYTES,
  IPV6_DESTINATION,
  IPV6_HEADER_BYTES,
  IPV6_SOURCE,
  ipv6PayloadAt,
  isIpv6Fragment,
  parseIcmpEcho,
  parseIpv4Header,
  writeIcmpEcho,
  writeIcmpv6Echo,
  writeIpv4Header,
  writeIpv6Header,
} from "../wire/mod.ts";

const TTL = 64;
/** As long as what `ping(8)` sends. */
const PAYLOAD = new Uint8Array(56);

/** One series of echo requests. */
export interface PingQuestion<A extends IpAddress> {
  readonly source: A;
  readonly target: A;
  readonly id: number;
}

/** How a host of one family is asked whether it is there. */
export interface PingProtocol<A extends IpAddress> {
  readonly version: 4 | 6;
  /** Length of a request, from its IP header on. */
  readonly packetBytes: number;
  /** Writes a request at `at`. Returns the offset behind it. */
  writeRequest(
    view: DataView,
    at: number,
    question: PingQuestion<A>,
    sequence: number,
  ): number;
  /** Whether an IP packet in `view` up to `end` is an echo reply to the question. */
  isAnswer(view: DataView, end: number, question: PingQuestion<A>): boolean;
}

/** Echo requests of IPv4 (RFC 792). */
export const PING: PingProtocol<Ipv4Address> = {
  version: 4,
  packetBytes: IPV4_HEADER_BYTES + ICMP_HEADER_BYTES + PAYLOAD.length,
  writeRequest(
    view,
    at,
    { id, source, target: destination },
    sequence,
  ): number {
    const icmpAt = writeIpv4Header(view, at, {
      typeOfService: 0,
      totalBytes: this.packetBytes,
      id,
      mayFragment: true,
      hasMoreFragments: false,
      fragmentBytes: 0,
      ttl: TTL,
      protocol: IP_PROTOCOL_ICMP,
      source,
      destination,
    });
    const echo = { type: ICMP_ECHO_REQUEST, code: 0, id, sequence };
    return writeIcmpEcho(view, icmpAt, echo, PAYLOAD);
  },
  isAnswer(view, end, { id, source, target }): boolean {
    const header = parseIpv4Header(view, 0, end);
    if (
      header === null || header.protocol !== IP_PROTOCOL_ICMP ||
      header.source !== target || header.destination !== source ||
      header.fragmentBytes > 0
    ) return false;
    const echo = parseIcmpEcho(view, ipv4PayloadAt(view, 0, end), end);
    return echo !== null && echo.type === ICMP_ECHO_REPLY && echo.id === id;
  },
};

/** Echo requests of IPv6 (RFC 4443). */
export const PING6: PingProtocol<Ipv6Address> = {
  version: 6,
  packetBytes: IPV6_HEADER_BYTES + ICMP_HEADER_BYTES + PAYLOAD.length,
  writeRequest(view, at, { id, source, target }, sequence): number {
    const pair = { source: wordsOf(source), destination: wordsOf(target) };
    const icmpAt = writeIpv6Header(view, at, {
      trafficClass: 0,
      flowLabel: 0,
      payloadBytes: ICMP_HEADER_BYTES + PAYLOAD.length,
      nextHeader: IP_PROTOCOL_ICMPV6,
      hopLimit: TTL,
      ...pair,
    });
    const echo = { type: ICMPV6_ECHO_REQUEST, code: 0, id, sequence };
    return writeIcmpv6Echo(view, icmpAt, { ...echo, ...pair }, PAYLOAD);
  },
  isAnswer(view, end, { id, source, target }): boolean {
    const at = ipv6PayloadAt(view, 0, end, IP_PROTOCOL_ICMPV6);
    if (
      at < 0 || isIpv6Fragment(view, 0, end) ||
      addressAt(view, IPV6_SOURCE) !== target ||
      addressAt(view, IPV6_DESTINATION) !== source
    ) return false;
    const echo = parseIcmpEcho(view, at, end);
    return echo !== null && echo.type === ICMPV6_ECHO_REPLY && echo.id === id;
  },
};

function wordsOf(address: Ipv6Address): Uint32Array {
  const words = new Uint32Array(IPV6_WORDS);
  storeIpv6(address, words, 0);
  return words;
}

function addressAt(view: DataView, at: number): Ipv6Address | null {
  const start = view.byteOffset + at;
  return IPV6_FAMILY.read(new DataView(view.buffer, start, IPV6_ADDRESS_BYTES));
}
