import * as c from "../../ffi/constants.ts";
import { ErrnoError } from "../../ffi/errno.ts";
import { NFGENMSG } from "../../ffi/layout.ts";
import { NetlinkSocket } from "../../ffi/netlink.ts";
import {
  listAttributes,
  readAttributes,
} from "../../ffi/netlink_attributes.ts";
import { bytesOf, textOf } from "./_messages.ts";

type Body = Uint8Array<ArrayBuffer>;

/** Where in the kernel's output path a chain of firewall rules stands. */
export type FirewallStage = "output" | "egress";

/** A version of IP. */
type IpVersion = 4 | 6;
const BOTH: readonly IpVersion[] = [4, 6];

/** A chain of nftables that packets of this host pass on their way out. */
export interface FirewallChain {
  /** Table and chain, `inet filter/output`. */
  readonly name: string;
  /** "output" sees IP packets that the kernel sends, "egress" also frames that a packet socket sends. */
  readonly stage: FirewallStage;
  /** The versions of IP whose packets it sees. */
  readonly versions: readonly IpVersion[];
  /** Interfaces of an egress chain; none stands for all. */
  readonly interfaceNames: readonly string[];
  /** What no rule accepts is dropped. */
  readonly dropsByDefault: boolean;
}

/** The part of nftables' rules that concerns a scan. */
export interface Firewall {
  readonly chains: readonly FirewallChain[];
  /**
   * The versions of IP of which some rule asks for the state of connections or translates addresses: the kernel
   * tracks all of these.
   */
  readonly tracked: readonly IpVersion[];
}

const RECEIVE_BYTES = 64 * 1024;
/** Families of tables, `nft(8)`, and what they see. */
const FAMILIES: Readonly<
  Record<
    number,
    { readonly name: string; readonly versions: readonly IpVersion[] }
  >
> = {
  [c.NFPROTO_INET]: { name: "inet", versions: BOTH },
  [c.NFPROTO_IPV4]: { name: "ip", versions: [4] },
  [c.NFPROTO_IPV6]: { name: "ip6", versions: [6] },
  [c.NFPROTO_NETDEV]: { name: "netdev", versions: BOTH },
};
/** Expressions that make the kernel track connections; iptables' own are wrapped as "match" and "target". */
const TRACKING_EXPRESSIONS: ReadonlySet<string> = new Set([
  "ct",
  "nat",
  "masq",
  "redir",
  "synproxy",
]);

/**
 * Reads the rules of nftables, which include those of `iptables-nft`; null where that is not permitted
 * (CAP_NET_ADMIN) or the kernel has none.
 */
export function readFirewall(): Firewall | null {
  try {
    using socket = NetlinkSocket.open(RECEIVE_BYTES, c.NETLINK_NETFILTER);
    const chains = dump(socket, c.NFT_MSG_GETCHAIN).map(parseChain);
    const tracking = dump(socket, c.NFT_MSG_GETRULE).filter(tracks)
      .flatMap((body) => familyOf(body)?.versions ?? []);
    return {
      chains: chains.filter((chain) => chain !== null),
      tracked: BOTH.filter((version) => tracking.includes(version)),
    };
  } catch (error) {
    if (error instanceof ErrnoError) return null;
    throw error;
  }
}

/** The chains that see whatever leaves through this interface, IP packets and frames. */
export function egressChains(
  firewall: Firewall | null,
  interfaceName: string,
): FirewallChain[] {
  return firewall?.chains.filter(({ interfaceNames, stage }) =>
    stage === "egress" &&
    (interfaceNames.length === 0 || interfaceNames.includes(interfaceName))
  ) ?? [];
}

function dump(socket: NetlinkSocket, message: number): Body[] {
  const type = (c.NFNL_SUBSYS_NFTABLES << 8) | message;
  return socket.request(type, c.NLM_F_DUMP, new Uint8Array(NFGENMSG.size))
    .map(({ body }) => body);
}

/** The family of the table that a message is about; undefined for one whose packets are none of a scan. */
function familyOf(body: Body): typeof FAMILIES[number] | undefined {
  return FAMILIES[body[NFGENMSG.nfgen_family]!];
}

function parseChain(body: Body): FirewallChain | null {
  const family = familyOf(body);
  if (family === undefined) return null;
  const attributes = readAttributes(body, NFGENMSG.size);
  const hook = nested(attributes.get(c.NFTA_CHAIN_HOOK));
  const hookNumber = hook.get(c.NFTA_HOOK_HOOKNUM)?.getUint32(0);
  const isNetdev = body[NFGENMSG.nfgen_family] === c.NFPROTO_NETDEV;
  const stage = stageOf(isNetdev, hookNumber);
  if (stage === null) return null;
  const table = textOf(attributes.get(c.NFTA_CHAIN_TABLE));
  const chain = textOf(attributes.get(c.NFTA_CHAIN_NAME));
  const devices = hook.get(c.NFTA_HOOK_DEVS);
  const names = devices === undefined
    ? [hook.get(c.NFTA_HOOK_DEV)]
    : listAttributes(bytesOf(devices), c.NFTA_DEVICE_NAME);
  return {
    name: `${family.name} ${table}/${chain}`,
    stage,
    versions: family.versions,
    interfaceNames: names.map(textOf).filter((one) => one !== "").sort(),
    dropsByDefault:
      attributes.get(c.NFTA_CHAIN_POLICY)?.getUint32(0) === c.NF_DROP,
  };
}

function stageOf(
  isNetdev: boolean,
  hook: number | undefined,
): FirewallStage | null {
  if (isNetdev) return hook === c.NF_NETDEV_EGRESS ? "egress" : null;
  const isOutput = hook === c.NF_INET_LOCAL_OUT ||
    hook === c.NF_INET_POST_ROUTING;
  return isOutput ? "output" : null;
}

function tracks(body: Body): boolean {
  const rule = readAttributes(body, NFGENMSG.size);
  const list = rule.get(c.NFTA_RULE_EXPRESSIONS);
  if (list === undefined) return false;
  return listAttributes(bytesOf(list), c.NFTA_LIST_ELEM).some((element) => {
    const name = textOf(nested(element).get(c.NFTA_EXPR_NAME));
    return TRACKING_EXPRESSIONS.has(name);
  });
}

function nested(view: DataView | undefined): Map<number, DataView> {
  return view === undefined ? new Map() : readAttributes(bytesOf(view), 0);
}
