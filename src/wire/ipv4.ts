// HOT PATH: ipv4PayloadAt(), ipv4PacketEnd() and isLaterFragment() run per packet received.

import { internetChecksum } from "./checksum.ts";

/** Positions of the fields, from the start of the header (RFC 791 section 3.1). */
export const IPV4_TYPE_OF_SERVICE = 1;
/** Header and payload together, 16 bits. */
export const IPV4_TOTAL_LENGTH = 2;
/** 16 bits. */
export const IPV4_ID = 4;
/** Flags and fragment offset, 16 bits. */
export const IPV4_FRAGMENT = 6;
/** 8 bits. */
export const IPV4_TTL = 8;
/** 8 bits. */
export const IPV4_PROTOCOL = 9;
/** 16 bits, over the header alone. */
export const IPV4_CHECKSUM = 10;
/** 32 bits. */
export const IPV4_SOURCE = 12;
/** 32 bits. */
export const IPV4_DESTINATION = 16;

/** Length of a header without options. */
export const IPV4_HEADER_BYTES = 20;
/** Length of the longest header, options included. */
export const IPV4_MAX_HEADER_BYTES = 60;

/** Values of `IPV4_PROTOCOL` (IANA protocol numbers). */
export const IP_PROTOCOL_ICMP = 1;
/** IPv4 in IPv4 (RFC 2003). */
export const IP_PROTOCOL_IPIP = 4;
/** TCP. */
export const IP_PROTOCOL_TCP = 6;
/** UDP. */
export const IP_PROTOCOL_UDP = 17;

const VERSION_4 = 4;
const DONT_FRAGMENT = 0x4000;
const MORE_FRAGMENTS = 0x2000;
const FRAGMENT_OFFSET_MASK = 0x1fff;

/** The fields of an IPv4 header. Addresses in host order. */
export interface Ipv4Header {
  /** The byte of DSCP and ECN, RFC 2474. */
  readonly typeOfService: number;
  /** Header and payload together. */
  readonly totalBytes: number;
  /** Identification, 16 bits. */
  readonly id: number;
  /** Whether DF is not set. */
  readonly mayFragment: boolean;
  /** Whether MF is set. */
  readonly hasMoreFragments: boolean;
  /** Offset of this fragment, a multiple of 8. */
  readonly fragmentBytes: number;
  /** Time to live. */
  readonly ttl: number;
  /** Protocol of the payload, such as `IP_PROTOCOL_TCP`. */
  readonly protocol: number;
  /** Address of the sender. */
  readonly source: number;
  /** Address of the receiver. */
  readonly destination: number;
}

/** Writes a header without options, checksum included. Returns the offset behind it. */
export function writeIpv4Header(
  view: DataView,
  at: number,
  header: Ipv4Header,
): number {
  view.setUint8(at, (VERSION_4 << 4) | (IPV4_HEADER_BYTES / 4));
  view.setUint8(at + IPV4_TYPE_OF_SERVICE, header.typeOfService);
  view.setUint16(at + IPV4_TOTAL_LENGTH, header.totalBytes);
  view.setUint16(at + IPV4_ID, header.id);
  view.setUint16(
    at + IPV4_FRAGMENT,
    (header.mayFragment ? 0 : DONT_FRAGMENT) |
      (header.hasMoreFragments ? MORE_FRAGMENTS : 0) |
      (header.fragmentBytes >>> 3),
  );
  view.setUint8(at + IPV4_TTL, header.ttl);
  view.setUint8(at + IPV4_PROTOCOL, header.protocol);
  view.setUint16(at + IPV4_CHECKSUM, 0);
  view.setUint32(at + IPV4_SOURCE, header.source);
  view.setUint32(at + IPV4_DESTINATION, header.destination);
  view.setUint16(
    at + IPV4_CHECKSUM,
    internetChecksum(view, at, IPV4_HEADER_BYTES),
  );
  return at + IPV4_HEADER_BYTES;
}

/** Reads a header whatever its checksum; `null` when no whole header lies between `at` and `end`. */
export function parseIpv4Header(
  view: DataView,
  at: number,
  end: number,
): Ipv4Header | null {
  if (ipv4PayloadAt(view, at, end) < 0) return null;
  const fragment = view.getUint16(at + IPV4_FRAGMENT);
  return {
    typeOfService: view.getUint8(at + IPV4_TYPE_OF_SERVICE),
    totalBytes: view.getUint16(at + IPV4_TOTAL_LENGTH),
    id: view.getUint16(at + IPV4_ID),
    mayFragment: (fragment & DONT_FRAGMENT) === 0,
    hasMoreFragments: (fragment & MORE_FRAGMENTS) !== 0,
    fragmentBytes: (fragment & FRAGMENT_OFFSET_MASK) << 3,
    ttl: view.getUint8(at + IPV4_TTL),
    protocol: view.getUint8(at + IPV4_PROTOCOL),
    source: view.getUint32(at + IPV4_SOURCE),
    destination: view.getUint32(at + IPV4_DESTINATION),
  };
}

/**
 * The offset behind the header, options included; -1 when the bytes from `at` to `end` do not hold a
 * whole IPv4 header.
 */
export function ipv4PayloadAt(view: DataView, at: number, end: number): number {
  if (end - at < IPV4_HEADER_BYTES) return -1;
  const versionAndLength = view.getUint8(at);
  const headerBytes = (versionAndLength & 15) << 2;
  if (versionAndLength >> 4 !== VERSION_4 || headerBytes < IPV4_HEADER_BYTES) {
    return -1;
  }
  return headerBytes > end - at ? -1 : at + headerBytes;
}

/**
 * The offset behind the packet's last byte that was captured, link-layer padding excluded; -1 for a
 * packet that is damaged: no whole header, or a total length below the header's or above what the wire
 * carried.
 *
 * @param capturedEnd offset behind the last captured byte
 * @param wireEnd offset behind the last byte that the frame had on the wire
 */
export function ipv4PacketEnd(
  view: DataView,
  at: number,
  capturedEnd: number,
  wireEnd: number,
): number {
  const payloadAt = ipv4PayloadAt(view, at, capturedEnd);
  if (payloadAt < 0) return -1;
  const packetEnd = at + view.getUint16(at + IPV4_TOTAL_LENGTH);
  if (packetEnd < payloadAt || packetEnd > wireEnd) return -1;
  return packetEnd < capturedEnd ? packetEnd : capturedEnd;
}

/** Whether this is a fragment other than the first, whose payload does not start with a header. */
export function isLaterFragment(view: DataView, at: number): boolean {
  return (view.getUint16(at + IPV4_FRAGMENT) & FRAGMENT_OFFSET_MASK) !== 0;
}
