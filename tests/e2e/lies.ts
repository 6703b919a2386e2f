import { reset } from "./forged_answers.ts";

/** What lying hosts do. All numbers are those of one host; all frames are copies of answers to its probes. */
export interface Lies {
  /** How many hosts lie: the first that are probed, and for `followUpRepeats` the first that are asked again. */
  readonly hosts: number;
  /** Repeats of the first answer, as fast as they go. */
  readonly repeats: number;
  /** Further repeats of the first answer, `SLOW_PPS` a second of all lying hosts together. */
  readonly slowRepeats: number;
  /** Repeats of the answer to the first follow-up, as fast as they go. */
  readonly followUpRepeats: number;
  /** Answers to `GUESSED_PROBES` further probes that were not sent, round and round, as fast as they go. */
  readonly guesses: number;
}

/** Nobody lies. */
export const NO_LIES: Lies = {
  hosts: 0,
  repeats: 0,
  slowRepeats: 0,
  followUpRepeats: 0,
  guesses: 0,
};

/** Slow repeats a second. */
export const SLOW_PPS = 6000;
/** Numbers of probes that are guessed: those behind the first one. */
export const GUESSED_PROBES = 4;

/** What the liar counted; probes are those that came to the router, from which nothing was lost. */
export interface LiarReport {
  /** Lies that were sent, by kind. */
  readonly sent: Readonly<Record<LieKind, number>>;
  readonly probes: number;
  /** Those of them that differ from the first probe to their target, see `numberOf`. */
  readonly followUps: number;
  /** Those of the target that got most of them. */
  readonly mostFollowUps: number;
  /** Probes that came too fast to be counted. */
  readonly lost: number;
}

/** The kinds of lies that are counted. */
export type LieKind = "repeats" | "slowRepeats" | "followUpRepeats" | "guesses";

const ETHERNET_BYTES = 14;
const PROTOCOL_AT = ETHERNET_BYTES + 9;
const SOURCE_AT = ETHERNET_BYTES + 12;
const DESTINATION_AT = ETHERNET_BYTES + 16;
const PAYLOAD_AT = ETHERNET_BYTES + 20;
/** Of a segment in answer to a SYN: the port that the SYN came from. */
const OWN_PORT_AT = PAYLOAD_AT + 2;
const ICMP_CHECKSUM_AT = PAYLOAD_AT + 2;
const ICMP_SEQUENCE_AT = PAYLOAD_AT + 6;
const ICMP_PROTOCOL = 1;

/** The target of an echo request or a SYN, as one number. */
export function targetOf(probe: DataView): number {
  const port = probe.getUint8(PROTOCOL_AT) === ICMP_PROTOCOL
    ? 0
    : probe.getUint16(PAYLOAD_AT + 2);
  return probe.getUint32(DESTINATION_AT) * 65_536 + port;
}

/**
 * What tells the probes to one target apart: the sequence number of an echo request, or the port that a SYN comes from.
 * One behind that of the probe before; a probe that is repeated has the same.
 */
export function numberOf(probe: DataView): number {
  return probe.getUint8(PROTOCOL_AT) === ICMP_PROTOCOL
    ? probe.getUint16(ICMP_SEQUENCE_AT)
    : probe.getUint16(PAYLOAD_AT);
}

/** The answer to an echo request or a SYN, or to what the same host might be sent so many probes later. */
export function answerTo(probe: Uint8Array, later = 0): Uint8Array {
  const view = new DataView(probe.slice().buffer);
  if (view.getUint8(PROTOCOL_AT) === ICMP_PROTOCOL) return pong(view, later);
  const frame = reset(view);
  const port = new DataView(frame.buffer, OWN_PORT_AT, 2);
  port.setUint16(0, port.getUint16(0) + later);
  return frame;
}

/** Turns an echo request into its answer. */
function pong(probe: DataView, later: number): Uint8Array {
  const frame = new Uint8Array(probe.buffer);
  const old = frame.slice();
  frame.set(old.subarray(6, 12), 0);
  frame.set(old.subarray(0, 6), 6);
  frame.set(old.subarray(SOURCE_AT, DESTINATION_AT), DESTINATION_AT);
  frame.set(old.subarray(DESTINATION_AT, PAYLOAD_AT), SOURCE_AT);
  probe.setUint8(PAYLOAD_AT, 0);
  const sequence = probe.getUint16(ICMP_SEQUENCE_AT) + later;
  probe.setUint16(ICMP_SEQUENCE_AT, sequence);
  probe.setUint16(ICMP_CHECKSUM_AT, 0);
  let sum = 0;
  for (let at = PAYLOAD_AT; at < frame.length; at += 2) {
    sum += probe.getUint16(at);
  }
  while (sum > 0xffff) sum = (sum >>> 16) + (sum & 0xffff);
  probe.setUint16(ICMP_CHECKSUM_AT, sum ^ 0xffff);
  return frame;
}
