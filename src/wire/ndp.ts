import { readBytes, writeBytes } from "./bytes.ts";
import { MAC_BYTES } from "./ethernet.ts";
import { ICMP_CHECKSUM, ICMP_CODE, ICMP_TYPE } from "./icmp.ts";
import { type Ipv6Pair, writeIcmpv6Checksum } from "./icmpv6.ts";
import {
  IPV6_ADDRESS_BYTES,
  readIpv6Address,
  writeIpv6Address,
} from "./ipv6.ts";

/** Values of the type of neighbour discovery messages (RFC 4861 sections 4.3 and 4.4). */
export const NDP_SOLICITATION = 135;
/** Neighbour advertisement. */
export const NDP_ADVERTISEMENT = 136;

/** Hop limit of every neighbour discovery message: what has another one came from elsewhere (RFC 4861 7.1). */
export const NDP_HOP_LIMIT = 255;

/** Bits of `NeighborMessage.flags`: only advertisements have them. */
export const NDP_ROUTER = 0x80;
/** The advertisement answers a solicitation. */
export const NDP_SOLICITED = 0x40;
/** What is known of the target has to be replaced. */
export const NDP_OVERRIDE = 0x20;

const FLAGS = 4;
const TARGET = 8;
const OPTIONS = TARGET + IPV6_ADDRESS_BYTES;
/** Length of a message whose only option is a hardware address of Ethernet. */
export const NDP_BYTES: number = OPTIONS + 8;

const OPTION_SOURCE_ADDRESS = 1;
const OPTION_TARGET_ADDRESS = 2;
const OPTION_UNIT_BYTES = 8;
const OPTION_DATA = 2;

/** A neighbour solicitation or advertisement over Ethernet. */
export interface NeighborMessage {
  /** `NDP_SOLICITATION` or `NDP_ADVERTISEMENT`. */
  readonly type: number;
  /** `NDP_ROUTER` and the others; 0 for solicitations. */
  readonly flags: number;
  /** The address that is asked for, or that the hardware address belongs to. */
  readonly target: Uint32Array;
  /** The sender's hardware address in a solicitation, the target's in an advertisement; null: not given. */
  readonly mac: Uint8Array | null;
}

/**
 * Writes a message with its option, checksum included, of `NDP_BYTES` bytes with a hardware address and 8 less
 * without. Returns the offset behind it.
 *
 * @param pair the addresses of the packet's header, which the checksum covers
 */
export function writeNeighborMessage(
  view: DataView,
  at: number,
  message: NeighborMessage,
  pair: Ipv6Pair,
): number {
  const { mac } = message;
  view.setUint8(at + ICMP_TYPE, message.type);
  view.setUint8(at + ICMP_CODE, 0);
  view.setUint16(at + ICMP_CHECKSUM, 0);
  view.setUint32(at + FLAGS, message.flags * 2 ** 24);
  writeIpv6Address(view, at + TARGET, message.target);
  const option = at + OPTIONS;
  if (mac !== null) {
    view.setUint8(option, optionOf(message.type));
    view.setUint8(option + 1, 1);
    writeBytes(view, option + OPTION_DATA, mac);
  }
  const end = mac === null ? option : option + OPTION_UNIT_BYTES;
  writeIcmpv6Checksum(view, at, end, pair);
  return end;
}

/**
 * Reads a message whatever its checksum; `null` when it is neither a solicitation nor an advertisement, when it
 * does not lie whole between `at` and `end`, or when its options have lengths that cannot be (RFC 4861 7.1).
 */
export function parseNeighborMessage(
  view: DataView,
  at: number,
  end: number,
): NeighborMessage | null {
  if (end - at < OPTIONS) return null;
  const type = view.getUint8(at + ICMP_TYPE);
  const isAdvertisement = type === NDP_ADVERTISEMENT;
  if (
    (!isAdvertisement && type !== NDP_SOLICITATION) ||
    view.getUint8(at + ICMP_CODE) !== 0
  ) return null;
  const wanted = optionOf(type);
  let mac: Uint8Array | null = null;
  for (let option = at + OPTIONS; option < end;) {
    const units = option + 1 < end ? view.getUint8(option + 1) : 0;
    const next = option + units * OPTION_UNIT_BYTES;
    if (units === 0 || next > end) return null;
    if (view.getUint8(option) === wanted && units === 1) {
      const data = option + OPTION_DATA;
      mac ??= readBytes(view, data, data + MAC_BYTES);
    }
    option = next;
  }
  return {
    type,
    flags: isAdvertisement ? view.getUint8(at + FLAGS) : 0,
    target: readIpv6Address(view, at + TARGET),
    mac,
  };
}

/** The multicast address that a solicitation for this address goes to: its last 24 bits behind ff02::1:ff00:0 (RFC 4291 section 2.7.1). */
export function solicitedNodeAddress(address: Uint32Array): Uint32Array {
  const low = (0xff00_0000 | (address[3]! & 0x00ff_ffff)) >>> 0;
  return Uint32Array.of(0xff02_0000, 0, 1, low);
}

/** The hardware address that frames to a multicast address go to: 33:33 and its last four bytes (RFC 2464 section 7). */
export function multicastMac(address: Uint32Array): Uint8Array {
  const low = address[3]!;
  return Uint8Array.of(
    0x33,
    0x33,
    low >>> 24,
    (low >>> 16) & 0xff,
    (low >>> 8) & 0xff,
    low & 0xff,
  );
}

function optionOf(type: number): number {
  return type === NDP_SOLICITATION
    ? OPTION_SOURCE_ADDRESS
    : OPTION_TARGET_ADDRESS;
}
