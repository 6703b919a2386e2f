import * as c from "../../ffi/constants.ts";
import {
  GNET_STATS_QUEUE,
  IFADDRMSG,
  IFINFOMSG,
  RTMSG,
  RTNL_LINK_STATS64,
  TCMSG,
} from "../../ffi/layout.ts";
import {
  listAttributes,
  readAttributes,
  viewOf,
} from "../../ffi/netlink_attributes.ts";
import type {
  AddressInfo,
  LinkCounters,
  LinkInfo,
  QueueCounters,
  RouteInfo,
} from "./facts.ts";
import type { IpAddress, IpFamily } from "./ip_family.ts";

type Body = Uint8Array<ArrayBuffer>;

const MAC_BYTES = 6;

/** Reads a `RTM_NEWLINK` message. */
export function parseLink(body: Body): LinkInfo {
  const header = viewOf(body);
  const attributes = readAttributes(body, IFINFOMSG.size);
  const flags = header.getUint32(IFINFOMSG.ifi_flags, true);
  const type = header.getUint16(IFINFOMSG.ifi_type, true);
  const mac = attributes.get(c.IFLA_ADDRESS);
  return {
    index: header.getInt32(IFINFOMSG.ifi_index, true),
    name: textOf(attributes.get(c.IFLA_IFNAME)),
    alternativeNames: alternativeNames(attributes.get(c.IFLA_PROP_LIST)),
    isUp: (flags & c.IFF_UP) !== 0,
    hasCarrier: (flags & c.IFF_LOWER_UP) !== 0,
    isRunning: (flags & c.IFF_RUNNING) !== 0,
    isLoopback: (flags & c.IFF_LOOPBACK) !== 0,
    hasEthernetHeader: type === c.ARPHRD_ETHER,
    usesArp: (flags & c.IFF_NOARP) === 0,
    macAddress: mac?.byteLength === MAC_BYTES ? bytesOf(mac) : null,
    mtuBytes: attributes.get(c.IFLA_MTU)?.getUint32(0, true) ?? 0,
    stats: parseLinkCounters(attributes),
  };
}

/** Each name is an attribute of the same type, so a list of them cannot be read by type. */
function alternativeNames(list: DataView | undefined): string[] {
  return list === undefined
    ? []
    : listAttributes(bytesOf(list), c.IFLA_ALT_IFNAME).map(textOf);
}

function parseLinkCounters(
  attributes: ReadonlyMap<number, DataView>,
): LinkCounters {
  const stats = attributes.get(c.IFLA_STATS64);
  const read = (offset: number): number =>
    stats === undefined || offset + 8 > stats.byteLength
      ? 0
      : Number(stats.getBigUint64(offset, true));
  return {
    rxPackets: read(RTNL_LINK_STATS64.rx_packets),
    txPackets: read(RTNL_LINK_STATS64.tx_packets),
    rxBytes: read(RTNL_LINK_STATS64.rx_bytes),
    txBytes: read(RTNL_LINK_STATS64.tx_bytes),
    rxErrors: read(RTNL_LINK_STATS64.rx_errors),
    txErrors: read(RTNL_LINK_STATS64.tx_errors),
    rxDropped: read(RTNL_LINK_STATS64.rx_dropped),
    txDropped: read(RTNL_LINK_STATS64.tx_dropped),
    rxOverErrors: read(RTNL_LINK_STATS64.rx_over_errors),
    rxFifoErrors: read(RTNL_LINK_STATS64.rx_fifo_errors),
    rxMissed: read(RTNL_LINK_STATS64.rx_missed_errors),
    carrierChanges:
      attributes.get(c.IFLA_CARRIER_CHANGES)?.getUint32(0, true) ?? 0,
  };
}

/** Reads a `RTM_NEWADDR` message; null without an address of this family. */
export function parseAddress<A extends IpAddress>(
  body: Body,
  family: IpFamily<A>,
): AddressInfo<A> | null {
  const header = viewOf(body);
  const attributes = readAttributes(body, IFADDRMSG.size);
  // On a point-to-point link IFA_ADDRESS is the peer.
  const local = attributes.get(c.IFA_LOCAL) ?? attributes.get(c.IFA_ADDRESS);
  const address = family.read(local);
  if (address === null) return null;
  const flags = attributes.get(c.IFA_FLAGS)?.getUint32(0, true) ??
    header.getUint8(IFADDRMSG.ifa_flags);
  const isIpv6 = family.version === 6;
  const has = (flag: number): boolean => isIpv6 && (flags & flag) !== 0;
  return {
    interfaceIndex: header.getUint32(IFADDRMSG.ifa_index, true),
    address,
    prefixLength: header.getUint8(IFADDRMSG.ifa_prefixlen),
    isSecondary: !isIpv6 && (flags & c.IFA_F_SECONDARY) !== 0,
    isLinkLocal: header.getUint8(IFADDRMSG.ifa_scope) === c.RT_SCOPE_LINK,
    state: {
      // An optimistic address is in use from the start (RFC 4429).
      isTentative: has(c.IFA_F_TENTATIVE) && !has(c.IFA_F_OPTIMISTIC),
      isDuplicate: has(c.IFA_F_DADFAILED),
      isDeprecated: has(c.IFA_F_DEPRECATED),
      isTemporary: has(c.IFA_F_TEMPORARY),
    },
  };
}

/** Reads the `RTM_NEWROUTE` message that answers the lookup of one address. */
export function parseRoute<A extends IpAddress>(
  body: Body,
  family: IpFamily<A>,
): RouteInfo<A> {
  const attributes = readAttributes(body, RTMSG.size);
  const source = attributes.get(c.RTA_PREFSRC) ?? attributes.get(c.RTA_SRC);
  const header = viewOf(body);
  const type = header.getUint8(RTMSG.rtm_type);
  return {
    interfaceIndex: attributes.get(c.RTA_OIF)?.getUint32(0, true) ?? 0,
    gateway: family.read(attributes.get(c.RTA_GATEWAY)),
    hasIpv6Gateway: attributes.has(c.RTA_VIA),
    source: family.read(source),
    isLocal: type === c.RTN_LOCAL || type === c.RTN_ANYCAST,
    isGroup: type === c.RTN_BROADCAST || type === c.RTN_MULTICAST,
    isAdvertised: header.getUint8(RTMSG.rtm_protocol) === c.RTPROT_RA,
  };
}

const NO_QUEUE: QueueCounters = {
  dropped: 0,
  overlimits: 0,
  requeues: 0,
  backlogBytes: 0,
  backlogPackets: 0,
};

/** Whether a `RTM_NEWQDISC` message is about the queue at the root of this interface. */
export function isRootQueue(body: Body, interfaceIndex: number): boolean {
  const header = viewOf(body);
  return header.getInt32(TCMSG.tcm_ifindex, true) === interfaceIndex &&
    header.getUint32(TCMSG.tcm_parent, true) === c.TC_H_ROOT;
}

/** Reads a `RTM_NEWQDISC` message; zeros without one, which means that the interface has no queue. */
export function parseQueue(body: Body | undefined): QueueCounters {
  if (body === undefined) return NO_QUEUE;
  const stats = readAttributes(body, TCMSG.size).get(c.TCA_STATS2);
  if (stats === undefined) return NO_QUEUE;
  const queue = readAttributes(bytesOf(stats), 0).get(c.TCA_STATS_QUEUE);
  if (queue === undefined) return NO_QUEUE;
  return {
    dropped: queue.getUint32(GNET_STATS_QUEUE.drops, true),
    overlimits: queue.getUint32(GNET_STATS_QUEUE.overlimits, true),
    requeues: queue.getUint32(GNET_STATS_QUEUE.requeues, true),
    backlogBytes: queue.getUint32(GNET_STATS_QUEUE.backlog, true),
    backlogPackets: queue.getUint32(GNET_STATS_QUEUE.qlen, true),
  };
}

/** A copy of an attribute's bytes. */
export function bytesOf(view: DataView): Body {
  const { buffer, byteLength, byteOffset } = view;
  return new Uint8Array(buffer, byteOffset, byteLength).slice();
}

/** The text of an attribute, without its zero byte; empty without one. */
export function textOf(view: DataView | undefined): string {
  if (view === undefined) return "";
  const bytes = bytesOf(view);
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}
