import type { Column, Value } from "../base/mod.ts";
import {
  readBytes,
  UDP_DESTINATION_PORT,
  UDP_HEADER_BYTES,
  UDP_LENGTH,
  UDP_SOURCE_PORT,
} from "../wire/mod.ts";
import { udpDataEnd, udpReplyAt } from "./_udp.ts";
import type { Response } from "./probe.ts";

/** Ports of a UDP datagram; null for ICMP errors. */
export const UDP_PORT_COLUMNS: readonly Column<Response>[] = [
  {
    name: "sport",
    type: "int",
    description: "UDP source port: the port that was probed",
    read: ofDatagram((view, udp) => view.getUint16(udp + UDP_SOURCE_PORT)),
  },
  {
    name: "dport",
    type: "int",
    description: "UDP destination port: the scanner's port",
    read: ofDatagram((view, udp) => view.getUint16(udp + UDP_DESTINATION_PORT)),
  },
];

/** Length that a datagram states; null for ICMP errors. */
export const UDP_SIZE_COLUMN: Column<Response> = udpSizeColumn("udp_pkt_size");

/** The data of a datagram; null for ICMP errors and where there is none. */
export const UDP_DATA_COLUMN: Column<Response> = udpDataColumn("data");

/** A column of this name for the length that a datagram states. */
export function udpSizeColumn(name: string): Column<Response> {
  return {
    name,
    type: "int",
    description: "Length of the UDP datagram, its header included",
    read: ofDatagram((view, udp) => view.getUint16(udp + UDP_LENGTH)),
  };
}

/** A column of this name for the data of a datagram. */
export function udpDataColumn(name: string): Column<Response> {
  return {
    name,
    type: "binary",
    description: "Data of the UDP datagram, as far as captured",
    read: ofDatagram((view, udp, end) => {
      const dataEnd = udpDataEnd(view, udp, end);
      const dataAt = udp + UDP_HEADER_BYTES;
      return dataEnd > dataAt ? readBytes(view, dataAt, dataEnd) : null;
    }),
  };
}

/** A reader of a datagram's values, given the offset of its header; null for ICMP errors. */
export function ofDatagram(
  read: (view: DataView, udp: number, end: number) => Value,
): (response: Response) => Value {
  return ({ view, at, end }) => {
    const udp = udpReplyAt(view, at, end);
    return udp < 0 ? null : read(view, udp, end);
  };
}
