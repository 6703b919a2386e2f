// HOT PATH: patch(), identify(), validate() and classify() run per packet.

import type { Column } from "../base/mod.ts";
import {
  foldSum,
  IP_PROTOCOL_TCP,
  pseudoHeaderSum,
  sumOfUint32,
  sumWords,
  TCP_ACK,
  TCP_ACKNOWLEDGEMENT,
  TCP_CHECKSUM,
  TCP_DESTINATION_PORT,
  TCP_FLAGS,
  TCP_HEADER_BYTES,
  TCP_MAX_HEADER_BYTES,
  TCP_RST,
  TCP_SEQUENCE,
  TCP_SOURCE_PORT,
  TCP_SYN,
  type TcpOptionProfile,
  tcpPayloadAt,
  writeBytes,
  writeTcpHeader,
} from "../wire/mod.ts";
import { familyOf } from "./_families.ts";
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
  TARGET_SECONDS,
} from "./probe.ts";

/** Index of the class of SYN-ACK segments. */
const CLASS_SYNACK = 0;
const CLASS_RST = 1;
const CLASS_ICMP = 2;

/** Offered receive window. */
const WINDOW = 65535;
const TCP_SYN_ACK = TCP_SYN | TCP_ACK;

/** What tells one kind of TCP probe from another. */
export interface TcpFormat {
  readonly name: string;
  /** Flags of the probe. With ACK it acknowledges a number from the tag. */
  readonly flags: number;
  readonly options: TcpOptionProfile;
  /** Those of SYN-ACK and RST segments and ICMP errors, in this order. */
  readonly classes: readonly [ResponseClass, ResponseClass, ResponseClass];
  readonly columns: readonly Column<Response>[];
}

/** Makes a probe that is one TCP segment without data (RFC 9293). */
export function createTcp(options: ProbeOptions, format: TcpFormat): Probe {
  const family = familyOf(options);
  const { payloadAt, quoteAt } = family;
  const ipAt = options.linkHeader.length;
  const tcpAt = ipAt + family.headerBytes;
  const profile = format.options;
  const frameBytes = tcpAt + TCP_HEADER_BYTES + profile.bytes.length;
  const timestampAt = profile.timestampAt < 0
    ? -1
    : tcpAt + TCP_HEADER_BYTES + profile.timestampAt;
  const portFirst = options.sourcePortFirst;
  const portCount = sourcePortCount(options);
  const maxProbes = options.maxProbes;
  const isAck = (format.flags & TCP_ACK) !== 0;

  const template = makeTemplate(options, format, frameBytes);
  const templateView = new DataView(template.buffer);
  const ipSum = family.headerSum(templateView, ipAt);
  const tcpBytes = frameBytes - tcpAt;
  const tcpSum = pseudoHeaderSum(0, 0, IP_PROTOCOL_TCP, tcpBytes) +
    sumWords(templateView, tcpAt, tcpBytes);

  const completeIp = family.completer(ipAt);
  const { replyAt, identify, classify } = makeReaders(family);
  // Numbers of our own, as in `ipv4Completer`.
  const sourcePortAt = tcpAt + TCP_SOURCE_PORT;
  const portAt = tcpAt + TCP_DESTINATION_PORT;
  const sequenceAt = tcpAt + TCP_SEQUENCE;
  const acknowledgementAt = tcpAt + TCP_ACKNOWLEDGEMENT;
  const checksumAt = tcpAt + TCP_CHECKSUM;
  const [portSlot, probeSlot] = [TARGET_PORT, TARGET_PROBE];
  const secondsSlot = TARGET_SECONDS;

  function prepare(view: DataView, frameAt: number): void {
    writeBytes(view, frameAt, template);
  }

  function patch(
    view: DataView,
    frameAt: number,
    target: Uint32Array,
    tag: Uint32Array,
  ): number {
    const port = target[portSlot]! | 0;
    const sequence = tag[0]! | 0;
    const sourcePort = portFirst +
      sourcePortOffset(tag[1]!, target[probeSlot]!, portCount);
    const addressSum = completeIp(
      view,
      frameAt,
      ipSum,
      tag[3]! >>> 16,
      target,
    );
    view.setUint16(frameAt + sourcePortAt, sourcePort);
    view.setUint16(frameAt + portAt, port);
    view.setInt32(frameAt + sequenceAt, sequence);
    let sum = tcpSum + addressSum + sourcePort + port + sumOfUint32(sequence);
    if (isAck) {
      const acknowledgement = tag[2]! | 0;
      view.setInt32(frameAt + acknowledgementAt, acknowledgement);
      sum += sumOfUint32(acknowledgement);
    }
    if (timestampAt >= 0) {
      const seconds = target[secondsSlot]! | 0;
      view.setInt32(frameAt + timestampAt, seconds);
      sum += sumOfUint32(seconds);
    }
    view.setUint16(frameAt + checksumAt, foldSum(sum) ^ 0xffff);
    return frameBytes;
  }

  /** RFC 9293 section 3.5.2: a reset acknowledges the probe, or has the number that the probe acknowledged. */
  function answers(view: DataView, reply: number, tag: Uint32Array): boolean {
    const ahead = (view.getUint32(reply + TCP_ACKNOWLEDGEMENT) - tag[0]!) | 0;
    if (ahead === 1) return true;
    if ((view.getUint8(reply + TCP_FLAGS) & TCP_RST) === 0) return false;
    if (!isAck) return ahead === 0;
    const behind = (view.getUint32(reply + TCP_SEQUENCE) - tag[2]!) | 0;
    return behind === 0 || behind === 1;
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
      if (!answers(view, reply, tag)) return false;
      ownPort = view.getUint16(reply + TCP_DESTINATION_PORT);
    } else {
      const quote = quoteAt(view, at, end, IP_PROTOCOL_TCP);
      if (quote < 0) return false;
      const quoted = payloadAt(view, quote, end, IP_PROTOCOL_TCP);
      if (view.getUint32(quoted + TCP_SEQUENCE) !== tag[0]!) return false;
      ownPort = view.getUint16(quoted + TCP_SOURCE_PORT);
    }
    const probe = probeOfSourcePort(tag[1]!, ownPort - portFirst, portCount);
    target[TARGET_PROBE] = probe;
    return probe >= 0 && probe < maxProbes;
  }

  return {
    name: format.name,
    family: family.version,
    classes: format.classes,
    maxFrameBytes: frameBytes,
    snapLengthBytes: Math.max(
      family.filters.errorSnapBytes,
      family.filters.snapBytes(TCP_MAX_HEADER_BYTES),
    ),
    captureFilter: family.filters.tcp(),
    columns: format.columns,
    prepare,
    patch,
    identify,
    validate,
    classify,
  };
}

/** A frame whose checksums, identification, addresses, ports and sequence numbers are 0. */
function makeTemplate(
  options: ProbeOptions,
  format: TcpFormat,
  frameBytes: number,
): Uint8Array {
  const frame = new Uint8Array(frameBytes);
  const view = new DataView(frame.buffer);
  const tcpAt = familyOf(options).writeFrameStart(
    view,
    options,
    IP_PROTOCOL_TCP,
  );
  writeTcpHeader(view, tcpAt, {
    sourcePort: 0,
    destinationPort: 0,
    sequence: 0,
    acknowledgement: 0,
    flags: format.flags,
    window: WINDOW,
  }, format.options.bytes);
  return frame;
}

/** The parts of a TCP probe that only read packets of one family. */
interface TcpReaders extends Pick<Probe, "identify"> {
  /**
   * The offset of the TCP header of a segment that can answer a SYN, which has RST or both SYN and ACK set;
   * -1 for any other packet.
   */
  replyAt(view: DataView, at: number, end: number): number;
  classify(view: DataView, at: number, end: number): number;
}

function makeReaders(family: IpFamily): TcpReaders {
  const { payloadAt } = family;

  function replyAt(view: DataView, at: number, end: number): number {
    const tcp = payloadAt(view, at, end, IP_PROTOCOL_TCP);
    if (tcp < 0 || tcpPayloadAt(view, tcp, end) < 0) return -1;
    const flags = view.getUint8(tcp + TCP_FLAGS);
    return (flags & TCP_RST) !== 0 || (flags & TCP_SYN_ACK) === TCP_SYN_ACK
      ? tcp
      : -1;
  }

  function classify(view: DataView, at: number, end: number): number {
    const reply = replyAt(view, at, end);
    if (reply < 0) return CLASS_ICMP;
    return (view.getUint8(reply + TCP_FLAGS) & TCP_RST) !== 0
      ? CLASS_RST
      : CLASS_SYNACK;
  }

  const identify = identifyByPorts(family, IP_PROTOCOL_TCP, replyAt);
  return { replyAt, identify, classify };
}
