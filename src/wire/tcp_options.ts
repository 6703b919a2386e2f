import { TCP_HEADER_BYTES, tcpPayloadAt } from "./tcp.ts";

/** Kinds of TCP options (RFC 9293 section 3.2, RFC 7323, RFC 2018). */
export const TCP_OPTION_MSS = 2;
/** Window scale. */
export const TCP_OPTION_WINDOW_SCALE = 3;
/** Selective acknowledgements are permitted. */
export const TCP_OPTION_SACK_PERMITTED = 4;
/** Timestamps. */
export const TCP_OPTION_TIMESTAMPS = 8;

const OPTION_END = 0;
const OPTION_NO_OPERATION = 1;
/** Kind and length. */
const OPTION_PREFIX_BYTES = 2;
/** Data bytes of the options that have one length only; any other length is malformed. */
const DATA_BYTES: Readonly<Record<number, number>> = {
  [TCP_OPTION_MSS]: 2,
  [TCP_OPTION_WINDOW_SCALE]: 1,
  [TCP_OPTION_SACK_PERMITTED]: 0,
  [TCP_OPTION_TIMESTAMPS]: 8,
};

/** The options of a SYN segment as one kind of system sends them. */
export interface TcpOptionProfile {
  /** As `--probe-args` takes it. */
  readonly name: string;
  /** The options as they stand behind the header, padded to words. */
  readonly bytes: Uint8Array;
  /** Offset in `bytes` of the timestamp value, 32 bits; -1 without one. */
  readonly timestampAt: number;
}

/** MSS 1460 and nothing else: the smallest SYN that servers answer as they answer others. */
const SMALLEST = [0x02, 0x04, 0x05, 0xb4];
/** MSS 1460, NOP, window scale 8, NOP, NOP, SACK permitted. */
const WINDOWS = [...SMALLEST, 0x01, 0x03, 0x03, 0x08, 0x01, 0x01, 0x04, 0x02];
/** MSS 1460, SACK permitted, timestamps, NOP, window scale 7. */
const LINUX = [
  ...[...SMALLEST, 0x04, 0x02, 0x08, 0x0a, 0, 0, 0, 0, 0, 0, 0, 0],
  ...[0x01, 0x03, 0x03, 0x07],
];
/** MSS 1460, NOP, window scale 6, NOP, NOP, timestamps, SACK permitted, end. */
const BSD = [
  ...[
    ...SMALLEST,
    0x01,
    0x03,
    0x03,
    0x06,
    0x01,
    0x01,
    0x08,
    0x0a,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
  ],
  ...[0x04, 0x02, 0x00, 0x00],
];

/** The profiles by name. The first is the default: it costs few bytes and finds the most hosts. */
export const TCP_OPTION_PROFILES: readonly TcpOptionProfile[] = [
  { name: "windows", bytes: Uint8Array.from(WINDOWS), timestampAt: -1 },
  { name: "linux", bytes: Uint8Array.from(LINUX), timestampAt: 8 },
  { name: "bsd", bytes: Uint8Array.from(BSD), timestampAt: 12 },
  {
    name: "smallest-probes",
    bytes: Uint8Array.from(SMALLEST),
    timestampAt: -1,
  },
];

/**
 * The offset of the data of the first option of this kind, or -1. Reading stops at the end of the header,
 * at the end-of-list option and at the first malformed option: one whose length is below two, reaches
 * behind the header, or is not the one length that its kind has.
 *
 * @param at offset of the TCP header
 * @param end offset behind the last byte that may be read
 */
export function findTcpOption(
  view: DataView,
  at: number,
  end: number,
  kind: number,
): number {
  const optionsEnd = tcpPayloadAt(view, at, end);
  let i = at + TCP_HEADER_BYTES;
  while (i < optionsEnd) {
    const found = view.getUint8(i);
    if (found === OPTION_END) return -1;
    if (found === OPTION_NO_OPERATION) {
      i++;
      continue;
    }
    if (i + OPTION_PREFIX_BYTES > optionsEnd) return -1;
    const lengthBytes = view.getUint8(i + 1);
    if (lengthBytes < OPTION_PREFIX_BYTES || i + lengthBytes > optionsEnd) {
      return -1;
    }
    const dataBytes = DATA_BYTES[found];
    if (
      dataBytes !== undefined && dataBytes + OPTION_PREFIX_BYTES !== lengthBytes
    ) return -1;
    if (found === kind) return i + OPTION_PREFIX_BYTES;
    i += lengthBytes;
  }
  return -1;
}
