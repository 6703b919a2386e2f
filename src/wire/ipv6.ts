// HOT PATH: ipv6PayloadAt(), ipv6PacketEnd() and isIpv6Fragment() run per packet received.

/** Positions of the fields, from the start of the header (RFC 8200 section 3). */
export const IPV6_FLOW = 0;
/** Length of everything behind the header, extension headers included; 16 bits. */
export const IPV6_PAYLOAD_LENGTH = 4;
/** Protocol number of what follows the header, 8 bits. */
export const IPV6_NEXT_HEADER = 6;
/** 8 bits. */
export const IPV6_HOP_LIMIT = 7;
/** 16 bytes. */
export const IPV6_SOURCE = 8;
/** 16 bytes. */
export const IPV6_DESTINATION = 24;

/** Length of the header, which is always the same. */
export const IPV6_HEADER_BYTES = 40;
/** Length of an address. */
export const IPV6_ADDRESS_BYTES = 16;
/** 32-bit words of an address. */
export const IPV6_ADDRESS_WORDS = 4;

/** ICMPv6 as a protocol number (RFC 4443). */
export const IP_PROTOCOL_ICMPV6 = 58;

/** Extension headers that are skipped (RFC 8200 section 4, RFC 4302 2.1, RFC 6275 6.1.1, RFC 7401 5.1, RFC 5533 5.1). */
export const IPV6_HOP_BY_HOP = 0;
/** Routing. */
export const IPV6_ROUTING = 43;
/** Fragment. */
export const IPV6_FRAGMENT = 44;
/** Authentication; its length counts 4-byte units. */
export const IPV6_AUTHENTICATION = 51;
/** Destination options. */
export const IPV6_DESTINATION_OPTIONS = 60;
/** Mobility. */
export const IPV6_MOBILITY = 135;
/** Host identity protocol. */
export const IPV6_HOST_IDENTITY = 139;
/** Shim6. */
export const IPV6_SHIM6 = 140;

/**
 * Most extension headers of a packet that are skipped, and most bytes that they take together. Who sends more
 * is not understood; so no packet costs more than a fixed time.
 */
export const IPV6_MAX_EXTENSIONS = 8;
/** See `IPV6_MAX_EXTENSIONS`. */
export const IPV6_MAX_EXTENSION_BYTES = 256;

/** Length of a fragment header, and of the shortest of all other extension headers. */
export const IPV6_FRAGMENT_BYTES = 8;
/** Position of offset and flag in a fragment header, 16 bits. */
const FRAGMENT_OFFSET = 2;
/** Offset of the fragment, and the flag for more fragments. */
const FRAGMENT_MASK = 0xfff9;

const VERSION_6 = 6;
const EXTENSION_UNIT_BYTES = 8;
const AUTHENTICATION_UNIT_BYTES = 4;
const AUTHENTICATION_LEAST_UNITS = 2;

/** The fields of an IPv6 header. Addresses are four words each, most significant first. */
export interface Ipv6Header {
  /** The byte of DSCP and ECN, RFC 2474. */
  readonly trafficClass: number;
  /** 20 bits. */
  readonly flowLabel: number;
  /** Everything behind the header. */
  readonly payloadBytes: number;
  /** What follows the header: a protocol or an extension. */
  readonly nextHeader: number;
  /** Hop limit. */
  readonly hopLimit: number;
  /** Four words, most significant first. */
  readonly source: Uint32Array;
  /** Four words, most significant first. */
  readonly destination: Uint32Array;
}

/** Writes a header. Returns the offset behind it. */
export function writeIpv6Header(
  view: DataView,
  at: number,
  header: Ipv6Header,
): number {
  view.setUint32(
    at + IPV6_FLOW,
    ((VERSION_6 << 28) | (header.trafficClass << 20) | header.flowLabel) >>> 0,
  );
  view.setUint16(at + IPV6_PAYLOAD_LENGTH, header.payloadBytes);
  view.setUint8(at + IPV6_NEXT_HEADER, header.nextHeader);
  view.setUint8(at + IPV6_HOP_LIMIT, header.hopLimit);
  writeIpv6Address(view, at + IPV6_SOURCE, header.source);
  writeIpv6Address(view, at + IPV6_DESTINATION, header.destination);
  return at + IPV6_HEADER_BYTES;
}

/** Reads a header; `null` when no whole header lies between `at` and `end`. */
export function parseIpv6Header(
  view: DataView,
  at: number,
  end: number,
): Ipv6Header | null {
  if (!hasIpv6Header(view, at, end)) return null;
  const flow = view.getUint32(at + IPV6_FLOW);
  return {
    trafficClass: (flow >>> 20) & 0xff,
    flowLabel: flow & 0xf_ffff,
    payloadBytes: view.getUint16(at + IPV6_PAYLOAD_LENGTH),
    nextHeader: view.getUint8(at + IPV6_NEXT_HEADER),
    hopLimit: view.getUint8(at + IPV6_HOP_LIMIT),
    source: readIpv6Address(view, at + IPV6_SOURCE),
    destination: readIpv6Address(view, at + IPV6_DESTINATION),
  };
}

/** Writes the four words of an address. */
export function writeIpv6Address(
  view: DataView,
  at: number,
  words: Uint32Array,
): void {
  for (let i = 0; i < IPV6_ADDRESS_WORDS; i++) {
    view.setUint32(at + 4 * i, words[i]!);
  }
}

/** Reads the four words of an address into a new array. */
export function readIpv6Address(view: DataView, at: number): Uint32Array {
  const words = new Uint32Array(IPV6_ADDRESS_WORDS);
  for (let i = 0; i < IPV6_ADDRESS_WORDS; i++) {
    words[i] = view.getUint32(at + 4 * i);
  }
  return words;
}

/** Whether a whole IPv6 header lies between `at` and `end`. */
export function hasIpv6Header(
  view: DataView,
  at: number,
  end: number,
): boolean {
  return end - at >= IPV6_HEADER_BYTES && view.getUint8(at) >>> 4 === VERSION_6;
}

/**
 * The offset of what this protocol put into the packet at `at`, behind all extension headers; -1 when the packet
 * is of another protocol, is a fragment other than the first, has more extension headers than are skipped, or
 * when they or the IPv6 header do not lie whole between `at` and `end`.
 */
export function ipv6PayloadAt(
  view: DataView,
  at: number,
  end: number,
  protocol: number,
): number {
  if (!hasIpv6Header(view, at, end)) return -1;
  const payloadAt = at + IPV6_HEADER_BYTES;
  const next = view.getUint8(at + IPV6_NEXT_HEADER);
  return next === protocol
    ? payloadAt
    : skipExtensions(view, payloadAt, end, next, protocol);
}

/**
 * The offset of the first header of type `wanted` in a chain of extension headers that begins at `at` with type
 * `first`; -1 when there is none, or one before it is of unknown type, is cut, or is beyond the bounds.
 */
function skipExtensions(
  view: DataView,
  at: number,
  end: number,
  first: number,
  wanted: number,
): number {
  let header = at;
  let next = first;
  for (let count = 0; next !== wanted; count++) {
    if (count === IPV6_MAX_EXTENSIONS) return -1;
    if (end - header < EXTENSION_UNIT_BYTES) return -1;
    if (next === IPV6_FRAGMENT) {
      // Behind the header of a later fragment there is no header of the protocol that it names.
      if (view.getUint16(header + FRAGMENT_OFFSET) >>> 3 !== 0) return -1;
    }
    const lengthBytes = extensionBytes(view, header, next);
    next = view.getUint8(header);
    header += lengthBytes;
    if (
      lengthBytes === 0 || header > end ||
      header - at > IPV6_MAX_EXTENSION_BYTES
    ) return -1;
  }
  return header;
}

/** Length of the extension header at `at`; 0 when this type is none that can be skipped. */
function extensionBytes(view: DataView, at: number, type: number): number {
  switch (type) {
    case IPV6_FRAGMENT:
      return IPV6_FRAGMENT_BYTES;
    case IPV6_HOP_BY_HOP:
    case IPV6_ROUTING:
    case IPV6_DESTINATION_OPTIONS:
    case IPV6_MOBILITY:
    case IPV6_HOST_IDENTITY:
    case IPV6_SHIM6:
      return (view.getUint8(at + 1) + 1) * EXTENSION_UNIT_BYTES;
    case IPV6_AUTHENTICATION:
      return (view.getUint8(at + 1) + AUTHENTICATION_LEAST_UNITS) *
        AUTHENTICATION_UNIT_BYTES;
    default:
      return 0;
  }
}

/**
 * Whether the packet is one of several fragments, the first included, as far as that can be seen. A fragment
 * header with neither offset nor more fragments makes none (RFC 6946).
 */
export function isIpv6Fragment(
  view: DataView,
  at: number,
  end: number,
): boolean {
  if (!hasIpv6Header(view, at, end)) return false;
  const header = ipv6PayloadAt(view, at, end, IPV6_FRAGMENT);
  return header >= 0 && header + IPV6_FRAGMENT_BYTES <= end &&
    (view.getUint16(header + FRAGMENT_OFFSET) & FRAGMENT_MASK) !== 0;
}

/**
 * The offset behind the packet's last byte that was captured, link-layer padding excluded; -1 for a packet that is
 * damaged: no whole header, or a payload length above what the wire carried.
 *
 * @param capturedEnd offset behind the last captured byte
 * @param wireEnd offset behind the last byte that the frame had on the wire
 */
export function ipv6PacketEnd(
  view: DataView,
  at: number,
  capturedEnd: number,
  wireEnd: number,
): number {
  if (!hasIpv6Header(view, at, capturedEnd)) return -1;
  const packetEnd = at + IPV6_HEADER_BYTES +
    view.getUint16(at + IPV6_PAYLOAD_LENGTH);
  if (packetEnd > wireEnd) return -1;
  return packetEnd < capturedEnd ? packetEnd : capturedEnd;
}
