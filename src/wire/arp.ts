import { writeBytes } from "./bytes.ts";
import { ETHERTYPE_IPV4, MAC_BYTES, readMac } from "./ethernet.ts";

/** Positions of the fields for IPv4 over Ethernet, from the start of the message (RFC 826). */
const HARDWARE_TYPE = 0;
const PROTOCOL_TYPE = 2;
const HARDWARE_LENGTH = 4;
const PROTOCOL_LENGTH = 5;
const OPERATION = 6;
const SENDER_MAC = 8;
const SENDER_ADDRESS = 14;
const TARGET_MAC = 18;
const TARGET_ADDRESS = 24;

/** Length of a message. */
export const ARP_BYTES = 28;

/** Values of `ArpMessage.operation`. */
export const ARP_REQUEST = 1;
/** The answer. */
export const ARP_REPLY = 2;

const HARDWARE_ETHERNET = 1;
const IPV4_ADDRESS_BYTES = 4;

/** An address resolution message for IPv4 over Ethernet. Addresses in host order. */
export interface ArpMessage {
  /** `ARP_REQUEST` or `ARP_REPLY`. */
  readonly operation: number;
  /** Hardware address of the sender, 6 bytes. */
  readonly senderMac: Uint8Array;
  /** IPv4 address of the sender. */
  readonly senderAddress: number;
  /** All zero in a request. */
  readonly targetMac: Uint8Array;
  /** IPv4 address that is asked for. */
  readonly targetAddress: number;
}

/** Writes a message of `ARP_BYTES` bytes. */
export function writeArp(
  view: DataView,
  at: number,
  message: ArpMessage,
): void {
  view.setUint16(at + HARDWARE_TYPE, HARDWARE_ETHERNET);
  view.setUint16(at + PROTOCOL_TYPE, ETHERTYPE_IPV4);
  view.setUint8(at + HARDWARE_LENGTH, MAC_BYTES);
  view.setUint8(at + PROTOCOL_LENGTH, IPV4_ADDRESS_BYTES);
  view.setUint16(at + OPERATION, message.operation);
  writeBytes(view, at + SENDER_MAC, message.senderMac);
  view.setUint32(at + SENDER_ADDRESS, message.senderAddress);
  writeBytes(view, at + TARGET_MAC, message.targetMac);
  view.setUint32(at + TARGET_ADDRESS, message.targetAddress);
}

/**
 * Reads a message; `null` when it is not one for IPv4 over Ethernet or does not lie whole between `at` and
 * `end`. The hardware addresses are copies.
 */
export function parseArp(
  view: DataView,
  at: number,
  end: number,
): ArpMessage | null {
  if (
    end - at < ARP_BYTES ||
    view.getUint16(at + HARDWARE_TYPE) !== HARDWARE_ETHERNET ||
    view.getUint16(at + PROTOCOL_TYPE) !== ETHERTYPE_IPV4 ||
    view.getUint8(at + HARDWARE_LENGTH) !== MAC_BYTES ||
    view.getUint8(at + PROTOCOL_LENGTH) !== IPV4_ADDRESS_BYTES
  ) return null;
  return {
    operation: view.getUint16(at + OPERATION),
    senderMac: readMac(view, at + SENDER_MAC),
    senderAddress: view.getUint32(at + SENDER_ADDRESS),
    targetMac: readMac(view, at + TARGET_MAC),
    targetAddress: view.getUint32(at + TARGET_ADDRESS),
  };
}
