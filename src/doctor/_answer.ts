import type { Probe } from "../probe/mod.ts";
import {
  ICMP_CHECKSUM,
  ICMP_HEADER_BYTES,
  ICMP_ID,
  ICMP_SEQUENCE,
  internetChecksum,
  IP_PROTOCOL_IPIP,
  IP_PROTOCOL_TCP,
  IP_PROTOCOL_UDP,
  parseTcpHeader,
  TCP_ACK,
  TCP_CHECKSUM,
  TCP_HEADER_BYTES,
  TCP_RST,
  TCP_SYN,
  UDP_CHECKSUM,
  UDP_DESTINATION_PORT,
  UDP_HEADER_BYTES,
  UDP_SOURCE_PORT,
  writeBytes,
  writeIcmpEcho,
  writeTcpHeader,
  writeUdpHeader,
} from "../wire/mod.ts";
import {
  type AnswerFamily,
  answerFamily,
  type ProbeHeader,
} from "./_answer_family.ts";

const WINDOW = 64_240;
/** First sequence number of a host that accepts: any will do. */
const SEQUENCE = 0;
const NO_OPTIONS = new Uint8Array(0);

/** A probe's packet, and who answers it. */
interface Question {
  readonly packet: Uint8Array;
  readonly view: DataView;
  readonly family: AnswerFamily;
  readonly header: ProbeHeader;
  /** Offset of what the IP header carries, in the packet and its answer. */
  readonly at: number;
}

/**
 * The packet with which a host that has what the probe looks for answers it: a SYN-ACK, or a reset where the
 * probe acknowledges; an echo reply; a datagram; the packet that was inside of another. It passes validation,
 * and all its checksums are right. Null for a packet of any other protocol or family than the probe's.
 *
 * @param packet from its IP header on
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
  const family = answerFamily(probe.family);
  const header = family.parse(view, packet.length);
  if (header === null) return null;
  const at = family.headerBytes;
  const question: Question = { packet, view, family, header, at };
  switch (header.protocol) {
    case IP_PROTOCOL_TCP:
      return tcpAnswer(question);
    case IP_PROTOCOL_UDP:
      return udpAnswer(question, probe);
    case family.icmp.protocol:
      return echoReply(question);
    case IP_PROTOCOL_IPIP:
      return packet.slice(at);
    default:
      return null;
  }
}

function tcpAnswer(question: Question): Uint8Array | null {
  const { at, packet, view } = question;
  const asked = parseTcpHeader(view, at, packet.length);
  if (asked === null) return null;
  // RFC 9293 section 3.5.2: a reset has the number that an ACK has acknowledged.
  const isAck = (asked.flags & TCP_ACK) !== 0;
  const options = isAck ? NO_OPTIONS : packet.subarray(at + TCP_HEADER_BYTES);
  const answer = startAnswer(question, TCP_HEADER_BYTES + options.length);
  writeTcpHeader(answer, at, {
    sourcePort: asked.destinationPort,
    destinationPort: asked.sourcePort,
    sequence: isAck ? asked.acknowledgement : SEQUENCE,
    acknowledgement: isAck ? 0 : (asked.sequence + 1) >>> 0,
    flags: isAck ? TCP_RST : TCP_SYN | TCP_ACK,
    window: isAck ? 0 : WINDOW,
  }, options);
  answer.setUint16(at + TCP_CHECKSUM, 0);
  answer.setUint16(at + TCP_CHECKSUM, checksumOf(question, answer));
  return new Uint8Array(answer.buffer);
}

function udpAnswer(question: Question, probe: Probe): Uint8Array {
  const { at, packet, view } = question;
  const asked = packet.subarray(at + UDP_HEADER_BYTES);
  const data = probe.answerData?.(asked) ?? asked;
  const lengthBytes = UDP_HEADER_BYTES + data.length;
  const answer = startAnswer(question, lengthBytes);
  writeUdpHeader(answer, at, {
    sourcePort: view.getUint16(at + UDP_DESTINATION_PORT),
    destinationPort: view.getUint16(at + UDP_SOURCE_PORT),
    lengthBytes,
  });
  writeBytes(answer, at + UDP_HEADER_BYTES, data);
  answer.setUint16(at + UDP_CHECKSUM, 0);
  // RFC 768: 0 means that there is none.
  const checksum = checksumOf(question, answer) || 0xffff;
  answer.setUint16(at + UDP_CHECKSUM, checksum);
  return new Uint8Array(answer.buffer);
}

function echoReply(question: Question): Uint8Array {
  const { at, family: { icmp }, packet, view } = question;
  const payload = packet.subarray(at + ICMP_HEADER_BYTES);
  const answer = startAnswer(question, ICMP_HEADER_BYTES + payload.length);
  writeIcmpEcho(answer, at, {
    type: icmp.echoReply,
    code: 0,
    id: view.getUint16(at + ICMP_ID),
    sequence: view.getUint16(at + ICMP_SEQUENCE),
  }, payload);
  if (icmp.hasPseudoHeader) {
    answer.setUint16(at + ICMP_CHECKSUM, 0);
    answer.setUint16(at + ICMP_CHECKSUM, checksumOf(question, answer));
  }
  return new Uint8Array(answer.buffer);
}

/** A packet with its IP header, from the target to the scanner. */
function startAnswer(
  { at, header }: Question,
  payloadBytes: number,
): DataView<ArrayBuffer> {
  const answer = new DataView(new ArrayBuffer(at + payloadBytes));
  header.writeAnswer(answer, payloadBytes);
  return answer;
}

/** The checksum of what the answer carries, its pseudo header included. */
function checksumOf(
  { at, header }: Question,
  answer: DataView,
): number {
  const lengthBytes = answer.byteLength - at;
  const sum = header.pseudoSum(header.protocol, lengthBytes);
  return internetChecksum(answer, at, lengthBytes, sum);
}
