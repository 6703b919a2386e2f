// HOT PATH: everything runs per packet.

import {
  TARGET_ADDRESS,
  TARGET_ADDRESS6,
  TARGET_SOURCE,
  TARGET_SOURCE6,
} from "./probe.ts";

const DOT = 0x2e;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const DIGIT_0 = 0x30;
/** From "9" + 1 to "a". */
const LETTER_GAP = 0x27;
const GROUPS = 8;
const GROUP_BITS = 16;
/** The words of ::ffff:0:0/96 before the address (RFC 4291 section 2.5.5.2). */
const MAPPED_WORDS = [0, 0, 0xffff] as const;

/** Writes one of a probe's addresses; returns the offset behind it. */
type WriteAddress = (
  view: DataView,
  at: number,
  target: Uint32Array,
  slot: number,
) => number;

/** How the fields of a template write the addresses of one family. */
export interface AddressWriters {
  /** Slots of the target array. */
  readonly sourceSlot: number;
  readonly destinationSlot: number;
  /** Network byte order. */
  readonly bytes: WriteAddress;
  /** Sixteen bytes: an address of IPv4 as one of IPv6. */
  readonly mapped: WriteAddress;
  readonly text: WriteAddress;
  /** As in a URI: in brackets where it has colons (RFC 3986 section 3.2.2). */
  readonly host: WriteAddress;
  /** Most bytes of each. */
  readonly byteCount: number;
  readonly maxText: number;
  readonly maxHost: number;
}

/** For IPv4. */
export const ADDRESS_WRITERS4: AddressWriters = {
  sourceSlot: TARGET_SOURCE,
  destinationSlot: TARGET_ADDRESS,
  bytes(view, at, target, slot): number {
    view.setUint32(at, target[slot]!);
    return at + 4;
  },
  mapped(view, at, target, slot): number {
    MAPPED_WORDS.forEach((word, i) => view.setUint32(at + 4 * i, word));
    view.setUint32(at + 12, target[slot]!);
    return at + 16;
  },
  text: (view, at, target, slot) => writeIpv4Text(view, at, target[slot]!),
  host: (view, at, target, slot) => writeIpv4Text(view, at, target[slot]!),
  byteCount: 4,
  maxText: 15,
  maxHost: 15,
};

/** For IPv6. */
export const ADDRESS_WRITERS6: AddressWriters = {
  sourceSlot: TARGET_SOURCE6,
  destinationSlot: TARGET_ADDRESS6,
  bytes: writeIpv6Bytes,
  mapped: writeIpv6Bytes,
  text: writeIpv6Text,
  host(view, at, target, slot): number {
    view.setUint8(at, OPEN_BRACKET);
    const end = writeIpv6Text(view, at + 1, target, slot);
    view.setUint8(end, CLOSE_BRACKET);
    return end + 1;
  },
  byteCount: 16,
  maxText: 39,
  maxHost: 41,
};

/** Writes a number as decimal text; returns the offset behind it. */
export function writeDecimal(
  view: DataView,
  at: number,
  value: number,
): number {
  let digits = 1;
  for (let rest = value; rest >= 10; rest = (rest / 10) | 0) digits++;
  for (let to = at + digits - 1; to >= at; to--) {
    view.setUint8(to, DIGIT_0 + value % 10);
    value = (value / 10) | 0;
  }
  return at + digits;
}

function writeIpv4Text(view: DataView, at: number, value: number): number {
  let to = at;
  for (let shift = 24; shift >= 0; shift -= 8) {
    to = writeDecimal(view, to, (value >>> shift) & 255);
    if (shift > 0) view.setUint8(to++, DOT);
  }
  return to;
}

function writeIpv6Bytes(
  view: DataView,
  at: number,
  target: Uint32Array,
  slot: number,
): number {
  for (let i = 0; i < 4; i++) view.setUint32(at + 4 * i, target[slot + i]!);
  return at + 16;
}

/** Writes the canonical text of RFC 5952. */
function writeIpv6Text(
  view: DataView,
  at: number,
  target: Uint32Array,
  slot: number,
): number {
  const isMapped = MAPPED_WORDS.every((word, i) => target[slot + i] === word);
  const zeros = longestZeros(target, slot);
  const firstZero = zeros >>> 4;
  const zeroCount = zeros & 15;
  let to = at;
  for (let i = 0; i < GROUPS; i++) {
    if (isMapped && i === GROUPS - 2) {
      view.setUint8(to++, COLON);
      return writeIpv4Text(view, to, target[slot + 3]!);
    }
    if (zeroCount > 1 && i === firstZero) {
      view.setUint8(to++, COLON);
      i += zeroCount - 1;
      if (i === GROUPS - 1) view.setUint8(to++, COLON);
      continue;
    }
    if (i > 0) view.setUint8(to++, COLON);
    to = writeHex(view, to, groupAt(target, slot, i));
  }
  return to;
}

/** The first of the longest runs of zero groups: its first group × 16 + its length, which is below 9. */
function longestZeros(target: Uint32Array, slot: number): number {
  let first = 0;
  let longest = 0;
  let length = 0;
  for (let i = 0; i < GROUPS; i++) {
    length = groupAt(target, slot, i) === 0 ? length + 1 : 0;
    if (length > longest) {
      longest = length;
      first = i - length + 1;
    }
  }
  return (first << 4) | longest;
}

function groupAt(target: Uint32Array, slot: number, i: number): number {
  const word = target[slot + (i >> 1)]!;
  return (i & 1) === 0 ? word >>> GROUP_BITS : word & 0xffff;
}

/** Writes 16 bits as hexadecimal text without leading zeros. */
function writeHex(view: DataView, at: number, value: number): number {
  const digits = value > 0xfff ? 4 : value > 0xff ? 3 : value > 0xf ? 2 : 1;
  for (let i = 0; i < digits; i++) {
    const digit = (value >>> (4 * (digits - 1 - i))) & 15;
    view.setUint8(at + i, DIGIT_0 + digit + (digit > 9 ? LETTER_GAP : 0));
  }
  return at + digits;
}
