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
} from "../preflight/mod.ts";
import type { NextHop } from "./next_hop_watch.ts";
import type { LinkTrouble, NetworkNews } from "./outages.ts";

/** Time between two readings of what may have changed, and of what is known to be wrong, in seconds. */
const READ_S = 0.1;
const RECHECK_S = 1;

/** Sees what becomes of the network that a scan goes through. */
export interface NetworkWatch extends Disposable {
  /** The next hops that can be asked where they are. */
  readonly nextHops: readonly NextHop[];
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
export interface NetworkWatchOptions<A extends IpAddress> {
  readonly family: NetworkFamily<A>;
  readonly network: NetworkPlan<A, unknown>;
  /** Any target: the route to it is watched where the kernel writes the link headers. */
  readonly target: A;
  /** Whether the user has said where the next hop is. */
  readonly isGatewayGiven: boolean;
}

/**
 * Watches interface, own addresses, route and next hops through the kernel and by ARP or neighbour discovery. Only what was there at the start
 * can go. Opens its sockets at once, as the rights for that may be given up later.
 */
export class KernelNetworkWatch<A extends IpAddress> implements NetworkWatch {
  readonly nextHops: readonly NextHop[];
  readonly #options: NetworkWatchOptions<A>;
  readonly #reader: LinkReader;
  readonly #monitor: LinkMonitor;
  readonly #neighbours: NeighbourWatch<A> | null;
  readonly #wasReady: boolean;
  readonly #hadRoute: boolean;
  /** Own addresses that probes come from. */
  readonly #addresses: readonly A[];
  #trouble: LinkTrouble | null = null;
  #isChanged = false;
  #wasDown = false;
  #readS = -Infinity;

  /** @throws {ErrnoError} when the kernel refuses a socket */
  constructor(options: NetworkWatchOptions<A>) {
    const { family, network } = options;
    const { interfaceIndex, sourceAddresses } = network;
    this.#options = options;
    const hasRoutes = network.layer === "ip";
    using stack = new DisposableStack();
    this.#reader = stack.use(LinkReader.open());
    const link = this.#reader.readLink(interfaceIndex);
    const neighbours = askedHops(options, link);
    const { gatewayMac: mac } = network;
    this.nextHops = neighbours.map((address) => ({ address, mac }));
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
    this.#hadRoute = hasRoutes && this.#hasRoute();
    const own = this.#ownAddresses();
    this.#addresses = sourceAddresses.filter((address) => own.has(address));
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
      this.#isChanged = false;
      this.#readS = nowS;
      this.#trouble = this.#read();
      flap = this.#flap();
    }
    return {
      trouble: this.#trouble,
      flap,
      isNeighbourChanged,
      claims: this.#neighbours?.take().map(({ neighbour: hop, mac }) => ({
        hop,
        mac,
      })) ?? [],
    };
  }

  ask(hop: number): void {
    this.#neighbours?.ask(hop);
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

  #read(): LinkTrouble | null {
    const { interfaceIndex, interfaceName } = this.#options.network;
    const link = this.#reader.readLink(interfaceIndex);
    if (link === null) return this.#gone();
    return this.#linkTrouble(link) ?? this.#addressTrouble(interfaceName) ??
      this.#routeTrouble(interfaceName);
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

  #routeTrouble(interfaceName: string): LinkTrouble | null {
    if (!this.#hadRoute || this.#hasRoute()) return null;
    const text = `no route leads through ${interfaceName} to the targets`;
    return { cause: "route", text, isFinal: false };
  }

  #hasRoute(): boolean {
    const { network: { interfaceIndex }, target } = this.#options;
    return this.#familyReader.lookupRoute(target, { interfaceIndex }) !== null;
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
 * The next hops that can be asked, unless the user has said where they are. Where the kernel writes the link
 * headers it follows their addresses by itself; they are asked nevertheless, as whether they answer says when to go on.
 */
function askedHops<A extends IpAddress>(
  { isGatewayGiven, network }: NetworkWatchOptions<A>,
  link: LinkInfo | null,
): readonly A[] {
  const { gatewayAddress: address } = network;
  const canAsk = link !== null && link.hasEthernetHeader && link.usesArp;
  return isGatewayGiven || address === null || !canAsk ? [] : [address];
}

/** Whether frames get onto the link: with a carrier alone, the kernel may not have noticed yet that it has one. */
function isReady({ hasCarrier, isRunning }: LinkInfo): boolean {
  return hasCarrier && isRunning;
}
