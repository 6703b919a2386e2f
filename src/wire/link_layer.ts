// HOT PATH
import { ETHERTYPE_IPV4 } from "./ethernet.ts";
import { IPV4_FRAGMENT, ipv4PacketEnd } from "./ipv4.ts";

/** Link types that can be decoded: `<pcap/dlt.h>`. */
export const DLT_NULL = 0;
export const DLT_EN10MB = 1;
export const DLT_RAW = 12;
export const DLT_LINUX_SLL = 113;

/** More fragments, or a fragment offset: RFC 791 3.1. */
const ANY_FRAGMENT = 0x3fff;

/** Offset of the IP header and of the EtherType (-1: none) for a link type. */
export interface LinkLayer {
  readonly headerBytes: number;
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

/** What `checkIpv4` says of a packet that is not usable. */
export const NOT_IPV4 = -1;
export const DAMAGED = -2;
export const FRAGMENT = -3;

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
