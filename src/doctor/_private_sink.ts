import * as c from "../../ffi/constants.ts";
import { ErrnoError } from "../../ffi/errno.ts";
import { IFADDRMSG, IFINFOMSG, RTMSG } from "../../ffi/layout.ts";
import { NetlinkSocket } from "../../ffi/netlink.ts";
import {
  addressAttribute,
  joinBytes,
  nestedAttribute,
  numberAttribute,
  textAttribute,
} from "../../ffi/netlink_builder.ts";

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
/** Address of the sink (RFC 6890 2.2.2, a test network). */
const SINK_ADDRESS = 0xc000_0201;
/** All routes lead to it: one neighbour for all targets, as the kernel has few places for them. */
const GATEWAY_ADDRESS = 0xc000_0202;
/** Both addresses, and no target. */
const PREFIX_BITS = 30;
const CREATE = c.NLM_F_CREATE | c.NLM_F_EXCL | c.NLM_F_ACK;

/**
 * Makes an interface in the calling thread's network namespace, which has to be a private one, and leads all
 * routes through it. Takes the first of `kinds` that this kernel has; null when it has none.
 *
 * @throws {ErrnoError} when the kernel refuses for another reason
 */
export function makePrivateSink(
  kinds: readonly SinkKind[],
): PrivateSink | null {
  using netlink = NetlinkSocket.open();
  for (const kind of kinds) {
    if (!makeLink(netlink, kind)) continue;
    netlink.request(c.RTM_NEWADDR, CREATE, addressMessage());
    netlink.request(c.RTM_NEWROUTE, CREATE, routeMessage());
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

function addressMessage(): Uint8Array {
  const header = new DataView(new ArrayBuffer(IFADDRMSG.size));
  header.setUint8(IFADDRMSG.ifa_family, c.AF_INET);
  header.setUint8(IFADDRMSG.ifa_prefixlen, PREFIX_BITS);
  header.setUint32(IFADDRMSG.ifa_index, SINK_INDEX, true);
  return joinBytes(
    new Uint8Array(header.buffer),
    addressAttribute(c.IFA_LOCAL, SINK_ADDRESS),
    addressAttribute(c.IFA_ADDRESS, SINK_ADDRESS),
  );
}

function routeMessage(): Uint8Array {
  const header = new DataView(new ArrayBuffer(RTMSG.size));
  header.setUint8(RTMSG.rtm_family, c.AF_INET);
  header.setUint8(RTMSG.rtm_table, c.RT_TABLE_MAIN);
  header.setUint8(RTMSG.rtm_protocol, c.RTPROT_STATIC);
  header.setUint8(RTMSG.rtm_scope, c.RT_SCOPE_UNIVERSE);
  header.setUint8(RTMSG.rtm_type, c.RTN_UNICAST);
  return joinBytes(
    new Uint8Array(header.buffer),
    numberAttribute(c.RTA_OIF, SINK_INDEX),
    addressAttribute(c.RTA_GATEWAY, GATEWAY_ADDRESS),
  );
}
