import * as c from "../../ffi/constants.ts";
import { type Channels, EthtoolSocket, type Rings } from "../../ffi/ethtool.ts";
import { ErrnoError } from "../../ffi/errno.ts";
import { IFINFOMSG, TC_TBF_QOPT, TCMSG } from "../../ffi/layout.ts";
import { NetlinkSocket } from "../../ffi/netlink.ts";
import { readAttributes, viewOf } from "../../ffi/netlink_attributes.ts";
import { bytesOf, isRootQueue, textOf } from "./_messages.ts";

/** What an interface is made of, beyond `LinkInfo`; null where its driver does not say. */
export interface LinkDetails {
  /** Name of the driver: "veth", "ixgbe". */
  readonly driver: string | null;
  /** Where the device is plugged in: a PCI address. */
  readonly bus: string | null;
  readonly speedMbps: number | null;
  readonly txQueues: number;
  readonly rxQueues: number;
  readonly rings: Rings | null;
  /** Names of the offloads that are on. */
  readonly offloads: readonly string[];
  /** An XDP program sees frames before any capture does. */
  readonly hasXdp: boolean;
  /** Kind of the queue in front of the driver: "noqueue", "fq_codel", "tbf". */
  readonly queueKind: string;
  /** Rate of a token bucket queue; null for other kinds. */
  readonly queueBytesPerSecond: number | null;
}

/**
 * Asks the kernel and the driver about an interface; null when it is gone. Needs no rights.
 *
 * @throws {ErrnoError} when the kernel refuses a socket
 */
export function readLinkDetails(
  link: { readonly index: number; readonly name: string },
): LinkDetails | null {
  using ethtool = EthtoolSocket.open();
  using netlink = NetlinkSocket.open();
  const attributes = readLink(netlink, link.index);
  if (attributes === null) return null;
  const driver = ethtool.driver(link.name);
  const channels = ethtool.channels(link.name);
  const queueKind = textOf(attributes.get(c.IFLA_QDISC));
  const number = (type: number): number =>
    attributes.get(type)?.getUint32(0, true) ?? 1;
  return {
    driver: driver?.name ?? null,
    bus: driver?.bus || null,
    speedMbps: ethtool.speedMbps(link.name),
    txQueues: queueCount(channels, "tx") ?? number(c.IFLA_NUM_TX_QUEUES),
    rxQueues: queueCount(channels, "rx") ?? number(c.IFLA_NUM_RX_QUEUES),
    rings: ethtool.rings(link.name),
    offloads: ethtool.offloads(link.name),
    hasXdp: readXdp(attributes.get(c.IFLA_XDP)),
    queueKind,
    queueBytesPerSecond: queueKind === "tbf"
      ? readBucketRate(netlink, link.index)
      : null,
  };
}

function readLink(
  netlink: NetlinkSocket,
  index: number,
): Map<number, DataView> | null {
  const header = new DataView(new ArrayBuffer(IFINFOMSG.size));
  header.setInt32(IFINFOMSG.ifi_index, index, true);
  try {
    const body = bytesOf(header);
    const answer = netlink.request(c.RTM_GETLINK, 0, body)[0];
    return answer ? readAttributes(answer.body, IFINFOMSG.size) : null;
  } catch (error) {
    if (error instanceof ErrnoError && error.errno === c.ENODEV) return null;
    throw error;
  }
}

/** Drivers count their queues as one of each, or as queues that do both. */
function queueCount(
  channels: Channels | null,
  direction: "rx" | "tx",
): number | null {
  if (channels === null) return null;
  return channels.combined + channels[direction] || null;
}

function readXdp(nested: DataView | undefined): boolean {
  if (nested === undefined) return false;
  const attached = readAttributes(bytesOf(nested), 0).get(c.IFLA_XDP_ATTACHED);
  return (attached?.getUint8(0) ?? 0) !== 0;
}

function readBucketRate(netlink: NetlinkSocket, index: number): number | null {
  const header = new DataView(new ArrayBuffer(TCMSG.size));
  header.setInt32(TCMSG.tcm_ifindex, index, true);
  const root = netlink.request(
    c.RTM_GETQDISC,
    c.NLM_F_DUMP,
    bytesOf(header),
    (queue) => isRootQueue(queue, index),
  )[0];
  const options = root === undefined
    ? undefined
    : readAttributes(root.body, TCMSG.size).get(c.TCA_OPTIONS);
  if (options === undefined) return null;
  const values = readAttributes(bytesOf(options), 0);
  // The 64-bit rate is there only when it does not fit 32 bits.
  const wide = values.get(c.TCA_TBF_RATE64);
  if (wide !== undefined) return Number(wide.getBigUint64(0, true));
  const parameters = values.get(c.TCA_TBF_PARMS);
  return parameters === undefined
    ? null
    : viewOf(bytesOf(parameters)).getUint32(TC_TBF_QOPT.rate, true);
}
