import { LinkSocket } from "../../ffi/link_socket.ts";
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

/** How often a neighbour is asked. */
export const ARP_TRIES = 3;
/** How long each request waits for its answer. */
export const ARP_ANSWER_MS = 1000;
/** Pause between two looks at the socket, during which signals are handled. */
export const LOOK_EVERY_MS = 5;
/** Longest frame that is looked at; switches pad to 60 bytes. */
export const ARP_FRAME_BYTES = 128;

const BROADCAST_MAC = new Uint8Array(MAC_BYTES).fill(0xff);

/** Who asks whom. */
export interface ArpQuestion {
  readonly interfaceIndex: number;
  /** Hardware address of the interface, which the answer has to name. */
  readonly sourceMac: Uint8Array;
  /** Address of the interface, or 0 where it has none (RFC 5227 2.1.1). */
  readonly sourceAddress: number;
  /** The neighbour. */
  readonly targetAddress: number;
}

/**
 * Asks for the hardware address of a neighbour with requests of its own (RFC 826); null when nobody
 * answers.
 *
 * @throws {ErrnoError} when the interface refuses the frame or goes down
 */
export async function lookupByArp(
  question: ArpQuestion,
): Promise<Uint8Array | null> {
  const request = buildArpRequest(question);
  const frame = new Uint8Array(new ArrayBuffer(ARP_FRAME_BYTES));
  const view = new DataView(frame.buffer);
  using socket = LinkSocket.openArp(question.interfaceIndex);
  for (let tries = 0; tries < ARP_TRIES; tries++) {
    socket.send(request);
    const deadlineMs = performance.now() + ARP_ANSWER_MS;
    while (performance.now() < deadlineMs) {
      const lengthBytes = socket.receive(frame, 0);
      if (lengthBytes === 0) {
        await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
        continue;
      }
      const mac = readAnswer(view, lengthBytes, question);
      if (mac !== null) return mac;
    }
  }
  return null;
}

/** The frame that asks. */
export function buildArpRequest(
  question: ArpQuestion,
): Uint8Array<ArrayBuffer> {
  const { sourceAddress, sourceMac, targetAddress } = question;
  const frame = new Uint8Array(ETHERNET_HEADER_BYTES + ARP_BYTES);
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

/** The hardware address that a frame of `end` bytes answers to the question, or null when it does not. */
export function readAnswer(
  view: DataView,
  end: number,
  question: ArpQuestion,
): Uint8Array | null {
  const reply = readReply(view, end, question.sourceMac);
  return reply !== null && reply.senderAddress === question.targetAddress &&
      reply.targetAddress === question.sourceAddress
    ? reply.senderMac
    : null;
}

/** The reply to this hardware address that a frame of `end` bytes holds, or null when it holds none. */
export function readReply(
  view: DataView,
  end: number,
  sourceMac: Uint8Array,
): ArpMessage | null {
  if (parseEthernetHeader(view, 0, end)?.type !== ETHERTYPE_ARP) return null;
  const message = parseArp(view, ETHERNET_HEADER_BYTES, end);
  return message !== null && message.operation === ARP_REPLY &&
      isEqual(message.targetMac, sourceMac) && isUnicast(message.senderMac)
    ? message
    : null;
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

/** Whether a hardware address can be one host's: not all zero, and without the group bit (IEEE 802 8.1). */
export function isUnicast(mac: Uint8Array): boolean {
  return (mac[0]! & 1) === 0 && mac.some((byte) => byte !== 0);
}
