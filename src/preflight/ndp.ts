import { LinkSocket } from "../../ffi/link_socket.ts";
import {
  IPV6_WORDS,
  type Ipv6Address,
  ipv6OfWords,
  storeIpv6,
} from "../base/mod.ts";
import { IPV6_FAMILY } from "../link/mod.ts";
import {
  ETHERNET_HEADER_BYTES,
  type EthernetHeader,
  ETHERTYPE_IPV6,
  icmpv6Checksum,
  IP_PROTOCOL_ICMPV6,
  IPV6_HEADER_BYTES,
  type Ipv6Header,
  ipv6PacketEnd,
  ipv6PayloadAt,
  multicastMac,
  NDP_ADVERTISEMENT,
  NDP_BYTES,
  NDP_HOP_LIMIT,
  NDP_SOLICITATION,
  NDP_SOLICITED,
  type NeighborMessage,
  parseEthernetHeader,
  parseIpv6Header,
  parseNeighborMessage,
  solicitedNodeAddress,
  writeEthernetHeader,
  writeIpv6Header,
  writeNeighborMessage,
} from "../wire/mod.ts";
import {
  isSameMac,
  isUnicast,
  type NeighbourProtocol,
  type NeighbourQuestion,
  type NeighbourReply,
  type NeighbourWord,
} from "./neighbour_protocol.ts";

const REQUEST_BYTES = ETHERNET_HEADER_BYTES + IPV6_HEADER_BYTES + NDP_BYTES;

/** Neighbour discovery of IPv6 (RFC 4861 section 7). */
export const NDP: NeighbourProtocol<Ipv6Address> = {
  family: IPV6_FAMILY,
  requestsName: "neighbour solicitations",
  requestBytes: REQUEST_BYTES,
  open: (interfaceIndex) => LinkSocket.openNdp(interfaceIndex),
  buildRequest,
  readReply,
  readWord,
};

/** A solicitation to the group that the neighbour listens to. */
function buildRequest(
  question: NeighbourQuestion<Ipv6Address>,
): Uint8Array<ArrayBuffer> {
  const { sourceAddress, sourceMac, targetAddress } = question;
  const target = wordsOf(targetAddress);
  const pair = {
    source: wordsOf(sourceAddress),
    destination: solicitedNodeAddress(target),
  };
  const frame = new Uint8Array(REQUEST_BYTES);
  const view = new DataView(frame.buffer);
  writeEthernetHeader(view, 0, {
    destination: multicastMac(pair.destination),
    source: sourceMac,
    type: ETHERTYPE_IPV6,
  });
  const messageAt = writeIpv6Header(view, ETHERNET_HEADER_BYTES, {
    trafficClass: 0,
    flowLabel: 0,
    payloadBytes: NDP_BYTES,
    nextHeader: IP_PROTOCOL_ICMPV6,
    hopLimit: NDP_HOP_LIMIT,
    ...pair,
  });
  writeNeighborMessage(view, messageAt, {
    type: NDP_SOLICITATION,
    flags: 0,
    target,
    mac: sourceMac,
  }, pair);
  return frame;
}

function readReply(
  view: DataView,
  end: number,
  sourceMac: Uint8Array,
): NeighbourReply<Ipv6Address> | null {
  const found = readMessage(view, end);
  if (found === null) return null;
  const { ethernet, message, packet } = found;
  const word = wordOf(packet, message);
  return word !== null && message.type === NDP_ADVERTISEMENT &&
      (message.flags & NDP_SOLICITED) !== 0 &&
      isSameMac(ethernet.destination, sourceMac)
    ? { ...word, asker: ipv6OfWords(packet.destination, 0) }
    : null;
}

/** Advertisements, solicited or not, and solicitations, which tell where their sender is. */
function readWord(
  view: DataView,
  end: number,
): NeighbourWord<Ipv6Address> | null {
  const found = readMessage(view, end);
  return found === null ? null : wordOf(found.packet, found.message);
}

/** Whose hardware address a message gives: of the target in an advertisement, of the sender in a solicitation. */
function wordOf(
  { source }: Ipv6Header,
  { mac, target, type }: NeighborMessage,
): NeighbourWord<Ipv6Address> | null {
  if (mac === null || !isUnicast(mac)) return null;
  const owner = type === NDP_ADVERTISEMENT ? target : source;
  return { address: ipv6OfWords(owner, 0), mac };
}

/** A neighbour discovery message that has passed the checks of RFC 4861 section 7.1; null for all other frames. */
function readMessage(
  view: DataView,
  end: number,
): {
  readonly ethernet: EthernetHeader;
  readonly packet: Ipv6Header;
  readonly message: NeighborMessage;
} | null {
  const ethernet = parseEthernetHeader(view, 0, end);
  if (ethernet?.type !== ETHERTYPE_IPV6) return null;
  const at = ETHERNET_HEADER_BYTES;
  const packetEnd = ipv6PacketEnd(view, at, end, end);
  if (packetEnd < 0) return null;
  const packet = parseIpv6Header(view, at, packetEnd);
  const messageAt = ipv6PayloadAt(view, at, packetEnd, IP_PROTOCOL_ICMPV6);
  if (packet === null || messageAt < 0) return null;
  if (packet.hopLimit !== NDP_HOP_LIMIT) return null;
  if (icmpv6Checksum(view, messageAt, packetEnd, packet) !== 0) return null;
  const message = parseNeighborMessage(view, messageAt, packetEnd);
  return message === null ? null : { ethernet, packet, message };
}

function wordsOf(address: Ipv6Address): Uint32Array {
  const words = new Uint32Array(IPV6_WORDS);
  storeIpv6(address, words, 0);
  return words;
}
