import {
  type FamilyReader,
  formatIp,
  type IpAddress,
  type LinkInfo,
  LinkMonitor,
  LinkReader,
} from "../link/mod.ts";
import {
  isUsable,
  NeighbourWatch,
  type NetworkFamily,
  type NetworkPlan,
  type NetworkRequest,
} from "../preflight/mod.ts";
import type { WatchedHop } from "./next_hop_watch.ts";
import type {
  LinkTrouble,
  NetworkNews,
  NextHopClaim,
  NextHopMove,
} from "./outage_facts.ts";
import { RouteWatch } from "./route_watch.ts";

/** Time between two readings of what may have changed, and of what is known to be wrong, in seconds. */
const READ_S = 0.1;
const RECHECK_S = 1;

/** Sees what becomes of the network that a scan goes through. */
export interface NetworkWatch extends Disposable {
  /** The next hops that can be asked where they are. */
  readonly nextHops: readonly WatchedHop[];
  /** Targets are reached in several ways, so that answers come although a next hop does not work. */
  readonly isSplit: boolean;
  /** What is new; never waits. */
  look(nowS: number): NetworkNews;
  /** Asks a next hop, by its index, where it is; the answer comes with `look`. */
  ask(hop: number): void;
  /**
   * Index in `NextHops` of a next hop.
   *
   * @default the same
   */
  macIndexOf?(hop: number): number;
}

/** What is watched. */
export interface NetworkWatchOptions<
  A extends IpAddress,
  R extends { readonly hops: Int32Array },
> {
  readonly family: NetworkFamily<A>;
  readonly network: NetworkPlan<A, R>;
  /** What the plan was made for. */
  readonly request: NetworkRequest<A, R>;
  /** Whether the user has said where the next hop is. */
  readonly isGatewayGiven: boolean;
}

/**
 * Watches interface, own addresses, routes and next hops through the kernel and by ARP or neighbour discovery. Only
 * what was there at the start can go. Opens its sockets at once, as the rights for that may be given up later.
 */
export class KernelNetworkWatch<
  A extends IpAddress,
  R extends { readonly hops: Int32Array },
> implements NetworkWatch {
  readonly nextHops: readonly WatchedHop<A>[];
  readonly isSplit: boolean;
  readonly #options: NetworkWatchOptions<A, R>;
  readonly #reader: LinkReader;
  readonly #monitor: LinkMonitor;
  readonly #neighbours: NeighbourWatch<A> | null;
  readonly #wasReady: boolean;
  /** Null where routes decide nothing. */
  readonly #routes: RouteWatch<A, R> | null;
  /** The present addresses of the next hops. */
  readonly #gateways: A[];
  /** Next hops that were asked and have not answered since. */
  readonly #unanswered = new Set<number>();
  #moves: NextHopMove[] = [];
  #remark: string | null = null;
  /** Own addresses that probes come from. */
  readonly #addresses: readonly A[];
  #trouble: LinkTrouble | null = null;
  #isChanged = false;
  #wasDown = false;
  #readS = -Infinity;

  /** @throws {ErrnoError} when the kernel refuses a socket */
  constructor(options: NetworkWatchOptions<A, R>) {
    const { family, network } = options;
    const { interfaceIndex, sourceAddresses, sourcePrefix = null } = network;
    this.#options = options;
    using stack = new DisposableStack();
    this.#reader = stack.use(LinkReader.open());
    const link = this.#reader.readLink(interfaceIndex);
    this.nextHops = askedHops(options, link);
    this.isSplit = network.layer === "ethernet" && network.routes !== null;
    const neighbours = this.nextHops.map(({ address }) => address);
    this.#gateways = neighbours;
    const hasRoutes = network.layer === "ip" || neighbours.length > 0;
    const { version } = family.ip;
    this.#monitor = stack.use(
      LinkMonitor.open({ interfaceIndex, neighbours, hasRoutes, version }),
    );
    const sourceMac = link?.macAddress ?? network.sourceMac;
    this.#neighbours = neighbours.length === 0 || sourceMac === null
      ? null
      : stack.use(
        NeighbourWatch.open(family.neighbours, {
          interfaceIndex,
          neighbours,
          sourceMac,
          addresses: family.readerOf(this.#reader).readAddresses(
            interfaceIndex,
          ),
          sourceAddress: family.fallbackAsker(sourceAddresses),
        }),
      );
    this.#wasReady = link !== null && isReady(link);
    this.#routes = hasRoutes ? new RouteWatch(this.#reader, options) : null;
    const own = this.#ownAddresses();
    // Answers to a prefix come to none of the interface's addresses.
    this.#addresses = sourcePrefix === null
      ? sourceAddresses.filter((address) => own.has(address))
      : [];
    // They may have changed since the scan was planned.
    this.#trouble = this.#routeTrouble(-Infinity);
    stack.move();
  }

  look(nowS: number): NetworkNews {
    const { isChanged, isNeighbourChanged, wasDown } = this.#monitor.take();
    this.#isChanged ||= isChanged;
    this.#wasDown ||= wasDown;
    const ageS = nowS - this.#readS;
    const isDue = this.#isChanged
      ? ageS >= READ_S
      : this.#trouble !== null && ageS >= RECHECK_S;
    let flap: string | null = null;
    if (isDue) {
      this.#readS = nowS;
      this.#trouble = this.#read(nowS);
      this.#isChanged = this.#routes?.isStale === true;
      flap = this.#flap();
    }
    return {
      trouble: this.#trouble,
      flap,
      moves: this.#moves.splice(0),
      remark: this.#remark,
      isNeighbourChanged,
      claims: this.#claims(),
    };
  }

  ask(hop: number): void {
    // The kernel may prefer another router to one that does not answer, without a word.
    if (this.#unanswered.has(hop)) this.#isChanged = true;
    this.#unanswered.add(hop);
    this.#neighbours?.ask(hop);
  }

  #claims(): NextHopClaim[] {
    const claims = this.#neighbours?.take() ?? [];
    return claims.map(({ neighbour: hop, mac }) => {
      this.#unanswered.delete(hop);
      return { hop, mac };
    });
  }

  [Symbol.dispose](): void {
    this.#neighbours?.close();
    this.#monitor.close();
    this.#reader.close();
  }

  /** A link that is down stays in `#trouble` until it is back. */
  #flap(): string | null {
    const isOver = this.#wasDown && this.#trouble === null;
    this.#wasDown = false;
    if (!isOver || !this.#wasReady) return null;
    return `the link of ${this.#options.network.interfaceName} was down for a moment`;
  }

  #read(nowS: number): LinkTrouble | null {
    const { interfaceIndex, interfaceName } = this.#options.network;
    const link = this.#reader.readLink(interfaceIndex);
    if (link === null) return this.#gone();
    return this.#linkTrouble(link) ?? this.#addressTrouble(interfaceName) ??
      this.#routeTrouble(nowS);
  }

  #gone(): LinkTrouble {
    const { interfaceName } = this.#options.network;
    const isBack = this.#reader.readLinks().some(({ name }) =>
      name === interfaceName
    );
    const text = isBack
      ? `interface ${interfaceName} was removed, and another one has its name now`
      : `interface ${interfaceName} was removed`;
    return { cause: "interface", text, isFinal: true };
  }

  #linkTrouble(link: LinkInfo): LinkTrouble | null {
    const { isUp, name } = link;
    const is = (text: string): LinkTrouble => ({
      cause: "link",
      text: `the link of ${name} is down: ${text}`,
      isFinal: false,
    });
    if (!isUp) return is("the interface is switched off");
    return this.#wasReady && !isReady(link) ? is("it has no carrier") : null;
  }

  #addressTrouble(interfaceName: string): LinkTrouble | null {
    if (this.#addresses.length === 0) return null;
    const own = this.#ownAddresses();
    const missing = this.#addresses.filter((address) => !own.has(address));
    if (missing.length === 0) return null;
    const [first, ...more] = missing;
    const others = more.length === 0 ? "" : ` and ${more.length} more`;
    const text = `source address ${
      formatIp(first!)
    }${others} is gone from ${interfaceName}, so answers do not reach this machine`;
    return { cause: "address", text, isFinal: false };
  }

  /** Follows gateways whose place others have taken. */
  #routeTrouble(nowS: number): LinkTrouble | null {
    if (this.#routes === null) return null;
    const { gateways, remark, trouble } = this.#routes.read(nowS);
    this.#remark = remark;
    for (const hop of this.#gateways.keys()) {
      const address = gateways[hop] ?? this.#gateways[hop]!;
      if (address === this.#gateways[hop]) continue;
      this.#gateways[hop] = address;
      this.#moves.push({ hop, address });
      this.#neighbours?.replace(hop, address);
      this.#monitor.watchNeighbours(this.#gateways);
    }
    return trouble;
  }

  /** Those that answers may come to: without those that wait for duplicate address detection. */
  #ownAddresses(): ReadonlySet<A> {
    const usable = this.#familyReader.readAddresses().filter(isUsable);
    return new Set(usable.map(({ address }) => address));
  }

  get #familyReader(): FamilyReader<A> {
    return this.#options.family.readerOf(this.#reader);
  }
}

/**
 * The next hops that can be asked, unless the user has said where they are; in the order of `NetworkPlan.nextHops`.
 * Where the kernel writes the link headers it follows their addresses by itself; the one that is known is asked
 * nevertheless, as whether it answers says when to go on.
 */
function askedHops<A extends IpAddress>(
  { isGatewayGiven, network }: {
    readonly isGatewayGiven: boolean;
    readonly network: NetworkPlan<A, unknown>;
  },
  link: LinkInfo | null,
): readonly WatchedHop<A>[] {
  const { gatewayAddress, layer, nextHops } = network;
  const canAsk = link !== null && link.hasEthernetHeader && link.usesArp;
  if (isGatewayGiven || !canAsk) return [];
  if (layer === "ip") {
    return gatewayAddress === null
      ? []
      : [{ address: gatewayAddress, mac: null }];
  }
  return nextHops.map(({ address, mac }) => ({ address: address!, mac }));
}

/** Whether frames get onto the link: with a carrier alone, the kernel may not have noticed yet that it has one. */
function isReady({ hasCarrier, isRunning }: LinkInfo): boolean {
  return hasCarrier && isRunning;
}
