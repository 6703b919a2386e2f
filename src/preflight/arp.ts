import { LinkSocket } from "../../ffi/link_socket.ts";
import type { Ipv4Address } from "../base/mod.ts";
import { IPV4_FAMILY } from "../link/mod.ts";
import {
  ARP_BYTES,
  ARP_REPLY,
  ARP_REQUEST,
  type ArpMessage,
  ETHERNET_HEADER_BYTES,
  ETHERTYPE_ARP,
  MAC_BYTES,
  parseArp,
  parseEthernetHeader,
  writeArp,
  writeEthernetHeader,
} from "../wire/mod.ts";
import {
  isSameMac,
  isUnicast,
  type NeighbourProtocol,
  type NeighbourQuestion,
  type NeighbourReply,
  type NeighbourWord,
} from "./neighbour_protocol.ts";

const BROADCAST_MAC = new Uint8Array(MAC_BYTES).fill(0xff);
const REQUEST_BYTES = ETHERNET_HEADER_BYTES + ARP_BYTES;

/** Address resolution of IPv4 (RFC 826). */
export const ARP: NeighbourProtocol<Ipv4Address> = {
  family: IPV4_FAMILY,
  requestsName: "ARP requests",
  requestBytes: REQUEST_BYTES,
  open: (interfaceIndex) => LinkSocket.openArp(interfaceIndex),
  buildRequest,
  readReply,
  readWord,
};

function buildRequest(
  question: NeighbourQuestion<Ipv4Address>,
): Uint8Array<ArrayBuffer> {
  const { sourceAddress, sourceMac, targetAddress } = question;
  const frame = new Uint8Array(REQUEST_BYTES);
  const view = new DataView(frame.buffer);
  writeEthernetHeader(view, 0, {
    destination: BROADCAST_MAC,
    source: sourceMac,
    type: ETHERTYPE_ARP,
  });
  writeArp(view, ETHERNET_HEADER_BYTES, {
    operation: ARP_REQUEST,
    senderMac: sourceMac,
    senderAddress: sourceAddress,
    targetMac: new Uint8Array(MAC_BYTES),
    targetAddress,
  });
  return frame;
}

function readReply(
  view: DataView,
  end: number,
  sourceMac: Uint8Array,
): NeighbourReply<Ipv4Address> | null {
  const message = readMessage(view, end);
  return message !== null && message.operation === ARP_REPLY &&
      isSameMac(message.targetMac, sourceMac)
    ? {
      address: message.senderAddress,
      mac: message.senderMac,
      asker: message.targetAddress,
    }
    : null;
}

/** Answers, requests and announcements (RFC 5227 3) alike. */
function readWord(
  view: DataView,
  end: number,
): NeighbourWord<Ipv4Address> | null {
  const message = readMessage(view, end);
  return message === null
    ? null
    : { address: message.senderAddress, mac: message.senderMac };
}

function readMessage(view: DataView, end: number): ArpMessage | null {
  if (parseEthernetHeader(view, 0, end)?.type !== ETHERTYPE_ARP) return null;
  const message = parseArp(view, ETHERNET_HEADER_BYTES, end);
  return message !== null && isUnicast(message.senderMac) ? message : null;
}
