import {
  ICMP_HEADER_BYTES,
  ICMPV6_ECHO_REPLY,
  ICMPV6_FIRST_INFORMATION,
  IP_PROTOCOL_ICMPV6,
  IP_PROTOCOL_TCP,
  IP_PROTOCOL_UDP,
  IPV6_AUTHENTICATION,
  IPV6_DESTINATION_OPTIONS,
  IPV6_FRAGMENT,
  IPV6_HEADER_BYTES,
  IPV6_HOP_BY_HOP,
  IPV6_HOST_IDENTITY,
  IPV6_MAX_EXTENSION_BYTES,
  IPV6_MOBILITY,
  IPV6_NEXT_HEADER,
  IPV6_PAYLOAD_LENGTH,
  IPV6_ROUTING,
  IPV6_SHIM6,
  TCP_ACK,
  TCP_FLAGS,
  TCP_HEADER_BYTES,
  TCP_RST,
  TCP_SYN,
  UDP_HEADER_BYTES,
} from "../wire/mod.ts";
import { CAPTURED_HEADER_BYTES, portTests } from "./_capture_filter.ts";
import { QUOTED_PAYLOAD_BYTES } from "./_ip_family.ts";
import type { ProbeOptions } from "./probe.ts";

/**
 * The expressions of `_capture_filter.ts` for IPv6. The header has a fixed length, so that all offsets are fixed.
 * Packets with extension headers pass whatever is behind them: the kernel's filter knows no loops, they are rare,
 * and whoever reads them looks through them.
 */

/** Bytes to capture so that so many are whole behind the header and all extension headers that are skipped. */
export function snapBytes6(payloadBytes: number): number {
  return CAPTURED_HEADER_BYTES + IPV6_HEADER_BYTES + IPV6_MAX_EXTENSION_BYTES +
    payloadBytes;
}

/** Bytes to capture so that the longest ICMPv6 error is whole up to what has to be quoted. */
export const ERROR_SNAP_BYTES6: number = snapBytes6(
  ICMP_HEADER_BYTES + IPV6_HEADER_BYTES + QUOTED_PAYLOAD_BYTES,
);

const PAYLOAD = IPV6_HEADER_BYTES;
/** The header is cut. */
const IS_STUMP = `len < ${CAPTURED_HEADER_BYTES + IPV6_HEADER_BYTES}`;
const HAS_EXTENSIONS = [
  IPV6_HOP_BY_HOP,
  IPV6_ROUTING,
  IPV6_FRAGMENT,
  IPV6_AUTHENTICATION,
  IPV6_DESTINATION_OPTIONS,
  IPV6_MOBILITY,
  IPV6_HOST_IDENTITY,
  IPV6_SHIM6,
].map((type) => `ip6[${IPV6_NEXT_HEADER}] = ${type}`).join(" or ");

/** As `FamilyFilters.tcp`. */
export function tcpCaptureFilter6(): string {
  const flags = `ip6[${PAYLOAD + TCP_FLAGS}]`;
  const both = TCP_SYN | TCP_ACK;
  const tcp = ofProtocol(IP_PROTOCOL_TCP, TCP_HEADER_BYTES, [
    isCutAt(TCP_FLAGS),
    `${flags} & ${TCP_RST} != 0`,
    `${flags} & ${both} = ${both}`,
  ]);
  return packets([tcp, icmpErrors()]);
}

/** As `FamilyFilters.udp`. */
export function udpCaptureFilter6(
  options: ProbeOptions,
  portAt: number,
): string {
  const tests = portTests(options, `ip6[${PAYLOAD + portAt}:2]`);
  const udp = tests === ""
    ? `ip6[${IPV6_NEXT_HEADER}] = ${IP_PROTOCOL_UDP}`
    : ofProtocol(IP_PROTOCOL_UDP, UDP_HEADER_BYTES, [
      isCutAt(UDP_HEADER_BYTES - 1),
      `(${tests})`,
    ]);
  return packets([udp, icmpErrors()]);
}

/** As `FamilyFilters.icmp`. */
export function icmpCaptureFilter6(): string {
  return packets([icmp([
    `ip6[${PAYLOAD}] < ${ICMPV6_FIRST_INFORMATION}`,
    `ip6[${PAYLOAD}] = ${ICMPV6_ECHO_REPLY}`,
  ])]);
}

function packets(protocols: readonly string[]): string {
  return `ip6 and (${[IS_STUMP, HAS_EXTENSIONS, ...protocols].join(" or ")})`;
}

function icmpErrors(): string {
  return icmp([`ip6[${PAYLOAD}] < ${ICMPV6_FIRST_INFORMATION}`]);
}

function icmp(typeTests: readonly string[]): string {
  return ofProtocol(IP_PROTOCOL_ICMPV6, ICMP_HEADER_BYTES, [
    isCutAt(0),
    ...typeTests,
  ]);
}

/** Packets of a protocol that are too short for its header, or for which one of the tests is true. */
function ofProtocol(
  protocol: number,
  headerBytes: number,
  tests: readonly string[],
): string {
  const all = [`ip6[${IPV6_PAYLOAD_LENGTH}:2] < ${headerBytes}`, ...tests];
  return `(ip6[${IPV6_NEXT_HEADER}] = ${protocol} and (${all.join(" or ")}))`;
}

/** The byte at this place behind the header cannot be read. */
function isCutAt(place: number): string {
  return `len <= ${CAPTURED_HEADER_BYTES + PAYLOAD + place}`;
}
