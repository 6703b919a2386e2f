// HOT PATH: patch(), identify(), validate() and classify() run per packet.

import type { Column } from "../base/mod.ts";
import {
  foldSum,
  ICMP_CHECKSUM,
  ICMP_ECHO_REPLY,
  ICMP_ECHO_REQUEST,
  ICMP_HEADER_BYTES,
  ICMP_ID,
  ICMP_REDIRECT,
  ICMP_SEQUENCE,
  ICMP_SOURCE_QUENCH,
  ICMP_TIME_EXCEEDED,
  ICMP_TYPE,
  ICMP_UNREACHABLE,
  IP_PROTOCOL_ICMP,
  IPV4_DESTINATION,
  IPV4_HEADER_BYTES,
  IPV4_MAX_HEADER_BYTES,
  IPV4_PROTOCOL,
  IPV4_SOURCE,
  ipv4PayloadAt,
  isIcmpError,
  sumWords,
  writeBytes,
  writeIcmpEcho,
} from "../wire/mod.ts";
import {
  CAPTURED_HEADER_BYTES,
  ERROR_SNAP_BYTES,
  icmpCaptureFilter,
} from "./_capture_filter.ts";
import { quoteAt } from "./_icmp_error.ts";
import { ipv4Completer, writeFrameStart } from "./_template.ts";
import {
  type Probe,
  type ProbeOptions,
  type Response,
  type ResponseClass,
  TARGET_ADDRESS,
  TARGET_MICROSECONDS,
  TARGET_PORT,
  TARGET_PROBE,
  TARGET_SECONDS,
  TARGET_SOURCE,
} from "./probe.ts";

/** Classes of the responses to echo requests. */
export const ECHO_CLASSES: readonly ResponseClass[] = [
  { name: "echoreply", isSuccess: true },
  { name: "unreach", isSuccess: false },
  { name: "sourcequench", isSuccess: false },
  { name: "redirect", isSuccess: false },
  { name: "timxceed", isSuccess: false },
  { name: "other", isSuccess: false },
];
const CLASS_OTHER = 5;

/** Positions in the payload of echo requests that carry the time; both times little-endian, 32 bits. */
export const TIMED_SECONDS = 0;
/** Microseconds within the second. */
export const TIMED_MICROSECONDS = 4;
/** The target's address. */
export const TIMED_ADDRESS = 8;
/** Length of that payload. */
export const TIMED_BYTES = 12;

/** What tells one kind of echo probe from another. */
export interface EchoFormat {
  readonly name: string;
  readonly payload: Uint8Array;
  /** The payload is `TIMED_BYTES` long and completed for each packet. */
  readonly isTimed: boolean;
  readonly columns: readonly Column<Response>[];
}

/** Makes a probe that sends ICMP echo requests (RFC 792). */
export function createEcho(options: ProbeOptions, format: EchoFormat): Probe {
  const ipAt = options.linkHeader.length;
  const icmpAt = ipAt + IPV4_HEADER_BYTES;
  const payloadAt = icmpAt + ICMP_HEADER_BYTES;
  const frameBytes = payloadAt + format.payload.length;
  const maxProbes = options.maxProbes;
  const isTimed = format.isTimed;

  const template = new Uint8Array(frameBytes);
  const templateView = new DataView(template.buffer);
  writeFrameStart(templateView, options, IP_PROTOCOL_ICMP);
  const request = { type: ICMP_ECHO_REQUEST, code: 0, id: 0, sequence: 0 };
  writeIcmpEcho(templateView, icmpAt, request, format.payload);
  templateView.setUint16(icmpAt + ICMP_CHECKSUM, 0);
  const ipSum = sumWords(templateView, ipAt, IPV4_HEADER_BYTES);
  const icmpSum = sumWords(templateView, icmpAt, frameBytes - icmpAt);

  const completeIpv4 = ipv4Completer(ipAt);
  // Numbers of our own, as in `ipv4Completer`.
  const idAt = icmpAt + ICMP_ID;
  const sequenceAt = icmpAt + ICMP_SEQUENCE;
  const checksumAt = icmpAt + ICMP_CHECKSUM;
  const probeSlot = TARGET_PROBE;

  function prepare(view: DataView, frameAt: number): void {
    writeBytes(view, frameAt, template);
  }

  function patch(
    view: DataView,
    frameAt: number,
    target: Uint32Array,
    tag: Uint32Array,
  ): number {
    completeIpv4(view, frameAt, ipSum, tag[3]! >>> 16, target);
    const id = tag[1]! >>> 16;
    const sequence = ((tag[2]! >>> 16) + target[probeSlot]!) & 0xffff;
    view.setUint16(frameAt + idAt, id);
    view.setUint16(frameAt + sequenceAt, sequence);
    let sum = icmpSum + id + sequence;
    if (isTimed) {
      const payload = frameAt + payloadAt;
      view.setUint32(payload + TIMED_SECONDS, target[TARGET_SECONDS]!, true);
      view.setUint32(
        payload + TIMED_MICROSECONDS,
        target[TARGET_MICROSECONDS]!,
        true,
      );
      view.setUint32(payload + TIMED_ADDRESS, target[TARGET_ADDRESS]!);
      sum += sumWords(view, payload, TIMED_BYTES);
    }
    view.setUint16(frameAt + checksumAt, foldSum(sum) ^ 0xffff);
    return frameBytes;
  }

  function validate(
    view: DataView,
    at: number,
    end: number,
    target: Uint32Array,
    tag: Uint32Array,
  ): boolean {
    const echo = echoAt(view, at, end);
    if (echo < 0 || view.getUint16(echo + ICMP_ID) !== tag[1]! >>> 16) {
      return false;
    }
    const sequence = view.getUint16(echo + ICMP_SEQUENCE);
    const probe = (sequence - (tag[2]! >>> 16)) & 0xffff;
    target[TARGET_PROBE] = probe;
    return probe < maxProbes;
  }

  return {
    name: format.name,
    classes: ECHO_CLASSES,
    maxFrameBytes: frameBytes,
    snapLengthBytes: Math.max(
      ERROR_SNAP_BYTES,
      CAPTURED_HEADER_BYTES + IPV4_MAX_HEADER_BYTES + ICMP_HEADER_BYTES +
        format.payload.length,
    ),
    captureFilter: icmpCaptureFilter(),
    columns: format.columns,
    prepare,
    patch,
    identify,
    validate,
    classify,
  };
}

/**
 * The offset of the echo header that names the probe: of the request that an ICMP error quotes, or of any
 * other ICMP message that is not a request itself; -1 when there is none.
 */
export function echoAt(view: DataView, at: number, end: number): number {
  const icmp = ipv4PayloadAt(view, at, end);
  if (icmp < 0 || view.getUint8(at + IPV4_PROTOCOL) !== IP_PROTOCOL_ICMP) {
    return -1;
  }
  if (end - icmp < ICMP_HEADER_BYTES) return -1;
  const type = view.getUint8(icmp + ICMP_TYPE);
  if (!isIcmpError(type)) return type === ICMP_ECHO_REQUEST ? -1 : icmp;
  const quote = quoteAt(view, at, end, IP_PROTOCOL_ICMP);
  if (quote < 0) return -1;
  const quoted = ipv4PayloadAt(view, quote, end);
  return view.getUint8(quoted + ICMP_TYPE) === ICMP_ECHO_REQUEST ? quoted : -1;
}

function identify(
  view: DataView,
  at: number,
  end: number,
  target: Uint32Array,
): boolean {
  if (echoAt(view, at, end) < 0) return false;
  const quote = quoteAt(view, at, end, IP_PROTOCOL_ICMP);
  target[TARGET_PORT] = 0;
  if (quote < 0) {
    target[TARGET_ADDRESS] = view.getUint32(at + IPV4_SOURCE);
    target[TARGET_SOURCE] = view.getUint32(at + IPV4_DESTINATION);
  } else {
    target[TARGET_ADDRESS] = view.getUint32(quote + IPV4_DESTINATION);
    target[TARGET_SOURCE] = view.getUint32(quote + IPV4_SOURCE);
  }
  return true;
}

function classify(view: DataView, at: number, end: number): number {
  const icmp = ipv4PayloadAt(view, at, end);
  if (icmp < 0 || icmp >= end) return CLASS_OTHER;
  switch (view.getUint8(icmp + ICMP_TYPE)) {
    case ICMP_ECHO_REPLY:
      return 0;
    case ICMP_UNREACHABLE:
      return 1;
    case ICMP_SOURCE_QUENCH:
      return 2;
    case ICMP_REDIRECT:
      return 3;
    case ICMP_TIME_EXCEEDED:
      return 4;
    default:
      return CLASS_OTHER;
  }
}
