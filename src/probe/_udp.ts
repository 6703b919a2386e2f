// HOT PATH: patch(), identify(), validate() and classify() run per packet.

import type { Column } from "../base/mod.ts";
import {
  IP_PROTOCOL_UDP,
  IPV4_DESTINATION,
  IPV4_HEADER_BYTES,
  IPV4_PROTOCOL,
  IPV4_SOURCE,
  IPV4_TOTAL_LENGTH,
  ipv4PayloadAt,
  sumWords,
  UDP_DESTINATION_PORT,
  UDP_HEADER_BYTES,
  UDP_LENGTH,
  UDP_SOURCE_PORT,
  writeBytes,
  writeUdpHeader,
} from "../wire/mod.ts";
import { UDP_SNAP_BYTES, udpCaptureFilter } from "./_capture_filter.ts";
import { quoteAt } from "./_icmp_error.ts";
import {
  probeOfSourcePort,
  sourcePortCount,
  sourcePortOffset,
} from "./_source_port.ts";
import { ipv4Completer, writeFrameStart } from "./_template.ts";
import {
  type Probe,
  type ProbeOptions,
  type Response,
  type ResponseClass,
  TARGET_ADDRESS,
  TARGET_PORT,
  TARGET_PROBE,
  TARGET_SOURCE,
} from "./probe.ts";

/** What a UDP probe carries. */
export interface UdpPayload {
  /** Longest payload. */
  readonly maxBytes: number;
  /** Writes the bytes that are the same for every target; once per buffer. */
  prepare(view: DataView, at: number): void;
  /** Completes the prepared payload; once per packet. Returns its length in bytes. */
  complete(
    view: DataView,
    at: number,
    target: Uint32Array,
    tag: Uint32Array,
    sourcePort: number,
  ): number;
}

/** What tells one kind of UDP probe from another. */
export interface UdpFormat {
  readonly name: string;
  readonly payload: UdpPayload;
  /** The class of ICMP errors is the last. */
  readonly classes: readonly ResponseClass[];
  readonly columns: readonly Column<Response>[];
  readonly variants?: number;
  readonly warnings?: readonly string[];
  /**
   * Whether a datagram to the right port can be an answer at all; by default all can. `udp` is the offset of
   * its header.
   */
  accepts?(
    view: DataView,
    udp: number,
    end: number,
    target: Uint32Array,
  ): boolean;
  /** The class of a datagram that is an answer; by default the first. */
  classify?(
    view: DataView,
    udp: number,
    end: number,
    target: Uint32Array,
    tag: Uint32Array,
  ): number;
  /**
   * What `--dryrun` prints of a probe's datagram, above the line of its IP header; by default a line of its
   * ports. `udp` is the offset of its header.
   */
  describe?(view: DataView, udp: number): string;
  /** As `Probe.answerData`. */
  answerData?(asked: Uint8Array): Uint8Array;
}

/**
 * Makes a probe that is one UDP datagram (RFC 768). It has no checksum, as ZMap's have none: 0 is "not
 * computed", which IPv4 permits, and a checksum would cost a pass over each payload.
 */
export function createUdp(options: ProbeOptions, format: UdpFormat): Probe {
  const { payload } = format;
  const ipAt = options.linkHeader.length;
  const udpAt = ipAt + IPV4_HEADER_BYTES;
  const payloadAt = udpAt + UDP_HEADER_BYTES;
  const maxFrameBytes = payloadAt + payload.maxBytes;
  const portFirst = options.sourcePortFirst;
  const portCount = sourcePortCount(options);
  const maxProbes = options.maxProbes;
  const classOfError = format.classes.length - 1;
  const accepts = format.accepts ?? acceptsAll;
  const classifyReply = format.classify ?? firstClass;
  const { answerData, describe } = format;

  const template = new Uint8Array(payloadAt);
  const templateView = new DataView(template.buffer);
  writeFrameStart(templateView, options, IP_PROTOCOL_UDP);
  templateView.setUint16(ipAt + IPV4_TOTAL_LENGTH, 0);
  const noPorts = { sourcePort: 0, destinationPort: 0, lengthBytes: 0 };
  writeUdpHeader(templateView, udpAt, noPorts);
  const ipSum = sumWords(templateView, ipAt, IPV4_HEADER_BYTES);

  const completeIpv4 = ipv4Completer(ipAt);
  // Numbers of our own, as in `ipv4Completer`.
  const [ipv4HeaderBytes, udpHeaderBytes] = [
    IPV4_HEADER_BYTES,
    UDP_HEADER_BYTES,
  ];
  const totalLengthAt = ipAt + IPV4_TOTAL_LENGTH;
  const sourcePortAt = udpAt + UDP_SOURCE_PORT;
  const portAt = udpAt + UDP_DESTINATION_PORT;
  const udpLengthAt = udpAt + UDP_LENGTH;
  const [portSlot, probeSlot] = [TARGET_PORT, TARGET_PROBE];

  function prepare(view: DataView, frameAt: number): void {
    writeBytes(view, frameAt, template);
    payload.prepare(view, frameAt + payloadAt);
  }

  function patch(
    view: DataView,
    frameAt: number,
    target: Uint32Array,
    tag: Uint32Array,
  ): number {
    const sourcePort = portFirst +
      sourcePortOffset(tag[1]!, target[probeSlot]!, portCount);
    const udpBytes = udpHeaderBytes +
      payload.complete(view, frameAt + payloadAt, target, tag, sourcePort);
    const totalBytes = ipv4HeaderBytes + udpBytes;
    view.setUint16(frameAt + totalLengthAt, totalBytes);
    completeIpv4(
      view,
      frameAt,
      ipSum + totalBytes,
      tag[3]! >>> 16,
      target,
    );
    view.setUint16(frameAt + sourcePortAt, sourcePort);
    view.setUint16(frameAt + portAt, target[portSlot]!);
    view.setUint16(frameAt + udpLengthAt, udpBytes);
    return ipAt + totalBytes;
  }

  function validate(
    view: DataView,
    at: number,
    end: number,
    target: Uint32Array,
    tag: Uint32Array,
  ): boolean {
    const reply = udpReplyAt(view, at, end);
    let ownPort: number;
    if (reply >= 0) {
      ownPort = view.getUint16(reply + UDP_DESTINATION_PORT);
    } else {
      const quote = quoteAt(view, at, end, IP_PROTOCOL_UDP);
      if (quote < 0) return false;
      const quoted = ipv4PayloadAt(view, quote, end);
      ownPort = view.getUint16(quoted + UDP_SOURCE_PORT);
    }
    const probe = probeOfSourcePort(tag[1]!, ownPort - portFirst, portCount);
    target[TARGET_PROBE] = probe;
    if (probe < 0 || probe >= maxProbes) return false;
    return reply < 0 || accepts(view, reply, end, target);
  }

  function classify(
    view: DataView,
    at: number,
    end: number,
    target: Uint32Array,
    tag: Uint32Array,
  ): number {
    const reply = udpReplyAt(view, at, end);
    return reply < 0
      ? classOfError
      : classifyReply(view, reply, end, target, tag);
  }

  return {
    name: format.name,
    classes: format.classes,
    maxFrameBytes,
    snapLengthBytes: UDP_SNAP_BYTES,
    captureFilter: udpCaptureFilter(options, UDP_DESTINATION_PORT),
    columns: format.columns,
    variants: format.variants ?? 1,
    warnings: format.warnings ?? [],
    prepare,
    patch,
    identify,
    validate,
    classify,
    ...(describe === undefined ? {} : {
      describe: (view: DataView, at: number) =>
        describe(view, at + IPV4_HEADER_BYTES),
    }),
    ...(answerData === undefined ? {} : { answerData }),
  };
}

/** A payload that is the same for all targets. */
export function constantPayload(bytes: Uint8Array): UdpPayload {
  const lengthBytes = bytes.length;
  return {
    maxBytes: lengthBytes,
    prepare: (view, at) => writeBytes(view, at, bytes),
    complete: () => lengthBytes,
  };
}

/** The offset of the header of a UDP datagram; -1 for any other packet. */
export function udpReplyAt(view: DataView, at: number, end: number): number {
  const udp = ipv4PayloadAt(view, at, end);
  if (udp < 0 || view.getUint8(at + IPV4_PROTOCOL) !== IP_PROTOCOL_UDP) {
    return -1;
  }
  return udp + UDP_HEADER_BYTES > end ? -1 : udp;
}

/** The offset behind the data of a datagram: the end of what it says it is, or of what there is. */
export function udpDataEnd(view: DataView, udp: number, end: number): number {
  const claimed = udp + view.getUint16(udp + UDP_LENGTH);
  const least = udp + UDP_HEADER_BYTES;
  return claimed < least ? least : claimed < end ? claimed : end;
}

function identify(
  view: DataView,
  at: number,
  end: number,
  target: Uint32Array,
): boolean {
  const reply = udpReplyAt(view, at, end);
  if (reply >= 0) {
    target[TARGET_ADDRESS] = view.getUint32(at + IPV4_SOURCE);
    target[TARGET_SOURCE] = view.getUint32(at + IPV4_DESTINATION);
    target[TARGET_PORT] = view.getUint16(reply + UDP_SOURCE_PORT);
    return true;
  }
  const quote = quoteAt(view, at, end, IP_PROTOCOL_UDP);
  if (quote < 0) return false;
  const quoted = ipv4PayloadAt(view, quote, end);
  target[TARGET_ADDRESS] = view.getUint32(quote + IPV4_DESTINATION);
  target[TARGET_SOURCE] = view.getUint32(quote + IPV4_SOURCE);
  target[TARGET_PORT] = view.getUint16(quoted + UDP_DESTINATION_PORT);
  return true;
}

function acceptsAll(): boolean {
  return true;
}

function firstClass(): number {
  return 0;
}
