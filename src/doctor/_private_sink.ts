import * as c from "../../ffi/constants.ts";
import { ErrnoError } from "../../ffi/errno.ts";
import { IFADDRMSG, IFINFOMSG, RTMSG } from "../../ffi/layout.ts";
import { NetlinkSocket } from "../../ffi/netlink.ts";
import {
  attribute,
  joinBytes,
  nestedAttribute,
  numberAttribute,
  textAttribute,
} from "../../ffi/netlink_builder.ts";

import type { IpVersion } from "../probe/mod.ts";

/** Kinds of interfaces that can swallow frames; all but "veth" are sinks by nature. */
export type SinkKind = "ifb" | "dummy" | "veth";

/** An interface that leads nowhere. */
export interface PrivateSink {
  readonly kind: SinkKind;
  readonly interfaceName: string;
  readonly interfaceIndex: number;
}

const SINK = "sink0";
/** The other end, if the sink is a veth: where its frames come out. */
export const DRAIN = "drain0";
const SINK_INDEX = 2;
const DRAIN_INDEX = 3;
/** Addresses of the sink, and what they are made from. */
interface SinkAddresses {
  /** `AF_…`. */
  readonly family: number;
  /** Of a test network: RFC 5737, RFC 3849. */
  readonly sink: Uint8Array;
  /** All routes lead to it: one neighbour for all targets, as the kernel has few places for them. */
  readonly gateway: Uint8Array;
  /** Both addresses, and no target. */
  readonly prefixBits: number;
}

const PREFIX6 = [0x20, 0x01, 0x0d, 0xb8, ...new Uint8Array(11)];
const ADDRESSES: Readonly<Record<IpVersion, SinkAddresses>> = {
  4: {
    family: c.AF_INET,
    sink: Uint8Array.of(192, 0, 2, 1),
    gateway: Uint8Array.of(192, 0, 2, 2),
    prefixBits: 30,
  },
  6: {
    family: c.AF_INET6,
    sink: Uint8Array.of(...PREFIX6, 1),
    gateway: Uint8Array.of(...PREFIX6, 2),
    prefixBits: 126,
  },
};
const CREATE = c.NLM_F_CREATE | c.NLM_F_EXCL | c.NLM_F_ACK;

/**
 * Makes an interface in the calling thread's network namespace, which has to be a private one, and leads all
 * routes of a version of IP through it. Takes the first of `kinds` that this kernel has; null when it has none.
 *
 * @throws {ErrnoError} when the kernel refuses for another reason
 */
export function makePrivateSink(
  kinds: readonly SinkKind[],
  version: IpVersion,
): PrivateSink | null {
  const addresses = ADDRESSES[version];
  using netlink = NetlinkSocket.open();
  for (const kind of kinds) {
    if (!makeLink(netlink, kind)) continue;
    netlink.request(c.RTM_NEWADDR, CREATE, addressMessage(addresses));
    netlink.request(c.RTM_NEWROUTE, CREATE, routeMessage(addresses));
    return { kind, interfaceName: SINK, interfaceIndex: SINK_INDEX };
  }
  return null;
}

function makeLink(netlink: NetlinkSocket, kind: SinkKind): boolean {
  const peer = nestedAttribute(
    c.IFLA_INFO_DATA,
    nestedAttribute(
      c.VETH_INFO_PEER,
      linkHeader(DRAIN_INDEX, 0),
      textAttribute(c.IFLA_IFNAME, DRAIN),
    ),
  );
  const body = joinBytes(
    linkHeader(SINK_INDEX, 0),
    textAttribute(c.IFLA_IFNAME, SINK),
    nestedAttribute(
      c.IFLA_LINKINFO,
      textAttribute(c.IFLA_INFO_KIND, kind),
      kind === "veth" ? peer : new Uint8Array(0),
    ),
  );
  try {
    netlink.request(c.RTM_NEWLINK, CREATE, body);
  } catch (error) {
    if (error instanceof ErrnoError && error.errno === c.EOPNOTSUPP) {
      return false;
    }
    throw error;
  }
  // Not when it is made: one end of a veth cannot be up before it has the other.
  const indexes = kind === "veth" ? [DRAIN_INDEX, SINK_INDEX] : [SINK_INDEX];
  for (const index of indexes) {
    const isUp = linkHeader(index, c.IFF_UP | c.IFF_NOARP);
    netlink.request(c.RTM_NEWLINK, c.NLM_F_ACK, isUp);
  }
  return true;
}

/** Without ARP no frame waits for a neighbour. */
function linkHeader(index: number, flags: number): Uint8Array<ArrayBuffer> {
  const header = new DataView(new ArrayBuffer(IFINFOMSG.size));
  header.setInt32(IFINFOMSG.ifi_index, index, true);
  header.setUint32(IFINFOMSG.ifi_flags, flags, true);
  header.setUint32(IFINFOMSG.ifi_change, flags, true);
  return new Uint8Array(header.buffer);
}

function addressMessage(
  { family, prefixBits, sink }: SinkAddresses,
): Uint8Array {
  const header = new DataView(new ArrayBuffer(IFADDRMSG.size));
  header.setUint8(IFADDRMSG.ifa_family, family);
  header.setUint8(IFADDRMSG.ifa_prefixlen, prefixBits);
  header.setUint32(IFADDRMSG.ifa_index, SINK_INDEX, true);
  return joinBytes(
    new Uint8Array(header.buffer),
    attribute(c.IFA_LOCAL, sink),
    attribute(c.IFA_ADDRESS, sink),
  );
}

function routeMessage({ family, gateway }: SinkAddresses): Uint8Array {
  const header = new DataView(new ArrayBuffer(RTMSG.size));
  header.setUint8(RTMSG.rtm_family, family);
  header.setUint8(RTMSG.rtm_table, c.RT_TABLE_MAIN);
  header.setUint8(RTMSG.rtm_protocol, c.RTPROT_STATIC);
  header.setUint8(RTMSG.rtm_scope, c.RT_SCOPE_UNIVERSE);
  header.setUint8(RTMSG.rtm_type, c.RTN_UNICAST);
  return joinBytes(
    new Uint8Array(header.buffer),
    numberAttribute(c.RTA_OIF, SINK_INDEX),
    attribute(c.RTA_GATEWAY, gateway),
  );
}
