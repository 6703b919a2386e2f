import type { Probe } from "../probe/mod.ts";
import {
  ICMP_ECHO_REPLY,
  ICMP_HEADER_BYTES,
  ICMP_ID,
  ICMP_SEQUENCE,
  IP_PROTOCOL_ICMP,
  IP_PROTOCOL_IPIP,
  IP_PROTOCOL_TCP,
  IP_PROTOCOL_UDP,
  IPV4_HEADER_BYTES,
  parseIpv4Header,
  parseTcpHeader,
  TCP_ACK,
  TCP_HEADER_BYTES,
  TCP_RST,
  TCP_SYN,
  UDP_DESTINATION_PORT,
  UDP_HEADER_BYTES,
  UDP_SOURCE_PORT,
  writeBytes,
  writeIcmpEcho,
  writeIpv4Header,
  writeTcpChecksum,
  writeTcpHeader,
  writeUdpChecksum,
  writeUdpHeader,
} from "../wire/mod.ts";

const TTL = 64;
const WINDOW = 64_240;
/** First sequence number of a host that accepts: any will do. */
const SEQUENCE = 0;
const NO_OPTIONS = new Uint8Array(0);

/** A probe's packet, and who answers it. */
interface Question {
  readonly packet: Uint8Array;
  readonly view: DataView;
  readonly source: number;
  readonly destination: number;
}

/**
 * The packet with which a host that has what the probe looks for answers it: a SYN-ACK, or a reset where the
 * probe acknowledges; an echo reply; a datagram; the packet that was inside of another. It passes validation,
 * and all its checksums are right. Null for a packet of any other protocol.
 *
 * @param packet from its IPv4 header on
 */
export function makeAnswer(
  probe: Probe,
  packet: Uint8Array,
): Uint8Array | null {
  const view = new DataView(
    packet.buffer,
    packet.byteOffset,
    packet.byteLength,
  );
  const header = parseIpv4Header(view, 0, packet.length);
  if (header === null) return null;
  const { destination, protocol, source } = header;
  const question: Question = { packet, view, source, destination };
  switch (protocol) {
    case IP_PROTOCOL_TCP:
      return tcpAnswer(question);
    case IP_PROTOCOL_UDP:
      return udpAnswer(question, probe);
    case IP_PROTOCOL_ICMP:
      return echoReply(question);
    case IP_PROTOCOL_IPIP:
      return packet.slice(IPV4_HEADER_BYTES);
    default:
      return null;
  }
}

function tcpAnswer(question: Question): Uint8Array | null {
  const { destination, packet, source, view } = question;
  const asked = parseTcpHeader(view, IPV4_HEADER_BYTES, packet.length);
  if (asked === null) return null;
  // RFC 9293 section 3.5.2: a reset has the number that an ACK has acknowledged.
  const isAck = (asked.flags & TCP_ACK) !== 0;
  const options = isAck
    ? NO_OPTIONS
    : packet.subarray(IPV4_HEADER_BYTES + TCP_HEADER_BYTES);
  const answer = startAnswer(
    question,
    IP_PROTOCOL_TCP,
    TCP_HEADER_BYTES + options.length,
  );
  writeTcpHeader(answer, IPV4_HEADER_BYTES, {
    sourcePort: asked.destinationPort,
    destinationPort: asked.sourcePort,
    sequence: isAck ? asked.acknowledgement : SEQUENCE,
    acknowledgement: isAck ? 0 : (asked.sequence + 1) >>> 0,
    flags: isAck ? TCP_RST : TCP_SYN | TCP_ACK,
    window: isAck ? 0 : WINDOW,
  }, options);
  const end = answer.byteLength;
  writeTcpChecksum(answer, IPV4_HEADER_BYTES, end, destination, source);
  return new Uint8Array(answer.buffer);
}

function udpAnswer(question: Question, probe: Probe): Uint8Array {
  const { destination, packet, source, view } = question;
  const asked = packet.subarray(IPV4_HEADER_BYTES + UDP_HEADER_BYTES);
  const data = probe.answerData?.(asked) ?? asked;
  const lengthBytes = UDP_HEADER_BYTES + data.length;
  const answer = startAnswer(question, IP_PROTOCOL_UDP, lengthBytes);
  writeUdpHeader(answer, IPV4_HEADER_BYTES, {
    sourcePort: view.getUint16(IPV4_HEADER_BYTES + UDP_DESTINATION_PORT),
    destinationPort: view.getUint16(IPV4_HEADER_BYTES + UDP_SOURCE_PORT),
    lengthBytes,
  });
  writeBytes(answer, IPV4_HEADER_BYTES + UDP_HEADER_BYTES, data);
  const end = answer.byteLength;
  writeUdpChecksum(answer, IPV4_HEADER_BYTES, end, destination, source);
  return new Uint8Array(answer.buffer);
}

function echoReply(question: Question): Uint8Array {
  const { packet, view } = question;
  const payload = packet.subarray(IPV4_HEADER_BYTES + ICMP_HEADER_BYTES);
  const answer = startAnswer(
    question,
    IP_PROTOCOL_ICMP,
    ICMP_HEADER_BYTES + payload.length,
  );
  writeIcmpEcho(answer, IPV4_HEADER_BYTES, {
    type: ICMP_ECHO_REPLY,
    code: 0,
    id: view.getUint16(IPV4_HEADER_BYTES + ICMP_ID),
    sequence: view.getUint16(IPV4_HEADER_BYTES + ICMP_SEQUENCE),
  }, payload);
  return new Uint8Array(answer.buffer);
}

/** A packet with its IPv4 header, from the target to the scanner. */
function startAnswer(
  { destination, source }: Question,
  protocol: number,
  payloadBytes: number,
): DataView<ArrayBuffer> {
  const totalBytes = IPV4_HEADER_BYTES + payloadBytes;
  const answer = new DataView(new ArrayBuffer(totalBytes));
  writeIpv4Header(answer, 0, {
    typeOfService: 0,
    totalBytes,
    id: 0,
    mayFragment: false,
    hasMoreFragments: false,
    fragmentBytes: 0,
    ttl: TTL,
    protocol,
    source: destination,
    destination: source,
  });
  return answer;
}
