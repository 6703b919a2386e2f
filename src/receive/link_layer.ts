// HOT PATH
/** Link types that can be decoded: `<pcap/dlt.h>`. */
export const DLT_NULL = 0;
export const DLT_EN10MB = 1;
export const DLT_RAW = 12;
export const DLT_LINUX_SLL = 113;

const ETHERTYPE_IPV4 = 0x0800;

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
 * Checks that a whole IPv4 header (RFC 791 3.1) with believable lengths follows the link header, and
 * returns the offset behind the packet's last usable byte, or one of the reasons above.
 */
export function checkIpv4(
  view: DataView,
  captured: number,
  layer: LinkLayer,
): number {
  const at = layer.headerBytes;
  if (captured < at + 1) return DAMAGED;
  if (
    layer.etherTypeAt >= 0 &&
    view.getUint16(layer.etherTypeAt) !== ETHERTYPE_IPV4
  ) {
    return NOT_IPV4;
  }
  const first = view.getUint8(at);
  if (first >>> 4 !== 4) return layer.etherTypeAt >= 0 ? DAMAGED : NOT_IPV4;
  const headerBytes = (first & 15) * 4;
  if (headerBytes < 20 || captured < at + headerBytes) return DAMAGED;
  const totalBytes = view.getUint16(at + 2);
  if (totalBytes < headerBytes) return DAMAGED;
  if ((view.getUint16(at + 6) & 0x3fff) !== 0) return FRAGMENT;
  return at + totalBytes < captured ? at + totalBytes : captured;
}
