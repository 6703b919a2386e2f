// HOT PATH: patch(), identify(), validate() and classify() run per packet.

import {
  foldSum,
  ICMP_TYPE,
  ICMP_UNREACHABLE,
  IP_PROTOCOL_IPIP,
  IP_PROTOCOL_UDP,
  IPV4_CHECKSUM,
  IPV4_DESTINATION,
  IPV4_HEADER_BYTES,
  IPV4_ID,
  IPV4_PROTOCOL,
  IPV4_SOURCE,
  ipv4PayloadAt,
  isLaterFragment,
  sumWords,
  UDP_DESTINATION_PORT,
  UDP_HEADER_BYTES,
  UDP_SOURCE_PORT,
  writeBytes,
  writeIpv4Header,
  writeUdpHeader,
} from "../wire/mod.ts";
import { decodePayload } from "./_arguments.ts";
import { UDP_SNAP_BYTES, udpCaptureFilter } from "./_capture_filter.ts";
import { requireFamily } from "./_families.ts";
import { ICMP_ERROR_COLUMNS } from "./_icmp_error.ts";
import { IPV4 } from "./_ipv4_family.ts";
import { classificationColumn, SUCCESS_COLUMN } from "./_outcome_columns.ts";
import {
  probeOfSourcePort,
  sourcePortCount,
  sourcePortOffset,
} from "./_source_port.ts";
import { ipv4Completer, writeFrameStart } from "./_template.ts";
import { datagramAt } from "./_udp.ts";
import {
  UDP_DATA_COLUMN,
  UDP_PORT_COLUMNS,
  UDP_SIZE_COLUMN,
} from "./_udp_columns.ts";
import { describeIp, describeUdp } from "./describe.ts";
import {
  type Probe,
  type ProbeModule,
  type ProbeOptions,
  TARGET_ADDRESS,
  TARGET_PORT,
  TARGET_PROBE,
  TARGET_SOURCE,
} from "./probe.ts";

const NAME = "ipip";
const CLASSES = [
  { name: "udp", isSuccess: true },
  { name: "icmp-unreach", isSuccess: false },
  { name: "other", isSuccess: false },
] as const;
const CLASS_UDP = 0;
const CLASS_UNREACHABLE = 1;
const CLASS_OTHER = 2;
const MAX_PAYLOAD_BYTES = 200;
/** Of both headers: the way back is as long as the way there. */
const TTL = 255;
const DEFAULT_PAYLOAD = "GET / HTTP/1.1\r\nHost: www\r\n\r\n";
const HELP =
  `Finds hosts that unpack IPv4 in IPv4 from anybody. Each target gets a packet that holds a second one, a UDP
datagram from the target to the scanner. What comes back is that datagram, which is a success; its ports are
those of the probe. ICMP errors about the outer packet are reported as failures. The time to live is always
${TTL}, whatever --probe-ttl says.

Arguments set the data of the datagram, at most ${MAX_PAYLOAD_BYTES} bytes; without any it is an HTTP request:
  text:TEXT   the text in UTF-8
  hex:DIGITS  two hexadecimal digits for each byte
  file:PATH   the contents of a file`;

/** Finds open tunnel ends (RFC 2003). */
export const ipip: ProbeModule = {
  name: NAME,
  usesPorts: true,
  families: [4],
  hasNestedOutput: false,
  help: HELP,
  exampleArgs: "",
  create,
};

function create(options: ProbeOptions): Probe {
  requireFamily(NAME, 4, options);
  const ipAt = options.linkHeader.length;
  const innerAt = ipAt + IPV4_HEADER_BYTES;
  const udpAt = innerAt + IPV4_HEADER_BYTES;
  const template = makeTemplate(options, parsePayload(options.args));
  const templateView = new DataView(template.buffer);
  const frameBytes = template.length;
  const outerSum = sumWords(templateView, ipAt, IPV4_HEADER_BYTES);
  const innerSum = sumWords(templateView, innerAt, IPV4_HEADER_BYTES);
  const portFirst = options.sourcePortFirst;
  const portCount = sourcePortCount(options);
  const maxProbes = options.maxProbes;

  const completeIpv4 = ipv4Completer(ipAt);

  function prepare(view: DataView, frameAt: number): void {
    writeBytes(view, frameAt, template);
  }

  function patch(
    view: DataView,
    frameAt: number,
    target: Uint32Array,
    tag: Uint32Array,
  ): number {
    const id = tag[3]! >>> 16;
    const addressSum = completeIpv4(view, frameAt, outerSum, id, target);
    const inner = frameAt + innerAt;
    view.setUint16(inner + IPV4_ID, id);
    view.setUint16(
      inner + IPV4_CHECKSUM,
      foldSum(innerSum + id + addressSum) ^ 0xffff,
    );
    view.setUint32(inner + IPV4_SOURCE, target[TARGET_ADDRESS]!);
    view.setUint32(inner + IPV4_DESTINATION, target[TARGET_SOURCE]!);
    const udp = frameAt + udpAt;
    const offset = sourcePortOffset(tag[1]!, target[TARGET_PROBE]!, portCount);
    view.setUint16(udp + UDP_SOURCE_PORT, portFirst + offset);
    view.setUint16(udp + UDP_DESTINATION_PORT, target[TARGET_PORT]!);
    return frameBytes;
  }

  function validate(
    view: DataView,
    at: number,
    end: number,
    target: Uint32Array,
    tag: Uint32Array,
  ): boolean {
    const udp = innerUdpAt(view, at, end);
    if (udp < 0) return false;
    const ownPort = view.getUint16(udp + UDP_SOURCE_PORT);
    const probe = probeOfSourcePort(tag[1]!, ownPort - portFirst, portCount);
    target[TARGET_PROBE] = probe;
    return probe >= 0 && probe < maxProbes;
  }

  return {
    name: NAME,
    family: 4,
    classes: CLASSES,
    maxFrameBytes: frameBytes,
    snapLengthBytes: UDP_SNAP_BYTES,
    captureFilter: udpCaptureFilter(options, UDP_SOURCE_PORT),
    columns: [
      classificationColumn(CLASSES),
      SUCCESS_COLUMN,
      ...UDP_PORT_COLUMNS,
      ...ICMP_ERROR_COLUMNS,
      UDP_SIZE_COLUMN,
      UDP_DATA_COLUMN,
    ],
    prepare,
    patch,
    identify,
    validate,
    classify,
    describe,
  };
}

/** The inner datagram and its IP header. */
function describe(view: DataView, at: number): string {
  const inner = at + IPV4_HEADER_BYTES;
  const udp = describeUdp(view, inner + IPV4_HEADER_BYTES);
  return `${udp}\n${describeIp(view, inner)}`;
}

function parsePayload(args: string): Uint8Array {
  if (args === "") return new TextEncoder().encode(DEFAULT_PAYLOAD);
  const expected = "text:TEXT, hex:DIGITS or file:PATH";
  const payload = decodePayload(args, expected);
  if (payload.length <= MAX_PAYLOAD_BYTES) return payload;
  throw new SyntaxError(
    `Cannot use a payload of ${payload.length} bytes: at most ${MAX_PAYLOAD_BYTES} fit`,
  );
}

/** A frame whose IP checksums, identifications, addresses and ports are 0, and that has no UDP checksum. */
function makeTemplate(options: ProbeOptions, payload: Uint8Array): Uint8Array {
  const udpBytes = UDP_HEADER_BYTES + payload.length;
  const innerBytes = IPV4_HEADER_BYTES + udpBytes;
  const frame = new Uint8Array(
    options.linkHeader.length + IPV4_HEADER_BYTES + innerBytes,
  );
  const view = new DataView(frame.buffer);
  const innerAt = writeFrameStart(
    view,
    { ...options, ttl: TTL },
    IP_PROTOCOL_IPIP,
  );
  const udpAt = writeIpv4Header(view, innerAt, {
    typeOfService: 0,
    totalBytes: innerBytes,
    id: 0,
    mayFragment: true,
    hasMoreFragments: false,
    fragmentBytes: 0,
    ttl: TTL,
    protocol: IP_PROTOCOL_UDP,
    source: 0,
    destination: 0,
  });
  view.setUint16(innerAt + IPV4_CHECKSUM, 0);
  const ports = { sourcePort: 0, destinationPort: 0 };
  writeUdpHeader(view, udpAt, { ...ports, lengthBytes: udpBytes });
  writeBytes(view, udpAt + UDP_HEADER_BYTES, payload);
  return frame;
}

/**
 * The offset of the UDP header that the probe had inside: of the datagram that the target has sent on, or of
 * the one in the packet that an ICMP error quotes; -1 when there is none. A router that quotes only the eight
 * bytes it has to leaves no port, and the probe cannot be told.
 */
function innerUdpAt(view: DataView, at: number, end: number): number {
  const reply = datagramAt(IPV4, view, at, end);
  if (reply >= 0) return reply;
  const outer = IPV4.quoteAt(view, at, end, IP_PROTOCOL_IPIP);
  if (outer < 0) return -1;
  const inner = ipv4PayloadAt(view, outer, end);
  const udp = ipv4PayloadAt(view, inner, end);
  if (udp < 0 || udp + UDP_HEADER_BYTES > end) return -1;
  const isMirror = view.getUint32(inner + IPV4_SOURCE) ===
      view.getUint32(outer + IPV4_DESTINATION) &&
    view.getUint32(inner + IPV4_DESTINATION) ===
      view.getUint32(outer + IPV4_SOURCE);
  return isMirror && view.getUint8(inner + IPV4_PROTOCOL) === IP_PROTOCOL_UDP &&
      !isLaterFragment(view, inner)
    ? udp
    : -1;
}

function identify(
  view: DataView,
  at: number,
  end: number,
  target: Uint32Array,
): boolean {
  const udp = innerUdpAt(view, at, end);
  if (udp < 0) return false;
  const isReply = view.getUint8(at + IPV4_PROTOCOL) === IP_PROTOCOL_UDP;
  // What comes back has the target's address as its source, as has the inner packet that an error quotes.
  const inner = isReply ? at : innerPacketAt(view, at, end);
  target[TARGET_ADDRESS] = view.getUint32(inner + IPV4_SOURCE);
  target[TARGET_SOURCE] = view.getUint32(inner + IPV4_DESTINATION);
  target[TARGET_PORT] = view.getUint16(udp + UDP_DESTINATION_PORT);
  return true;
}

/** The offset of the inner packet in what an ICMP error quotes, which `innerUdpAt` has found whole. */
function innerPacketAt(view: DataView, at: number, end: number): number {
  const outer = IPV4.quoteAt(view, at, end, IP_PROTOCOL_IPIP);
  return ipv4PayloadAt(view, outer, end);
}

function classify(view: DataView, at: number, end: number): number {
  if (datagramAt(IPV4, view, at, end) >= 0) return CLASS_UDP;
  const icmp = ipv4PayloadAt(view, at, end);
  if (icmp < 0 || icmp >= end) return CLASS_OTHER;
  return view.getUint8(icmp + ICMP_TYPE) === ICMP_UNREACHABLE
    ? CLASS_UNREACHABLE
    : CLASS_OTHER;
}
