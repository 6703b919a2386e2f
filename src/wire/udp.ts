import { internetChecksum, pseudoHeaderSum } from "./checksum.ts";
import { IP_PROTOCOL_UDP } from "./ipv4.ts";

/** Positions of the fields, from the start of the header (RFC 768). */
export const UDP_SOURCE_PORT = 0;
/** 16 bits. */
export const UDP_DESTINATION_PORT = 2;
/** Header and data together, 16 bits. */
export const UDP_LENGTH = 4;
/** 16 bits, over the pseudo header, the header and the data; 0 when the sender made none. */
export const UDP_CHECKSUM = 6;

/** Length of the header, and where data starts. */
export const UDP_HEADER_BYTES = 8;

/** The fields of a UDP header. */
export interface UdpHeader {
  /** Port of the sender. */
  readonly sourcePort: number;
  /** Port of the receiver. */
  readonly destinationPort: number;
  /** Header and data together. */
  readonly lengthBytes: number;
}

/** Writes a header of `UDP_HEADER_BYTES` bytes, without a checksum. */
export function writeUdpHeader(
  view: DataView,
  at: number,
  header: UdpHeader,
): void {
  view.setUint16(at + UDP_SOURCE_PORT, header.sourcePort);
  view.setUint16(at + UDP_DESTINATION_PORT, header.destinationPort);
  view.setUint16(at + UDP_LENGTH, header.lengthBytes);
  view.setUint16(at + UDP_CHECKSUM, 0);
}

/**
 * Reads a header whatever its checksum; `null` when no whole header lies between `at` and `end`, or the
 * length it states is below its own or reaches behind `end`.
 */
export function parseUdpHeader(
  view: DataView,
  at: number,
  end: number,
): UdpHeader | null {
  if (end - at < UDP_HEADER_BYTES) return null;
  const lengthBytes = view.getUint16(at + UDP_LENGTH);
  if (lengthBytes < UDP_HEADER_BYTES || lengthBytes > end - at) return null;
  return {
    sourcePort: view.getUint16(at + UDP_SOURCE_PORT),
    destinationPort: view.getUint16(at + UDP_DESTINATION_PORT),
    lengthBytes,
  };
}

/** Computes and stores the checksum of the datagram from `at` to `end`; a zero becomes 0xffff, as 0 means none. */
export function writeUdpChecksum(
  view: DataView,
  at: number,
  end: number,
  source: number,
  destination: number,
): void {
  view.setUint16(at + UDP_CHECKSUM, 0);
  const sum = pseudoHeaderSum(source, destination, IP_PROTOCOL_UDP, end - at);
  view.setUint16(
    at + UDP_CHECKSUM,
    internetChecksum(view, at, end - at, sum) || 0xffff,
  );
}
