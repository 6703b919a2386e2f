import {
  ETHERNET_HEADER_BYTES,
  ICMP_ECHO_REQUEST,
  ICMP_HEADER_BYTES,
  ICMP_REDIRECT,
  ICMP_SOURCE_QUENCH,
  ICMP_TIME_EXCEEDED,
  ICMP_UNREACHABLE,
  IP_PROTOCOL_ICMP,
  IP_PROTOCOL_TCP,
  IP_PROTOCOL_UDP,
  IPV4_FRAGMENT,
  IPV4_HEADER_BYTES,
  IPV4_MAX_HEADER_BYTES,
  IPV4_PROTOCOL,
  IPV4_TOTAL_LENGTH,
  TCP_ACK,
  TCP_FLAGS,
  TCP_HEADER_BYTES,
  TCP_RST,
  TCP_SYN,
  UDP_HEADER_BYTES,
} from "../wire/mod.ts";
import { QUOTED_PAYLOAD_BYTES } from "./_ip_family.ts";
import type { ProbeOptions } from "./probe.ts";

/**
 * Expressions for the kernel's packet filter. A filter program that reads behind the end of a packet stops
 * and rejects it, whatever the other branches would say; so a truncated packet could vanish without being
 * counted. Every read here is therefore behind a comparison of `len` that passes packets too short for it.
 *
 * `len` counts the link header of the capture. That is not the link header of the probes: targets on the
 * local network are sent to at the IP layer and yet captured with an Ethernet header. Without knowing, the
 * longer header is assumed. On an interface without one that is still right, only less selective: it also
 * passes healthy packets that are at most 14 bytes longer than the shortest that can be judged.
 */
export const CAPTURED_HEADER_BYTES: number = ETHERNET_HEADER_BYTES;

/** Bytes to capture so that the longest ICMP error is whole up to what has to be quoted. */
export const ERROR_SNAP_BYTES: number = CAPTURED_HEADER_BYTES +
  IPV4_MAX_HEADER_BYTES +
  ICMP_HEADER_BYTES +
  IPV4_MAX_HEADER_BYTES + QUOTED_PAYLOAD_BYTES;

/** Bytes to capture so that so many are whole behind the longest IPv4 header. */
export function snapBytes(payloadBytes: number): number {
  return CAPTURED_HEADER_BYTES + IPV4_MAX_HEADER_BYTES + payloadBytes;
}

/** Bytes to capture so that any datagram that fits an Ethernet frame is whole, with room to spare. */
export const UDP_SNAP_BYTES = 2048;

const MAX_PORT = 0xffff;
const PORT_BYTES = 2;
/** Length of the IPv4 header as it states itself. */
const IP_HEADER = "((ip[0] & 15) << 2)";
const IS_FRAGMENT = `ip[${IPV4_FRAGMENT}:2] & 0x3fff != 0`;
const HAS_BAD_HEADER = `ip[0] & 15 < ${IPV4_HEADER_BYTES / 4}`;
/** The protocol cannot be read. */
const IS_STUMP = `len <= ${CAPTURED_HEADER_BYTES + IPV4_PROTOCOL}`;

/** Passes TCP segments that can answer a SYN, ICMP errors, and damaged packets of both protocols. */
export function tcpCaptureFilter(): string {
  const tcp = [
    IS_FRAGMENT,
    HAS_BAD_HEADER,
    `ip[${IPV4_TOTAL_LENGTH}:2] < ${TCP_HEADER_BYTES} + ${IP_HEADER}`,
    `len <= ${CAPTURED_HEADER_BYTES + TCP_FLAGS} + ${IP_HEADER}`,
    `tcp[${TCP_FLAGS}] & ${TCP_RST} != 0`,
    `tcp[${TCP_FLAGS}] & ${TCP_SYN | TCP_ACK} = ${TCP_SYN | TCP_ACK}`,
  ];
  return `ip and (${IS_STUMP} or (ip proto ${IP_PROTOCOL_TCP} and (${
    tcp.join(" or ")
  })) or ` +
    `${icmpErrors()})`;
}

/**
 * Passes UDP datagrams that have one of the scanner's source ports where their answers have it, ICMP errors,
 * and damaged packets of both protocols.
 *
 * @param portAt offset of that port in the UDP header
 */
export function udpCaptureFilter(
  options: ProbeOptions,
  portAt: number,
): string {
  const tests = portTests(options, `udp[${portAt}:${PORT_BYTES}]`);
  const udp = [
    IS_FRAGMENT,
    HAS_BAD_HEADER,
    `ip[${IPV4_TOTAL_LENGTH}:2] < ${UDP_HEADER_BYTES} + ${IP_HEADER}`,
    `len < ${CAPTURED_HEADER_BYTES + UDP_HEADER_BYTES} + ${IP_HEADER}`,
    `(${tests})`,
  ];
  const isUdp = `ip proto ${IP_PROTOCOL_UDP}`;
  const wanted = tests === "" ? isUdp : `${isUdp} and (${udp.join(" or ")})`;
  return `ip and (${IS_STUMP} or (${wanted}) or ${icmpErrors()})`;
}

/** Tests that `port`, an expression, is one of the scanner's source ports; empty where all are. */
export function portTests(
  { sourcePortFirst: first, sourcePortLast: last }: ProbeOptions,
  port: string,
): string {
  return [
    first > 0 ? `${port} >= ${first}` : "",
    last < MAX_PORT ? `${port} <= ${last}` : "",
  ].filter((test) => test !== "").join(" and ");
}

/** Passes all ICMP messages but echo requests, and damaged ICMP packets. */
export function icmpCaptureFilter(): string {
  return `ip and (${IS_STUMP} or ${icmp([`icmp[0] != ${ICMP_ECHO_REQUEST}`])})`;
}

function icmpErrors(): string {
  const types = [
    ICMP_UNREACHABLE,
    ICMP_SOURCE_QUENCH,
    ICMP_REDIRECT,
    ICMP_TIME_EXCEEDED,
  ];
  return icmp(types.map((type) => `icmp[0] = ${type}`));
}

function icmp(typeTests: readonly string[]): string {
  const tests = [
    IS_FRAGMENT,
    HAS_BAD_HEADER,
    `ip[${IPV4_TOTAL_LENGTH}:2] < ${ICMP_HEADER_BYTES} + ${IP_HEADER}`,
    `len <= ${CAPTURED_HEADER_BYTES} + ${IP_HEADER}`,
    ...typeTests,
  ];
  return `(ip proto ${IP_PROTOCOL_ICMP} and (${tests.join(" or ")}))`;
}
