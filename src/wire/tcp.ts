import { writeBytes } from "./bytes.ts";
import { internetChecksum, pseudoHeaderSum } from "./checksum.ts";
import { IP_PROTOCOL_TCP } from "./ipv4.ts";

/** Positions of the fields, from the start of the header (RFC 9293 section 3.1). */
export const TCP_SOURCE_PORT = 0;
/** 16 bits. */
export const TCP_DESTINATION_PORT = 2;
/** 32 bits. */
export const TCP_SEQUENCE = 4;
/** 32 bits. */
export const TCP_ACKNOWLEDGEMENT = 8;
/** Header length in 32-bit words, upper four bits of the byte. */
export const TCP_DATA_OFFSET = 12;
/** 8 bits. */
export const TCP_FLAGS = 13;
/** 16 bits. */
export const TCP_WINDOW = 14;
/** 16 bits, over the pseudo header, the header and the data. */
export const TCP_CHECKSUM = 16;
/** 16 bits. */
export const TCP_URGENT = 18;

/** Length of a header without options, and where options start. */
export const TCP_HEADER_BYTES = 20;
/** Length of the longest header, options included. */
export const TCP_MAX_HEADER_BYTES = 60;

/** Bits of `TCP_FLAGS`. */
export const TCP_FIN = 0x01;
/** Synchronise sequence numbers. */
export const TCP_SYN = 0x02;
/** Reset the connection. */
export const TCP_RST = 0x04;
/** Push. */
export const TCP_PSH = 0x08;
/** The acknowledgement number is meant. */
export const TCP_ACK = 0x10;

/** The fields of a TCP header without its options. */
export interface TcpHeader {
  /** Port of the sender. */
  readonly sourcePort: number;
  /** Port of the receiver. */
  readonly destinationPort: number;
  /** Sequence number, 32 bits. */
  readonly sequence: number;
  /** Acknowledgement number, 32 bits. */
  readonly acknowledgement: number;
  /** Flags, such as `TCP_SYN`. */
  readonly flags: number;
  /** Receive window, not scaled. */
  readonly window: number;
}

/**
 * Writes a header with these options and checksum 0; see `writeTcpChecksum`. Returns the offset behind it.
 *
 * @param options a multiple of four bytes, 40 at most
 */
export function writeTcpHeader(
  view: DataView,
  at: number,
  header: TcpHeader,
  options: Uint8Array,
): number {
  const headerBytes = TCP_HEADER_BYTES + options.length;
  view.setUint16(at + TCP_SOURCE_PORT, header.sourcePort);
  view.setUint16(at + TCP_DESTINATION_PORT, header.destinationPort);
  view.setUint32(at + TCP_SEQUENCE, header.sequence);
  view.setUint32(at + TCP_ACKNOWLEDGEMENT, header.acknowledgement);
  view.setUint8(at + TCP_DATA_OFFSET, (headerBytes >> 2) << 4);
  view.setUint8(at + TCP_FLAGS, header.flags);
  view.setUint16(at + TCP_WINDOW, header.window);
  view.setUint16(at + TCP_CHECKSUM, 0);
  view.setUint16(at + TCP_URGENT, 0);
  writeBytes(view, at + TCP_HEADER_BYTES, options);
  return at + headerBytes;
}

/** Reads a header whatever its checksum; `null` when no whole header lies between `at` and `end`. */
export function parseTcpHeader(
  view: DataView,
  at: number,
  end: number,
): TcpHeader | null {
  if (tcpPayloadAt(view, at, end) < 0) return null;
  return {
    sourcePort: view.getUint16(at + TCP_SOURCE_PORT),
    destinationPort: view.getUint16(at + TCP_DESTINATION_PORT),
    sequence: view.getUint32(at + TCP_SEQUENCE),
    acknowledgement: view.getUint32(at + TCP_ACKNOWLEDGEMENT),
    flags: view.getUint8(at + TCP_FLAGS),
    window: view.getUint16(at + TCP_WINDOW),
  };
}

/** The offset behind the header, options included; -1 when it does not lie whole between `at` and `end`. */
export function tcpPayloadAt(view: DataView, at: number, end: number): number {
  if (end - at < TCP_HEADER_BYTES) return -1;
  const headerBytes = (view.getUint8(at + TCP_DATA_OFFSET) >> 4) << 2;
  return headerBytes < TCP_HEADER_BYTES || headerBytes > end - at
    ? -1
    : at + headerBytes;
}

/** The checksum of the segment from `at` to `end`, taken as it stands: 0 when it holds the right one. */
export function tcpChecksum(
  view: DataView,
  at: number,
  end: number,
  source: number,
  destination: number,
): number {
  const sum = pseudoHeaderSum(source, destination, IP_PROTOCOL_TCP, end - at);
  return internetChecksum(view, at, end - at, sum);
}

/** Computes and stores the checksum of the segment from `at` to `end`. */
export function writeTcpChecksum(
  view: DataView,
  at: number,
  end: number,
  source: number,
  destination: number,
): void {
  view.setUint16(at + TCP_CHECKSUM, 0);
  view.setUint16(
    at + TCP_CHECKSUM,
    tcpChecksum(view, at, end, source, destination),
  );
}
