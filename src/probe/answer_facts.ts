import {
  ETHERNET_HEADER_BYTES,
  ETHERNET_TYPE,
  ETHERTYPE_IPV4,
  ETHERTYPE_IPV6,
  ICMP_CODE,
  ICMP_HEADER_BYTES,
  ICMP_TYPE,
  IP_PROTOCOL_ICMP,
  IP_PROTOCOL_ICMPV6,
  IP_PROTOCOL_TCP,
  IP_PROTOCOL_UDP,
  IPV4_PROTOCOL,
  IPV4_TOTAL_LENGTH,
  IPV6_HEADER_BYTES,
  IPV6_NEXT_HEADER,
  IPV6_PAYLOAD_LENGTH,
  TCP_FLAGS,
} from "../wire/mod.ts";
import { familyAt, icmpOf, payloadOf } from "./_families.ts";
import type { Probe, Response } from "./probe.ts";

/** What a kind of probe sends in its IP packets; `ip` stands for all else. */
export type ProbeProtocol = "tcp" | "udp" | "icmp" | "ip";

/** The protocol of a probe's packets. */
export function probeProtocol(probe: Probe): ProbeProtocol {
  const frame = new DataView(new ArrayBuffer(probe.maxFrameBytes));
  probe.prepare(frame, 0);
  // A prepared frame has no addresses yet, which stand there in one without an Ethernet header.
  const type = frame.getUint16(ETHERNET_TYPE);
  const ip = type === ETHERTYPE_IPV4 || type === ETHERTYPE_IPV6
    ? ETHERNET_HEADER_BYTES
    : 0;
  const protocol = frame.getUint8(
    ip + (probe.family === 4 ? IPV4_PROTOCOL : IPV6_NEXT_HEADER),
  );
  if (protocol === IP_PROTOCOL_TCP) return "tcp";
  if (protocol === IP_PROTOCOL_UDP) return "udp";
  return protocol === IP_PROTOCOL_ICMP || protocol === IP_PROTOCOL_ICMPV6
    ? "icmp"
    : "ip";
}

/** Whether a response is a packet of IPv6, and its target has such an address. */
export function isIpv6Response({ at, view }: Response): boolean {
  return familyAt(view, at).version === 6;
}

/** The address that was probed. */
export function targetTextOf(response: Response): string {
  return familyAt(response.view, response.at).targetText(response);
}

/** Whether the target itself has answered, and not a router on the way. */
export function isFromTarget(response: Response): boolean {
  const { at, view } = response;
  const family = familyAt(view, at);
  return family.sourceText(view, at) === family.targetText(response);
}

/** Time to live or hop limit on arrival. */
export function hopLimitOf({ at, view }: Response): number {
  return familyAt(view, at).hopLimit(view, at);
}

/** The flags of a TCP segment; -1 when a response is something else. */
export function tcpFlagsOf(response: Response): number {
  const tcp = payloadOf(response, IP_PROTOCOL_TCP);
  return tcp < 0 || tcp + TCP_FLAGS >= response.end
    ? -1
    : response.view.getUint8(tcp + TCP_FLAGS);
}

/** What an ICMP error says of an unreachable target, or of something on the way to it. */
export interface IcmpFacts {
  /** Type and code of the message, RFC 792 or RFC 4443. */
  readonly type: number;
  /** See `type`. */
  readonly code: number;
  /** As in `icmp_unreach_str`; null where it is about something else. */
  readonly unreachable: string | null;
}

/** Type and code of an ICMP message; null when a response is something else. */
export function icmpFactsOf(response: Response): IcmpFacts | null {
  const { at, end, view } = response;
  const icmp = icmpOf(response);
  if (icmp < 0 || icmp + ICMP_HEADER_BYTES > end) return null;
  const type = view.getUint8(icmp + ICMP_TYPE);
  const code = view.getUint8(icmp + ICMP_CODE);
  const unreachable = familyAt(view, at).icmp.unreachableText(type, code);
  return { type, code, unreachable };
}

/** Length of a response as its IP header states it: more than was captured, where that is cut. */
export function statedLengthOf({ at, view }: Response): number {
  return familyAt(view, at).version === 4
    ? view.getUint16(at + IPV4_TOTAL_LENGTH)
    : IPV6_HEADER_BYTES + view.getUint16(at + IPV6_PAYLOAD_LENGTH);
}
