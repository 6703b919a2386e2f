// HOT PATH: patch(), identify(), validate() and classify() run per packet.

import type { Column } from "../base/mod.ts";
import {
  foldSum,
  IP_PROTOCOL_UDP,
  sumWords,
  UDP_CHECKSUM,
  UDP_DESTINATION_PORT,
  UDP_HEADER_BYTES,
  UDP_LENGTH,
  UDP_SOURCE_PORT,
  writeBytes,
  writeUdpHeader,
} from "../wire/mod.ts";
import { UDP_SNAP_BYTES } from "./_capture_filter.ts";
import { familyAt, familyOf } from "./_families.ts";
import type { IpFamily } from "./_ip_family.ts";
import { identifyByPorts } from "./_port_identify.ts";
import {
  probeOfSourcePort,
  sourcePortCount,
  sourcePortOffset,
} from "./_source_port.ts";
import {
  type Probe,
  type ProbeOptions,
  type Response,
  type ResponseClass,
  TARGET_PORT,
  TARGET_PROBE,
} from "./probe.ts";

/** What a UDP probe carries. */
export interface UdpPayload {
  /** Longest payload. */
  readonly maxBytes: number;
  /**
   * The sum of the words of the payload, if it is the same for all targets.
   *
   * @default none: it is summed for each packet, where there is a checksum
   */
  readonly sum?: number;
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
  /** As `Probe.answerDigest`, of the data of a datagram. */
  digest?(view: DataView, at: number, end: number): number;
}

/**
 * Makes a probe that is one UDP datagram (RFC 768). Over IPv4 it has no checksum, as ZMap's have none: 0 is "not
 * computed", and a checksum would cost a pass over each payload. IPv6 demands one (RFC 8200 section 8.1).
 */
export function createUdp(options: ProbeOptions, format: UdpFormat): Probe {
  const { payload } = format;
  const family = familyOf(options);
  const { hasUdpChecksum, payloadAt: payloadOfIp, quoteAt } = family;
  const ipAt = options.linkHeader.length;
  const udpAt = ipAt + family.headerBytes;
  const payloadAt = udpAt + UDP_HEADER_BYTES;
  const maxFrameBytes = payloadAt + payload.maxBytes;
  const portFirst = options.sourcePortFirst;
  const portCount = sourcePortCount(options);
  const maxProbes = options.maxProbes;
  const classOfError = format.classes.length - 1;
  const accepts = format.accepts ?? acceptsAll;
  const classifyReply = format.classify ?? firstClass;
  const { answerData, describe, digest } = format;

  const template = new Uint8Array(payloadAt);
  const templateView = new DataView(template.buffer);
  family.writeFrameStart(templateView, options, IP_PROTOCOL_UDP);
  // The length is set for each packet, and counted then.
  const lengthSum = family.writeLength(templateView, ipAt, 0);
  const noPorts = { sourcePort: 0, destinationPort: 0, lengthBytes: 0 };
  writeUdpHeader(templateView, udpAt, noPorts);
  const ipSum = family.headerSum(templateView, ipAt) - lengthSum;

  const { writeLength } = family;
  const constantSum = payload.sum ?? -1;
  const completeIp = family.completer(ipAt);
  const { replyAt, identify } = makeReaders(family);
  // Numbers of our own, as in `ipv4Completer`.
  const [udpHeaderBytes, protocol] = [UDP_HEADER_BYTES, IP_PROTOCOL_UDP];
  const checksumAt = udpAt + UDP_CHECKSUM;
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
    const port = target[portSlot]!;
    const addressSum = completeIp(
      view,
      frameAt,
      ipSum + writeLength(view, frameAt + ipAt, udpBytes),
      tag[3]! >>> 16,
      target,
    );
    view.setUint16(frameAt + sourcePortAt, sourcePort);
    view.setUint16(frameAt + portAt, port);
    view.setUint16(frameAt + udpLengthAt, udpBytes);
    if (hasUdpChecksum) {
      const dataAt = frameAt + payloadAt;
      const dataSum = constantSum >= 0
        ? constantSum
        : sumWords(view, dataAt, udpBytes - udpHeaderBytes);
      // The length counts twice: in the pseudo header, with the protocol, and in the datagram's own.
      const sum = addressSum + protocol + 2 * udpBytes + sourcePort + port +
        dataSum;
      // 0 would say that there is none.
      view.setUint16(frameAt + checksumAt, (foldSum(sum) ^ 0xffff) || 0xffff);
    }
    return udpAt + udpBytes;
  }

  function validate(
    view: DataView,
    at: number,
    end: number,
    target: Uint32Array,
    tag: Uint32Array,
  ): boolean {
    const reply = replyAt(view, at, end);
    let ownPort: number;
    if (reply >= 0) {
      ownPort = view.getUint16(reply + UDP_DESTINATION_PORT);
    } else {
      const quote = quoteAt(view, at, end, IP_PROTOCOL_UDP);
      if (quote < 0) return false;
      const quoted = payloadOfIp(view, quote, end, IP_PROTOCOL_UDP);
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
    const reply = replyAt(view, at, end);
    return reply < 0
      ? classOfError
      : classifyReply(view, reply, end, target, tag);
  }

  return {
    name: format.name,
    family: family.version,
    classes: format.classes,
    maxFrameBytes,
    snapLengthBytes: UDP_SNAP_BYTES,
    captureFilter: family.filters.udp(options, UDP_DESTINATION_PORT),
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
        describe(view, at + family.headerBytes),
    }),
    ...(answerData === undefined ? {} : { answerData }),
    ...(digest === undefined ? {} : {
      answerDigest(view: DataView, at: number, end: number): number {
        const udp = replyAt(view, at, end);
        if (udp < 0) return -1;
        const dataEnd = udpDataEnd(view, udp, end);
        return digest(view, udp + UDP_HEADER_BYTES, dataEnd);
      },
    }),
  };
}

/** A payload that is the same for all targets. */
export function constantPayload(bytes: Uint8Array): UdpPayload {
  const lengthBytes = bytes.length;
  const copy = new DataView(bytes.slice().buffer);
  return {
    maxBytes: lengthBytes,
    sum: sumWords(copy, 0, lengthBytes),
    prepare: (view, at) => writeBytes(view, at, bytes),
    complete: () => lengthBytes,
  };
}

/** The offset of the header of a UDP datagram of either family; -1 for any other packet. For columns. */
export function udpReplyAt(view: DataView, at: number, end: number): number {
  return end > at ? datagramAt(familyAt(view, at), view, at, end) : -1;
}

/** The offset of the header of a UDP datagram of this family; -1 for any other packet. */
export function datagramAt(
  { payloadAt }: IpFamily,
  view: DataView,
  at: number,
  end: number,
): number {
  const udp = payloadAt(view, at, end, IP_PROTOCOL_UDP);
  return udp < 0 || udp + UDP_HEADER_BYTES > end ? -1 : udp;
}

/** The offset behind the data of a datagram: the end of what it says it is, or of what there is. */
export function udpDataEnd(view: DataView, udp: number, end: number): number {
  const claimed = udp + view.getUint16(udp + UDP_LENGTH);
  const least = udp + UDP_HEADER_BYTES;
  return claimed < least ? least : claimed < end ? claimed : end;
}

/** The parts of a UDP probe that only read packets of one family. */
interface UdpReaders extends Pick<Probe, "identify"> {
  /** As `datagramAt`. */
  replyAt(view: DataView, at: number, end: number): number;
}

function makeReaders(family: IpFamily): UdpReaders {
  function replyAt(view: DataView, at: number, end: number): number {
    return datagramAt(family, view, at, end);
  }

  const identify = identifyByPorts(family, IP_PROTOCOL_UDP, replyAt);
  return { replyAt, identify };
}

function acceptsAll(): boolean {
  return true;
}

function firstClass(): number {
  return 0;
}
