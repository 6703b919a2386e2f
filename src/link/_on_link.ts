import * as c from "../../ffi/constants.ts";
import { NLATTR, RTMSG, RTNEXTHOP } from "../../ffi/layout.ts";
import { readAttributes, viewOf } from "../../ffi/netlink_attributes.ts";
import type { Prefix } from "./facts.ts";
import type { IpAddress, IpFamily } from "./ip_family.ts";

type Body = Uint8Array<ArrayBuffer>;

/** A route of a dump that may lead straight to its destinations. */
export interface DirectRoute<A extends IpAddress> extends Prefix<A> {
  /** Interfaces that it leaves through without a gateway. */
  readonly interfaceIndexes: readonly number[];
  /** Number of the nexthop object that says the rest, or null (`net.ipv4.nexthop_compat_mode` 0). */
  readonly nexthopId: number | null;
}

/**
 * Whether a `RTM_NEWROUTE` message may be a route without gateway to other hosts. Reads in place, since
 * tables of a million routes pass through here.
 */
export function mayBeDirect(body: Body): boolean {
  if (body[RTMSG.rtm_type] !== c.RTN_UNICAST) return false;
  for (let at: number = RTMSG.size; at + NLATTR.size <= body.length;) {
    const lengthBytes = body[at + NLATTR.nla_len]! |
      (body[at + NLATTR.nla_len + 1]! << 8);
    const type = body[at + NLATTR.nla_type]!;
    if (type === c.RTA_GATEWAY || type === c.RTA_VIA) return false;
    if (lengthBytes < NLATTR.size) break;
    at += (lengthBytes + 3) & ~3;
  }
  return true;
}

/** Whether a `RTM_NEWROUTE` message leads to addresses of this host, or to anycast ones that it answers for. */
export function isLocalRoute(body: Body): boolean {
  const type = body[RTMSG.rtm_type];
  return type === c.RTN_LOCAL || type === c.RTN_ANYCAST;
}

/** Whether a `RTM_NEWROUTE` message leads to all hosts of a link. */
export function isBroadcastRoute(body: Body): boolean {
  return body[RTMSG.rtm_type] === c.RTN_BROADCAST;
}

/** Reads a message that `mayBeDirect` let through. */
export function parseDirectRoute<A extends IpAddress>(
  body: Body,
  family: IpFamily<A>,
): DirectRoute<A> {
  const attributes = readAttributes(body, RTMSG.size);
  const interfaceIndex = attributes.get(c.RTA_OIF)?.getUint32(0, true);
  const nexthops = attributes.get(c.RTA_MULTIPATH);
  return {
    address: family.read(attributes.get(c.RTA_DST)) ?? family.first,
    prefixLength: body[RTMSG.rtm_dst_len]!,
    interfaceIndexes: [
      ...(interfaceIndex === undefined ? [] : [interfaceIndex]),
      ...(nexthops === undefined ? [] : directNexthops(nexthops)),
    ],
    nexthopId: attributes.get(c.RTA_NH_ID)?.getUint32(0, true) ?? null,
  };
}

/** Interfaces of the nexthops (`struct rtnexthop`, each with attributes) that have no gateway. */
function directNexthops(list: DataView): number[] {
  const bytes = new Uint8Array(list.byteLength);
  bytes.set(new Uint8Array(list.buffer, list.byteOffset, list.byteLength));
  const view = viewOf(bytes);
  const found: number[] = [];
  for (let at = 0; at + RTNEXTHOP.size <= bytes.length;) {
    const lengthBytes = view.getUint16(at + RTNEXTHOP.rtnh_len, true);
    if (lengthBytes < RTNEXTHOP.size || at + lengthBytes > bytes.length) break;
    const nexthop = bytes.subarray(at, at + lengthBytes);
    const attributes = readAttributes(nexthop, RTNEXTHOP.size);
    if (!attributes.has(c.RTA_GATEWAY) && !attributes.has(c.RTA_VIA)) {
      found.push(view.getInt32(at + RTNEXTHOP.rtnh_ifindex, true));
    }
    at += (lengthBytes + 3) & ~3;
  }
  return found;
}
