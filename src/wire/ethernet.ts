import { readBytes, writeBytes } from "./bytes.ts";

/** Positions of the fields, from the start of the frame (IEEE 802.3, Ethernet II). */
export const ETHERNET_DESTINATION = 0;
/** 6 bytes. */
export const ETHERNET_SOURCE = 6;
/** 16 bits. */
export const ETHERNET_TYPE = 12;

/** Length of the header, and where the payload starts. */
export const ETHERNET_HEADER_BYTES = 14;
/** Length of a hardware address. */
export const MAC_BYTES = 6;

/** Values of `ETHERNET_TYPE` (IEEE registration authority). */
export const ETHERTYPE_IPV4 = 0x0800;
/** Address resolution. */
export const ETHERTYPE_ARP = 0x0806;
/** IPv6. */
export const ETHERTYPE_IPV6 = 0x86dd;
/** An 802.1Q tag of four bytes, which ends with the real type. */
export const ETHERTYPE_VLAN = 0x8100;

/** The fields of an Ethernet II header. */
export interface EthernetHeader {
  /** Hardware address of the receiver, 6 bytes. */
  readonly destination: Uint8Array;
  /** Hardware address of the sender, 6 bytes. */
  readonly source: Uint8Array;
  /** EtherType, such as `ETHERTYPE_IPV4`. */
  readonly type: number;
}

/** Writes a header of `ETHERNET_HEADER_BYTES` bytes. */
export function writeEthernetHeader(
  view: DataView,
  at: number,
  header: EthernetHeader,
): void {
  writeBytes(view, at + ETHERNET_DESTINATION, header.destination);
  writeBytes(view, at + ETHERNET_SOURCE, header.source);
  view.setUint16(at + ETHERNET_TYPE, header.type);
}

/** Reads a header; `null` when it does not lie whole between `at` and `end`. The addresses are copies. */
export function parseEthernetHeader(
  view: DataView,
  at: number,
  end: number,
): EthernetHeader | null {
  if (end - at < ETHERNET_HEADER_BYTES) return null;
  return {
    destination: readMac(view, at + ETHERNET_DESTINATION),
    source: readMac(view, at + ETHERNET_SOURCE),
    type: view.getUint16(at + ETHERNET_TYPE),
  };
}

/** Reads a hardware address of `MAC_BYTES` bytes into a new array. */
export function readMac(view: DataView, at: number): Uint8Array {
  return readBytes(view, at, at + MAC_BYTES);
}
