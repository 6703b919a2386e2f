/** Length of the header of a capture file (pcap-savefile(5)). */
export const PCAP_FILE_HEADER_BYTES = 24;
/** Length of what stands in front of each packet. */
export const PCAP_RECORD_HEADER_BYTES = 16;
/** Packets begin with their Ethernet header: LINKTYPE_ETHERNET. */
export const LINK_TYPE_ETHERNET = 1;
/** Packets begin with their IP header, of either version: LINKTYPE_RAW. */
export const LINK_TYPE_RAW = 101;

/** Magic of files whose times are seconds and microseconds. */
const MAGIC = 0xa1b2c3d4;
const VERSION_MAJOR = 2;
const VERSION_MINOR = 4;
const SNAP_LENGTH_BYTES = 65535;
const LINK_TYPE_AT = 20;
const CAPTURED_AT = 8;

/** The header of a capture file, in little-endian order. */
export function pcapFileHeader(linkType: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(PCAP_FILE_HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint16(4, VERSION_MAJOR, true);
  view.setUint16(6, VERSION_MINOR, true);
  view.setUint32(16, SNAP_LENGTH_BYTES, true);
  view.setUint32(LINK_TYPE_AT, linkType, true);
  return bytes;
}

/** Whether bytes begin with such a header, for packets of this kind. */
export function isPcapFile(bytes: Uint8Array, linkType: number): boolean {
  const header = pcapFileHeader(linkType);
  return header.every((byte, at) => bytes[at] === byte);
}

/** Writes what stands in front of a packet: its time, the bytes that follow, and those that it had. */
export function writePcapRecordHeader(
  view: DataView,
  at: number,
  seconds: number,
  microseconds: number,
  capturedBytes: number,
  packetBytes: number,
): void {
  view.setUint32(at, seconds, true);
  view.setUint32(at + 4, microseconds, true);
  view.setUint32(at + CAPTURED_AT, capturedBytes, true);
  view.setUint32(at + 12, packetBytes, true);
}

/** Bytes that follow the header of the record at `at`. */
export function pcapCapturedBytes(view: DataView, at: number): number {
  return view.getUint32(at + CAPTURED_AT, true);
}
