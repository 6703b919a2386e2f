// HOT PATH
import { ETHERTYPE_IPV4, ETHERTYPE_IPV6 } from "./ethernet.ts";
import { IPV4_FRAGMENT, ipv4PacketEnd } from "./ipv4.ts";
import { ipv6PacketEnd, isIpv6Fragment } from "./ipv6.ts";

/** Link types that can be decoded: `<pcap/dlt.h>`. */
export const DLT_NULL = 0;
/** Ethernet, `<pcap/dlt.h>`. */
export const DLT_EN10MB = 1;
/** IP packets without a link header, `<pcap/dlt.h>`. */
export const DLT_RAW = 12;
/** Linux cooked capture, `<pcap/dlt.h>`. */
export const DLT_LINUX_SLL = 113;

/** More fragments, or a fragment offset: RFC 791 3.1. */
const ANY_FRAGMENT = 0x3fff;

/** Offset of the IP header and of the EtherType (-1: none) for a link type. */
export interface LinkLayer {
  /** Offset of the IP header. */
  readonly headerBytes: number;
  /** Offset of the EtherType; -1 where there is none. */
  readonly etherTypeAt: number;
}

const LINK_LAYERS: ReadonlyMap<number, LinkLayer> = new Map([
  [DLT_NULL, { headerBytes: 4, etherTypeAt: -1 }],
  [DLT_EN10MB, { headerBytes: 14, etherTypeAt: 12 }],
  [DLT_RAW, { headerBytes: 0, etherTypeAt: -1 }],
  [DLT_LINUX_SLL, { headerBytes: 16, etherTypeAt: 14 }],
]);

/**
 * The layout of a link type.
 *
 * @throws {RangeError} when it is not one that can be decoded
 */
export function linkLayer(linkType: number): LinkLayer {
  const layer = LINK_LAYERS.get(linkType);
  if (layer === undefined) {
    throw new RangeError(`Cannot decode packets of link type ${linkType}`);
  }
  return layer;
}

/** What `checkIpv4` says of a packet of something else. */
export const NOT_IPV4: -1 = -1;
/** What `checkIpv6` says of a packet of something else. */
export const NOT_IPV6: -1 = -1;
/** A packet that contradicts itself, or is cut off. */
export const DAMAGED: -2 = -2;
/** A fragment of a packet. */
export const FRAGMENT: -3 = -3;

/**
 * Checks that a whole IPv4 header with believable lengths follows the link header, and returns the offset
 * behind the packet's last captured byte, or one of the reasons above.
 *
 * @param captured bytes that were captured
 * @param wireBytes bytes that the frame had on the wire
 */
export function checkIpv4(
  view: DataView,
  captured: number,
  wireBytes: number,
  layer: LinkLayer,
): number {
  const at = layer.headerBytes;
  if (captured <= at) return DAMAGED;
  const hasEtherType = layer.etherTypeAt >= 0;
  if (hasEtherType && view.getUint16(layer.etherTypeAt) !== ETHERTYPE_IPV4) {
    return NOT_IPV4;
  }
  if (!hasEtherType && view.getUint8(at) >>> 4 !== 4) return NOT_IPV4;
  const end = ipv4PacketEnd(view, at, captured, wireBytes);
  if (end < 0) return DAMAGED;
  return (view.getUint16(at + IPV4_FRAGMENT) & ANY_FRAGMENT) === 0
    ? end
    : FRAGMENT;
}

/**
 * Checks that a whole IPv6 header with a believable length follows the link header, and returns the offset behind
 * the packet's last captured byte, or one of the reasons above.
 *
 * @param captured bytes that were captured
 * @param wireBytes bytes that the frame had on the wire
 */
export function checkIpv6(
  view: DataView,
  captured: number,
  wireBytes: number,
  layer: LinkLayer,
): number {
  const at = layer.headerBytes;
  if (captured <= at) return DAMAGED;
  const hasEtherType = layer.etherTypeAt >= 0;
  if (hasEtherType && view.getUint16(layer.etherTypeAt) !== ETHERTYPE_IPV6) {
    return NOT_IPV6;
  }
  if (!hasEtherType && view.getUint8(at) >>> 4 !== 6) return NOT_IPV6;
  const end = ipv6PacketEnd(view, at, captured, wireBytes);
  if (end < 0) return DAMAGED;
  return isIpv6Fragment(view, at, end) ? FRAGMENT : end;
}

/** The IP version that a captured frame states, whatever else is wrong with it; 0 when it states neither 4 nor 6. */
export function ipVersion(
  view: DataView,
  captured: number,
  layer: LinkLayer,
): 0 | 4 | 6 {
  const { etherTypeAt, headerBytes } = layer;
  if (captured <= headerBytes) return 0;
  if (etherTypeAt >= 0) {
    const type = view.getUint16(etherTypeAt);
    return type === ETHERTYPE_IPV4 ? 4 : type === ETHERTYPE_IPV6 ? 6 : 0;
  }
  const version = view.getUint8(headerBytes) >>> 4;
  return version === 4 || version === 6 ? version : 0;
}
