import { formatIpv4, formatIpv6, PreflightError } from "../base/mod.ts";
import { Host } from "./host.ts";
import { startWebServer, type WebServer } from "./web_server.ts";

/** The scanner's only interface, an Ethernet link to the router. */
export const SCANNER_INTERFACE = "up0";
/** Every address of this range (RFC 2544) is a host that answers. */
export const TARGET_RANGE = "198.18.0.0/15";
/** Addresses in `TARGET_RANGE`. */
export const TARGET_COUNT = 131_072;
/** A range that the router drops without a word (RFC 5737). */
export const SILENT_RANGE = "198.51.100.0/24";
/** The scanner's own address. */
export const SCANNER_ADDRESS = "192.0.2.1";
/** The scanner's gateway: the router. */
export const GATEWAY_ADDRESS = "192.0.2.254";
/** The same over IPv6; the prefix is of RFC 3849. */
export const TARGET_PREFIX6 = "2001:db8:8000::/33";
export const SILENT_PREFIX6 = "2001:db8:4::/48";
export const SCANNER_ADDRESS6 = "2001:db8:1::1";
export const GATEWAY_ADDRESS6 = "2001:db8:1::fe";

const COUNTER_TABLE = "pacemap_probes";
const LIMIT_TABLE = "pacemap_limit";
const SPARSE_TABLE = "pacemap_sparse";

/** What the target's own firewall counted on arrival, since `countProbes`. */
export interface ProbeCount {
  /** Packets from the scanner that are probes: SYNs, echo requests, UDP datagrams. */
  readonly probes: number;
  /** Those of them whose (protocol, address, port) had been seen before. */
  readonly repeated: number;
}

/**
 * Three hosts in network namespaces of their own, the only place where the demo and the tests send packets:
 *
 *     scanner 192.0.2.1 (up0) -- 192.0.2.254 router 203.0.113.254 -- 203.0.113.1 target
 *
 * The target answers for all of 198.18.0.0/15: its kernel sends ICMP echo replies and the RSTs of closed
 * ports. Where the machine has IPv6, so do the hosts, and the target answers for all of 2001:db8:8000::/33:
 *
 *     scanner 2001:db8:1::1 (up0) -- 2001:db8:1::fe router 2001:db8:2::fe -- 2001:db8:2::1 target
 *
 * No neighbour entry exists at first, so a scanner has to ask for its gateway. Any number of
 * networks can live side by side; each vanishes with the process that made it, however that ends.
 */
export class Network {
  readonly scanner: Host;
  readonly router: Host;
  readonly target: Host;
  /** Whether the hosts have IPv6. */
  readonly hasIpv6: boolean;
  readonly #servers: WebServer[] = [];

  private constructor([scanner, router, target]: Hosts, hasIpv6: boolean) {
    this.scanner = scanner;
    this.router = router;
    this.target = target;
    this.hasIpv6 = hasIpv6;
  }

  /**
   * Builds the network, as root or as anybody who may make user namespaces.
   *
   * @throws {PreflightError} when the system does not permit it
   */
  static async create(): Promise<Network> {
    const hosts: Host[] = [];
    try {
      const scanner = await Host.create();
      hosts.push(scanner);
      const router = await scanner.createSibling();
      hosts.push(router);
      const target = await scanner.createSibling();
      hosts.push(target);
      const all = [scanner, router, target] as const;
      const hasIpv6 = await prepare6(all);
      await connect(scanner, router, target);
      return new Network(all, hasIpv6 && await connect6(all));
    } catch (error) {
      await Promise.all(hosts.map((host) => host.close()));
      if (error instanceof PreflightError || !(error instanceof Error)) {
        throw error;
      }
      throw new PreflightError(
        "namespaces",
        `Cannot build the test network: ${error.message}`,
        "Check that the kernel has veth interfaces (modprobe veth), and that this container may make them",
        error,
      );
    }
  }

  /** Starts nginx on port 80 of every target address; needs it installed. */
  async startWebServer(): Promise<void> {
    this.#servers.push(await startWebServer(this.target, this.hasIpv6));
  }

  /** Makes the router drop, silently, what the scanner sends above this rate; 0 for no limit. Needs nftables. */
  async limitRouter(ratePps: number): Promise<void> {
    const burst = Math.floor(ratePps / 100) + 1;
    const rules = `table inet ${LIMIT_TABLE} {
      counter dropped { }
      chain limited {
        limit rate over ${ratePps}/second burst ${burst} packets counter name "dropped" drop
      }
      chain forwarding {
        type filter hook forward priority 0; policy accept;
        ip saddr ${SCANNER_ADDRESS} jump limited
        ip6 saddr ${SCANNER_ADDRESS6} jump limited
      }
    }`;
    await this.router.run(
      "nft",
      ["-f", "-"],
      replaceTable(LIMIT_TABLE, ratePps === 0 ? "" : rules),
    );
  }

  /** Packets that the router has dropped since `limitRouter`. */
  async routerDropped(): Promise<number> {
    return readCounter(
      await this.router.run("nft", [
        "list",
        "counter",
        "inet",
        LIMIT_TABLE,
        "dropped",
      ]),
    );
  }

  /**
   * Makes all target addresses of both families fall silent but one in `every`, a power of two: their probes arrive, are
   * counted by `countProbes`, and dropped. Returns the number of hosts that are left. Needs nftables.
   */
  async sparsify(every: number): Promise<number> {
    const mask = formatIpv4(every - 1);
    const mask6 = formatIpv6(BigInt(every - 1));
    const rules = `table inet ${SPARSE_TABLE} {
      chain arriving {
        type filter hook prerouting priority -290; policy accept;
        ip daddr ${TARGET_RANGE} ip daddr & ${mask} != ${mask} drop
        ip6 daddr ${TARGET_PREFIX6} ip6 daddr & ${mask6} != ${mask6} drop
      }
    }`;
    await this.target.run(
      "nft",
      ["-f", "-"],
      replaceTable(SPARSE_TABLE, every === 1 ? "" : rules),
    );
    return TARGET_COUNT / every;
  }

  /** Starts counting, at the target's network interface, the probes that arrive. Needs nftables. */
  async countProbes(): Promise<void> {
    const kinds = [
      {
        set: "echoes",
        match: "icmp type echo-request",
        type: "ipv4_addr",
        key: "ip daddr",
      },
      {
        set: "syns",
        match: "tcp flags & (syn | ack | rst) == syn",
        type: "ipv4_addr . inet_service",
        key: "ip daddr . tcp dport",
      },
      {
        set: "datagrams",
        match: "meta l4proto udp",
        type: "ipv4_addr . inet_service",
        key: "ip daddr . udp dport",
      },
      {
        set: "echoes6",
        match: "icmpv6 type echo-request",
        type: "ipv6_addr",
        key: "ip6 daddr",
      },
      {
        set: "syns6",
        match: "tcp flags & (syn | ack | rst) == syn",
        type: "ipv6_addr . inet_service",
        key: "ip6 daddr . tcp dport",
      },
      {
        set: "datagrams6",
        match: "meta l4proto udp",
        type: "ipv6_addr . inet_service",
        key: "ip6 daddr . udp dport",
      },
    ];
    const sets = kinds.map(({ set, type }) =>
      `set ${set} { type ${type}; size 1048576; flags dynamic; }`
    );
    const rules = kinds.map(({ set, match, key }) =>
      `${familyOf(key)} ${match} counter name "probes"
       ${match} ${key} @${set} counter name "repeated"
       ${match} add @${set} { ${key} }`
    );
    const table = `table inet ${COUNTER_TABLE} {
      counter probes { }
      counter repeated { }
      ${sets.join("\n")}
      chain arriving {
        type filter hook prerouting priority -300; policy accept;
        iifname != "up0" accept
        ip saddr != ${SCANNER_ADDRESS} accept
        ip6 saddr != ${SCANNER_ADDRESS6} accept
        ${rules.join("\n")}
      }
    }`;
    await this.target.run(
      "nft",
      ["-f", "-"],
      replaceTable(COUNTER_TABLE, table),
    );
  }

  /** What has arrived at the target since `countProbes`. */
  async probeCount(): Promise<ProbeCount> {
    const read = async (name: string): Promise<number> =>
      readCounter(
        await this.target.run("nft", [
          "list",
          "counter",
          "inet",
          COUNTER_TABLE,
          name,
        ]),
      );
    return { probes: await read("probes"), repeated: await read("repeated") };
  }

  /** Removes the network. What still runs inside loses its links. */
  async close(): Promise<void> {
    for (const server of this.#servers) await server.close();
    await Promise.all([
      this.scanner.close(),
      this.router.close(),
      this.target.close(),
    ]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

type Hosts = readonly [scanner: Host, router: Host, target: Host];

/** Condition on the family of the packets that have such a key. */
function familyOf(key: string): string {
  return `meta nfproto ${key.startsWith("ip6 ") ? "ipv6" : "ipv4"}`;
}

/**
 * Lets hosts without links take their IPv6 addresses into use at once: before the detection of duplicates has ended,
 * after a second or two, a router could not find its neighbours. False where the machine has no IPv6.
 */
async function prepare6(hosts: Hosts): Promise<boolean> {
  const path = "/proc/sys/net/ipv6/conf/default/accept_dad";
  try {
    await Promise.all(hosts.map((host) => host.run("tee", [path], "0\n")));
    return true;
  } catch {
    return false;
  }
}

/** Gives connected hosts IPv6 as well; false where the machine has none. */
async function connect6([scanner, router, target]: Hosts): Promise<boolean> {
  const batch = (host: Host, lines: string): Promise<string> =>
    host.run("ip", ["-6", "-batch", "-"], lines);
  try {
    await batch(
      router,
      `address add ${GATEWAY_ADDRESS6}/64 dev down0
       address add 2001:db8:2::fe/64 dev down1
       route add ${TARGET_PREFIX6} via 2001:db8:2::1
       route add blackhole ${SILENT_PREFIX6}\n`,
    );
    await batch(
      scanner,
      `address add ${SCANNER_ADDRESS6}/64 dev ${SCANNER_INTERFACE}
       route add default via ${GATEWAY_ADDRESS6}\n`,
    );
    await batch(
      target,
      `address add 2001:db8:2::1/64 dev up0
       route add default via 2001:db8:2::fe
       route add local ${TARGET_PREFIX6} dev lo\n`,
    );
    const forwarding = "/proc/sys/net/ipv6/conf/all/forwarding";
    await router.run("tee", [forwarding], "1\n");
    return true;
  } catch {
    return false;
  }
}

async function connect(
  scanner: Host,
  router: Host,
  target: Host,
): Promise<void> {
  const batch = (host: Host, lines: string): Promise<string> =>
    host.run("ip", ["-batch", "-"], lines);
  await batch(
    router,
    `link set lo up
     link add down0 type veth peer name ${SCANNER_INTERFACE} netns ${scanner.processId}
     link add down1 type veth peer name up0 netns ${target.processId}
     address add ${GATEWAY_ADDRESS}/24 dev down0
     address add 203.0.113.254/24 dev down1
     link set down0 up
     link set down1 up
     route add ${TARGET_RANGE} via 203.0.113.1
     route add blackhole ${SILENT_RANGE}\n`,
  );
  await batch(
    scanner,
    `link set lo up
     address add ${SCANNER_ADDRESS}/24 dev ${SCANNER_INTERFACE}
     link set ${SCANNER_INTERFACE} up
     route add default via ${GATEWAY_ADDRESS}\n`,
  );
  await batch(
    target,
    `link set lo up
     address add 203.0.113.1/24 dev up0
     link set up0 up
     route add default via 203.0.113.254
     route add local ${TARGET_RANGE} dev lo\n`,
  );
  await router.run("tee", ["/proc/sys/net/ipv4/ip_forward"], "1\n");
}

/** nft commands that remove a table, there or not, and put `table` in its place. */
function replaceTable(name: string, table: string): string {
  return `table inet ${name} { }\ndelete table inet ${name}\n${table}\n`;
}

function readCounter(listing: string): number {
  const packets = /packets (\d+)/.exec(listing)?.[1];
  if (packets === undefined) {
    throw new Error(`Cannot read a packet counter from "${listing}"`);
  }
  return Number(packets);
}
