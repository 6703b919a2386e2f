import { formatCount } from "../base/mod.ts";
import { egressChains, type Firewall } from "../link/mod.ts";
import type { IpVersion } from "../probe/mod.ts";
import {
  IP_PROTOCOL_ICMP,
  IP_PROTOCOL_ICMPV6,
  IP_PROTOCOL_TCP,
  IP_PROTOCOL_UDP,
} from "../wire/mod.ts";
import { type Check, pass, warn } from "./check.ts";
import { readNumber, type ReadText } from "./read_text.ts";

/** What of a scan matters to the kernel's own filters. */
export interface FilteredScan {
  /** Of IP. */
  readonly version: IpVersion;
  readonly interfaceName: string;
  /** "ethernet": frames leave below all filters for IP packets; "ip": through them. */
  readonly layer: "ethernet" | "ip";
  /** IP protocol of the probes. */
  readonly protocol: number;
  readonly targetCount: number;
  /** Null when it is not fixed. */
  readonly ratePps: number | null;
}

const CONNTRACK = "/proc/sys/net/netfilter/nf_conntrack_";
/** Where the kernel says how long it remembers a probe that nobody answers, and its default in seconds. */
const TIMEOUTS: Readonly<Record<number, readonly [string, number]>> = {
  [IP_PROTOCOL_TCP]: ["tcp_timeout_syn_sent", 120],
  [IP_PROTOCOL_UDP]: ["udp_timeout", 30],
  [IP_PROTOCOL_ICMP]: ["icmp_timeout", 30],
  [IP_PROTOCOL_ICMPV6]: ["icmpv6_timeout", 30],
};
const DEFAULT_TIMEOUT_SECONDS = 120;
/** Names of the tables of the older iptables. */
const OLD_TABLES: Readonly<Record<IpVersion, string>> = {
  4: "/proc/self/net/ip_tables_names",
  6: "/proc/self/net/ip6_tables_names",
};

/** The kernel's table of connections. */
export interface ConntrackFacts {
  /** Null when the kernel has none. */
  readonly entries: number | null;
  readonly limit: number | null;
  /** How long an unanswered probe stays in it. */
  readonly timeoutSeconds: number;
  /** Whether it is in use; null when that cannot be told. */
  readonly isInUse: boolean | null;
}

/** Reads about the table of connections of this network namespace. */
export function readConntrackFacts(
  readText: ReadText,
  { protocol, version }: Pick<FilteredScan, "protocol" | "version">,
  firewall: Firewall | null,
): ConntrackFacts {
  const number = (name: string): number | null =>
    readNumber(readText, `${CONNTRACK}${name}`);
  const entries = number("count");
  const [file, fallback] = TIMEOUTS[protocol] ?? ["", DEFAULT_TIMEOUT_SECONDS];
  const tables = readText(OLD_TABLES[version]);
  const isSeen = (entries ?? 0) > 0 ||
    firewall?.tracked.includes(version) === true ||
    tables?.includes("nat") === true;
  return {
    entries,
    limit: number("max"),
    timeoutSeconds: number(file) ?? fallback,
    isInUse: isSeen ? true : firewall === null ? null : false,
  };
}

/** Whether the kernel would drop probes because it wants to remember each as a connection. */
export function conntrackCheck(
  facts: ConntrackFacts,
  scan: FilteredScan,
): Check {
  const name = "connection-tracking";
  const { entries, isInUse, limit, timeoutSeconds } = facts;
  if (entries === null || limit === null) return pass(name, "none");
  const use = isInUse === null
    ? "not known to be in use"
    : isInUse
    ? "in use"
    : "not in use";
  const found = `${use}, ${formatCount(entries)} of ${
    formatCount(limit)
  } entries`;
  if (scan.layer === "ethernet") {
    const where = "frames leave below it, answers are captured before it";
    return pass(name, `${found}; ${where}`);
  }
  const probes = Math.min(
    scan.targetCount,
    scan.ratePps === null ? Infinity : scan.ratePps * timeoutSeconds,
  );
  const needed = `${formatCount(probes)} entries if it tracks the probes`;
  if (isInUse !== true || probes <= limit - entries) {
    return pass(name, found, needed);
  }
  return warn(name, {
    found: `${found}: it drops probes once it is full`,
    needed,
    remedy:
      "Exempt the probes (nft: notrack in an output chain of priority raw), raise " +
      "net.netfilter.nf_conntrack_max, or send Ethernet frames, without -X",
  });
}

/** Which chains of the firewall the probes pass on their way out. */
export function firewallCheck(
  firewall: Firewall | null,
  scan: FilteredScan,
): Check {
  const name = "firewall";
  if (firewall === null) {
    return pass(name, "not known: reading its rules needs CAP_NET_ADMIN");
  }
  const passed = [
    ...firewall.chains.filter(({ stage }) =>
      stage === "output" && scan.layer === "ip"
    ),
    ...egressChains(firewall, scan.interfaceName),
  ].filter(({ versions }) => versions.includes(scan.version));
  const needed = "rules that let probes pass; answers are captured before any";
  if (passed.length === 0) {
    return pass(name, "no nftables chain on the probes' way", needed);
  }
  const names = passed.map((chain) => chain.name).join(", ");
  if (!passed.some(({ dropsByDefault }) => dropsByDefault)) {
    return pass(name, `probes pass ${names}`, needed);
  }
  return warn(name, {
    found: `probes pass ${names}, and what no rule accepts is dropped`,
    needed,
    remedy: "Add a rule that accepts the probes",
  });
}

/** What reverse-path filtering does to answers: nothing, since they are captured before it. */
export function reversePathCheck(
  readText: ReadText,
  { interfaceName, version }: Pick<FilteredScan, "interfaceName" | "version">,
): Check {
  const check = "reverse-path";
  if (version === 6) {
    const where = "by firewall rules, behind the capture, which sees answers";
    return pass(check, `the kernel filters IPv6 so only ${where}`);
  }
  const of = (name: string): number =>
    readNumber(readText, `/proc/sys/net/ipv4/conf/${name}/rp_filter`) ?? 0;
  // The kernel takes the stricter of both, ip-sysctl(rst).
  const mode = Math.max(of("all"), of(interfaceName));
  const text = mode === 0 ? "off" : mode === 1 ? "strict" : "loose";
  return pass(
    check,
    mode === 0
      ? text
      : `${text}: it drops answers behind the capture, which sees them all`,
  );
}

/** What this host's own kernel does with the answers, for information. */
export function kernelAnswersCheck(
  scan: FilteredScan,
  areSourcesOwn: boolean,
): Check {
  const name = "kernel-answers";
  if (!areSourcesOwn) {
    return pass(
      name,
      "none: the source addresses are not this host's, so targets repeat what nobody ends",
    );
  }
  const most = scan.ratePps === null
    ? "one for each"
    : `up to ${formatCount(scan.ratePps)}/s`;
  switch (scan.protocol) {
    case IP_PROTOCOL_TCP:
      return pass(name, `this kernel answers SYN-ACKs with RSTs, ${most}`);
    case IP_PROTOCOL_UDP:
      return pass(
        name,
        `this kernel answers datagrams with ${
          scan.version === 6 ? "ICMPv6" : "ICMP"
        } port unreachable, at a limited rate`,
      );
    default:
      return pass(name, "none to answers of this kind");
  }
}

/** How long the kernel waits for a neighbour that does not answer, seconds: three requests a second apart. */
const NEIGHBOUR_WAIT_SECONDS = 3;
/** Name of the limit: a `sysctl`, and below /proc/sys a file. */
const NEIGHBOUR_LIMITS = {
  4: "net.ipv4.neigh.default.gc_thresh3",
  6: "net.ipv6.neigh.default.gc_thresh3",
} as const;

/**
 * Whether the kernel's table of neighbours holds all that are asked for at once when targets lie on the link;
 * `onLinkCount` of them do. Where frames are this program's own it asks itself, and keeps a table of its own.
 */
export function neighboursCheck(
  readText: ReadText,
  onLinkCount: number,
  scan: FilteredScan,
): Check {
  const name = "neighbours";
  if (onLinkCount === 0) return pass(name, "none to look for but gateways");
  if (scan.layer === "ethernet") {
    const count = formatCount(onLinkCount);
    return pass(name, `${count} on the link, asked for before the first probe`);
  }
  const limitName = NEIGHBOUR_LIMITS[scan.version];
  const limitFile = `/proc/sys/${limitName.replaceAll(".", "/")}`;
  const limit = readNumber(readText, limitFile);
  const atOnce = Math.min(
    onLinkCount,
    scan.ratePps === null ? Infinity : scan.ratePps * NEIGHBOUR_WAIT_SECONDS,
  );
  const needed = `room for ${
    formatCount(atOnce)
  } that the kernel asks for at a time`;
  if (limit === null) return pass(name, "room not known", needed);
  const found = `room for ${formatCount(limit)}`;
  if (limit >= atOnce) return pass(name, found, needed);
  return warn(name, {
    found: `${found}: the kernel refuses probes while its table is full`,
    needed,
    remedy:
      `Enlarge it: sysctl ${limitName}=${
        2 ** Math.ceil(Math.log2(atOnce * 2))
      }, ` +
      "or lower the rate with -r",
  });
}
