/** How `--dryrun` prints packets, byte for byte as ZMap does. */
import {
  ETHERNET_DESTINATION,
  ETHERNET_HEADER_BYTES,
  ETHERNET_SOURCE,
  ICMP_CHECKSUM,
  ICMP_CODE,
  ICMP_HEADER_BYTES,
  ICMP_ID,
  ICMP_SEQUENCE,
  ICMP_TYPE,
  IP_PROTOCOL_TCP,
  IP_PROTOCOL_UDP,
  IPV4_CHECKSUM,
  IPV4_PROTOCOL,
  IPV6_NEXT_HEADER,
  readMac,
  TCP_CHECKSUM,
  TCP_DESTINATION_PORT,
  TCP_HEADER_BYTES,
  TCP_SEQUENCE,
  TCP_SOURCE_PORT,
  UDP_CHECKSUM,
  UDP_DESTINATION_PORT,
  UDP_HEADER_BYTES,
  UDP_SOURCE_PORT,
} from "../wire/mod.ts";
import { familyAt } from "./_families.ts";
import type { Probe } from "./probe.ts";

/** The line below each packet. */
export const SEPARATOR: string = "-".repeat(54);
/** Shortest checksum, "0X" included. */
const CHECKSUM_WIDTH = 4;

/** Where a frame stands. */
export interface FramePlace {
  /** The bytes. */
  readonly view: DataView;
  /** Offset of the frame. */
  readonly frameAt: number;
  /** Length of the frame, link header included. */
  readonly lengthBytes: number;
  /** Length of the link header in front of the IP packet: 14 or 0. */
  readonly linkBytes: number;
}

/** A packet as lines of text, each ended by a line feed: what it carries, IP, Ethernet, a line of dashes. */
export function describeFrame(probe: Probe, frame: FramePlace): string {
  const { frameAt, lengthBytes, linkBytes, view } = frame;
  const at = frameAt + linkBytes;
  const end = frameAt + lengthBytes;
  const payload = probe.describe === undefined
    ? describePayload(view, at, end)
    : probe.describe(view, at, end);
  const ethernet = linkBytes === ETHERNET_HEADER_BYTES
    ? `${describeEthernet(view, frameAt)}\n`
    : "";
  return `${payload}\n${describeIp(view, at)}\n${ethernet}${SEPARATOR}\n`;
}

/** The line of a TCP segment, UDP datagram or ICMP message in the IP packet at `at`, whose header is whole. */
export function describePayload(
  view: DataView,
  at: number,
  end: number,
): string {
  const family = familyAt(view, at);
  const protocol = view.getUint8(
    at + (family.version === 4 ? IPV4_PROTOCOL : IPV6_NEXT_HEADER),
  );
  const payloadAt = family.payloadAt(view, at, end, protocol);
  const room = payloadAt < 0 ? 0 : end - payloadAt;
  if (protocol === IP_PROTOCOL_TCP && room >= TCP_HEADER_BYTES) {
    return block("tcp", {
      source: view.getUint16(payloadAt + TCP_SOURCE_PORT),
      dest: view.getUint16(payloadAt + TCP_DESTINATION_PORT),
      seq: view.getUint32(payloadAt + TCP_SEQUENCE),
      checksum: checksumText(view.getUint16(payloadAt + TCP_CHECKSUM)),
    });
  }
  if (protocol === IP_PROTOCOL_UDP && room >= UDP_HEADER_BYTES) {
    return describeUdp(view, payloadAt);
  }
  if (protocol === family.icmp.protocol && room >= ICMP_HEADER_BYTES) {
    return block(family.version === 4 ? "icmp" : "icmp6", {
      type: view.getUint8(payloadAt + ICMP_TYPE),
      code: view.getUint8(payloadAt + ICMP_CODE),
      checksum: checksumText(view.getUint16(payloadAt + ICMP_CHECKSUM)),
      id: view.getUint16(payloadAt + ICMP_ID),
      seq: view.getUint16(payloadAt + ICMP_SEQUENCE),
    });
  }
  return block("payload", { protocol, length: room });
}

/** The line of a UDP header at `at`; `name` is `udp`, or the protocol above it. */
export function describeUdp(
  view: DataView,
  at: number,
  name: string = "udp",
): string {
  return block(name, {
    source: view.getUint16(at + UDP_SOURCE_PORT),
    dest: view.getUint16(at + UDP_DESTINATION_PORT),
    checksum: checksumText(view.getUint16(at + UDP_CHECKSUM)),
  });
}

/** The line of an IP header at `at`: for IPv6 as ZMapv6 prints it. */
export function describeIp(view: DataView, at: number): string {
  const family = familyAt(view, at);
  const addresses = {
    saddr: family.sourceText(view, at),
    daddr: family.destinationText(view, at),
  };
  return family.version === 4
    ? block("ip", {
      ...addresses,
      checksum: checksumText(view.getUint16(at + IPV4_CHECKSUM)),
    })
    : block("ip6", {
      ...addresses,
      nxthdr: view.getUint8(at + IPV6_NEXT_HEADER),
    });
}

function describeEthernet(view: DataView, at: number): string {
  return block("eth", {
    shost: macText(readMac(view, at + ETHERNET_SOURCE)),
    dhost: macText(readMac(view, at + ETHERNET_DESTINATION)),
  });
}

/** `name { one: 1 | two: 2 }` */
export function block(
  name: string,
  fields: Readonly<Record<string, number | string>>,
): string {
  const texts = Object.entries(fields).map(([key, value]) =>
    `${key}: ${value}`
  );
  return `${name} { ${texts.join(" | ")} }`;
}

/** As C prints it with `%#04X`. */
function checksumText(checksum: number): string {
  if (checksum === 0) return "0".repeat(CHECKSUM_WIDTH);
  const digits = checksum.toString(16).toUpperCase();
  return `0X${digits.padStart(CHECKSUM_WIDTH - 2, "0")}`;
}

function macText(mac: Uint8Array): string {
  return Array.from(mac, (byte) => byte.toString(16).padStart(2, "0")).join(
    ":",
  );
}
