// HOT PATH: patch(), identify(), validate() and classify() run per packet.

import type { Column } from "../base/mod.ts";
import {
  foldSum,
  ICMP_CHECKSUM,
  ICMP_CODE,
  ICMP_HEADER_BYTES,
  ICMP_ID,
  ICMP_SEQUENCE,
  ICMP_TYPE,
  pseudoHeaderSum,
  sumWords,
  writeBytes,
  writeIcmpEcho,
} from "../wire/mod.ts";
import { familyOf } from "./_families.ts";
import { ECHO_CLASSES, EchoClass, type IpFamily } from "./_ip_family.ts";
import {
  type Probe,
  type ProbeOptions,
  type Response,
  TARGET_MICROSECONDS,
  TARGET_PORT,
  TARGET_PROBE,
  TARGET_SECONDS,
} from "./probe.ts";

/** Positions in the payload of echo requests that carry the time; both times little-endian, 32 bits. */
export const TIMED_SECONDS = 0;
/** Microseconds within the second. */
export const TIMED_MICROSECONDS = 4;
/** The target's address, of IPv6 its last 32 bits. */
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

/** Makes a probe that sends ICMP echo requests (RFC 792, RFC 4443 section 4.1). */
export function createEcho(options: ProbeOptions, format: EchoFormat): Probe {
  const family = familyOf(options);
  const { addressSlot, filters, icmp } = family;
  const hasPseudoHeader = icmp.hasPseudoHeader;
  const ipAt = options.linkHeader.length;
  const icmpAt = ipAt + family.headerBytes;
  const payloadAt = icmpAt + ICMP_HEADER_BYTES;
  const frameBytes = payloadAt + format.payload.length;
  const maxProbes = options.maxProbes;
  const isTimed = format.isTimed;

  const template = new Uint8Array(frameBytes);
  const templateView = new DataView(template.buffer);
  family.writeFrameStart(templateView, options, icmp.protocol);
  const request = { type: icmp.echoRequest, code: 0, id: 0, sequence: 0 };
  writeIcmpEcho(templateView, icmpAt, request, format.payload);
  templateView.setUint16(icmpAt + ICMP_CHECKSUM, 0);
  const ipSum = family.headerSum(templateView, ipAt);
  const icmpBytes = frameBytes - icmpAt;
  const icmpSum = sumWords(templateView, icmpAt, icmpBytes) +
    (hasPseudoHeader ? pseudoHeaderSum(0, 0, icmp.protocol, icmpBytes) : 0);

  const completeIp = family.completer(ipAt);
  const readers = makeReaders(family);
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
    const addressSum = completeIp(
      view,
      frameAt,
      ipSum,
      tag[3]! >>> 16,
      target,
    );
    const id = tag[1]! >>> 16;
    const sequence = ((tag[2]! >>> 16) + target[probeSlot]!) & 0xffff;
    view.setUint16(frameAt + idAt, id);
    view.setUint16(frameAt + sequenceAt, sequence);
    let sum = icmpSum + id + sequence;
    if (hasPseudoHeader) sum += addressSum;
    if (isTimed) {
      const payload = frameAt + payloadAt;
      view.setUint32(payload + TIMED_SECONDS, target[TARGET_SECONDS]!, true);
      view.setUint32(
        payload + TIMED_MICROSECONDS,
        target[TARGET_MICROSECONDS]!,
        true,
      );
      view.setUint32(payload + TIMED_ADDRESS, target[addressSlot]!);
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
    const echo = readers.echoAt(view, at, end);
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
    family: family.version,
    classes: ECHO_CLASSES,
    maxFrameBytes: frameBytes,
    snapLengthBytes: Math.max(
      filters.errorSnapBytes,
      filters.snapBytes(ICMP_HEADER_BYTES + format.payload.length),
    ),
    captureFilter: filters.icmp(),
    columns: format.columns,
    prepare,
    patch,
    identify: readers.identify,
    validate,
    classify: readers.classify,
  };
}

/**
 * The offset of the echo header that names the probe: of the request that an ICMP error quotes, or of a message
 * that may answer a request; -1 when there is none.
 */
export function echoAt(
  { icmp, payloadAt, quoteAt }: IpFamily,
  view: DataView,
  at: number,
  end: number,
): number {
  const message = payloadAt(view, at, end, icmp.protocol);
  if (message < 0 || end - message < ICMP_HEADER_BYTES) return -1;
  const type = view.getUint8(message + ICMP_TYPE);
  if (!icmp.isError(type)) return icmp.isEchoAnswer(type) ? message : -1;
  const quote = quoteAt(view, at, end, icmp.protocol);
  if (quote < 0) return -1;
  const quoted = payloadAt(view, quote, end, icmp.protocol);
  return view.getUint8(quoted + ICMP_TYPE) === icmp.echoRequest ? quoted : -1;
}

/** The parts of an echo probe that only read packets of one family. */
interface EchoReaders extends Pick<Probe, "identify"> {
  /** As `echoAt` above. */
  echoAt(view: DataView, at: number, end: number): number;
  classify(view: DataView, at: number, end: number): number;
}

function makeReaders(family: IpFamily): EchoReaders {
  const { icmp, payloadAt, quoteAt, readQuoted, readReply } = family;

  function identify(
    view: DataView,
    at: number,
    end: number,
    target: Uint32Array,
  ): boolean {
    if (echoAt(family, view, at, end) < 0) return false;
    const quote = quoteAt(view, at, end, icmp.protocol);
    target[TARGET_PORT] = 0;
    if (quote < 0) readReply(view, at, target);
    else readQuoted(view, quote, target);
    return true;
  }

  function classify(view: DataView, at: number, end: number): number {
    const message = payloadAt(view, at, end, icmp.protocol);
    if (message < 0 || message + ICMP_CODE >= end) return EchoClass.other;
    return icmp.echoClass(
      view.getUint8(message + ICMP_TYPE),
      view.getUint8(message + ICMP_CODE),
    );
  }

  return {
    echoAt: (view, at, end) => echoAt(family, view, at, end),
    identify,
    classify,
  };
}
