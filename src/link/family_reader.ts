import * as c from "../../ffi/constants.ts";
import { ErrnoError } from "../../ffi/errno.ts";
import { IFADDRMSG, NDMSG, RTMSG } from "../../ffi/layout.ts";
import type { NetlinkSocket } from "../../ffi/netlink.ts";
import { readAttributes, viewOf } from "../../ffi/netlink_attributes.ts";
import {
  attribute,
  joinBytes,
  numberAttribute,
} from "../../ffi/netlink_builder.ts";
import type {
  AddressInfo,
  Prefix,
  RoutedPrefix,
  RouteInfo,
  RouteQuery,
} from "./facts.ts";
import { bytesOf, parseAddress, parseRoute } from "./_messages.ts";
import {
  type DirectRoute,
  isBroadcastRoute,
  isLocalRoute,
  mayBeDirect,
  parseDirectRoute,
} from "./_on_link.ts";
import type { IpAddress, IpFamily } from "./ip_family.ts";
import { RoutedPrefixParser } from "./_routed_prefixes.ts";

type Body = Uint8Array<ArrayBuffer>;

/** States in which the kernel has proof of the address, or was told it. */
const CONFIRMED_STATES = c.NUD_REACHABLE | c.NUD_PERMANENT;

/** Number of the loopback interface in every network namespace: LOOPBACK_IFINDEX, <net/flow.h> of the kernel. */
export const LOOPBACK_INDEX = 1;

/** What the kernel answers where no route leads: none, or one that refuses. */
const NO_ROUTE_ERRORS: ReadonlySet<number> = new Set([
  c.ENETUNREACH,
  c.EHOSTUNREACH,
  c.EACCES,
  c.EINVAL,
]);

/** Asks the kernel about addresses, routes and neighbours of one family; made by `LinkReader`. */
export class FamilyReader<A extends IpAddress> {
  /** What it reads. */
  readonly family: IpFamily<A>;
  readonly #socket: NetlinkSocket;

  constructor(socket: NetlinkSocket, family: IpFamily<A>) {
    this.#socket = socket;
    this.family = family;
  }

  /** Addresses of one interface or of all, in the kernel's order. */
  readAddresses(interfaceIndex: number | null = null): AddressInfo<A>[] {
    const header = structure(IFADDRMSG.size);
    header.setUint8(IFADDRMSG.ifa_family, this.family.number);
    return this.#socket.request(c.RTM_GETADDR, c.NLM_F_DUMP, bytesOf(header))
      .map((message) => parseAddress(message.body, this.family))
      .filter((info) => info !== null)
      .filter((info) =>
        interfaceIndex === null || info.interfaceIndex === interfaceIndex
      );
  }

  /**
   * How the kernel, with all its rules and tables, would send to an address; null when it would not.
   */
  lookupRoute(
    destination: A,
    query: RouteQuery<A> = {},
  ): RouteInfo<A> | null {
    const { assumesOnLink, bits } = this.family;
    const { interfaceIndex, sourceAddress } = query;
    const header = this.#routeHeader();
    header.setUint8(RTMSG.rtm_dst_len, bits);
    const attributes = [this.#address(c.RTA_DST, destination)];
    if (sourceAddress !== undefined) {
      header.setUint8(RTMSG.rtm_src_len, bits);
      attributes.push(this.#address(c.RTA_SRC, sourceAddress));
    }
    if (interfaceIndex !== undefined) {
      attributes.push(numberAttribute(c.RTA_OIF, interfaceIndex));
      if (assumesOnLink) {
        header.setUint32(RTMSG.rtm_flags, c.RTM_F_FIB_MATCH, true);
        const body = joinBytes(bytesOf(header), ...attributes);
        if (this.#askRoute(body) === null) return null;
        header.setUint32(RTMSG.rtm_flags, 0, true);
      }
    }
    const route = this.#askRoute(joinBytes(bytesOf(header), ...attributes));
    if (route === null) return null;
    // IPv6: with a source address the interface is no more than a wish. Routes to this host name the loopback one.
    const isThere = interfaceIndex === undefined || route.isLocal ||
      route.interfaceIndex === interfaceIndex;
    // And the kernel tells the source that it would choose, whichever was asked for.
    return isThere ? { ...route, source: sourceAddress ?? route.source } : null;
  }

  #askRoute(body: Uint8Array): RouteInfo<A> | null {
    const answer = orNull(
      () => this.#socket.request(c.RTM_GETROUTE, 0, body),
      (errno) => NO_ROUTE_ERRORS.has(errno),
    );
    return answer?.[0] === undefined
      ? null
      : parseRoute(answer[0].body, this.family);
  }

  /** Prefixes whose addresses are this host's own. */
  localPrefixes(): Prefix<A>[] {
    return this.#dumpRoutes(isLocalRoute).map(prefixOf);
  }

  /**
   * Prefixes whose addresses are this host's own, and addresses that mean all hosts of a link, the loopback one left
   * out.
   */
  unansweredPrefixes(): { local: Prefix<A>[]; broadcast: Prefix<A>[] } {
    const local: Prefix<A>[] = [];
    const broadcast: Prefix<A>[] = [];
    this.#dumpRoutes((body) => {
      const read = (): DirectRoute<A> => parseDirectRoute(body, this.family);
      if (isLocalRoute(body)) local.push(prefixOf(read()));
      if (isBroadcastRoute(body)) {
        const route = read();
        if (!route.interfaceIndexes.includes(LOOPBACK_INDEX)) {
          broadcast.push(prefixOf(route));
        }
      }
      return false;
    });
    return { local, broadcast };
  }

  /** Prefixes that any route table reaches through this interface without a gateway. */
  onLinkPrefixes(interfaceIndex: number): Prefix<A>[] {
    const direct = this.#dumpRoutes(mayBeDirect);
    const isDirectById = new Map<number, boolean>();
    return direct.filter((route) => {
      const { interfaceIndexes, nexthopId } = route;
      if (interfaceIndexes.length > 0 || nexthopId === null) {
        return interfaceIndexes.includes(interfaceIndex);
      }
      const known = isDirectById.get(nexthopId) ??
        this.#isDirect(route.address, interfaceIndex);
      isDirectById.set(nexthopId, known);
      return known;
    }).map(prefixOf);
  }

  /**
   * The destinations of all routes of all tables, and of all rules, that `isWanted` lets through. Between two
   * addresses that lie in the same of these prefixes no routing table and no rule makes a difference.
   */
  routedPrefixes(isWanted: (prefix: Prefix<A>) => boolean): RoutedPrefix<A>[] {
    const parser = new RoutedPrefixParser(this.family, isWanted);
    const body = bytesOf(this.#routeHeader());
    // Parsed in place, none is kept: there may be a million. A dump that begins anew finds the same ones again.
    const dump = (type: number, parse: (entry: Body) => void): void => {
      this.#socket.request(type, c.NLM_F_DUMP, body, (entry) => {
        parse(entry);
        return false;
      });
    };
    dump(c.RTM_GETROUTE, (entry) => parser.addRoute(entry));
    // A kernel without policy routing has no rules.
    orNull(
      () => dump(c.RTM_GETRULE, (entry) => parser.addRule(entry)),
      (errno) => errno === c.EOPNOTSUPP,
    );
    return parser.take();
  }

  /**
   * The hardware address of a neighbour, when the kernel is sure of it: confirmed lately, or set by hand.
   * Null otherwise: whoever needs it has to ask.
   */
  lookupNeighbour(interfaceIndex: number, neighbour: A): Uint8Array | null {
    const header = structure(NDMSG.size);
    header.setUint8(NDMSG.ndm_family, this.family.number);
    const entries = this.#socket.request(
      c.RTM_GETNEIGH,
      c.NLM_F_DUMP,
      joinBytes(
        bytesOf(header),
        numberAttribute(c.NDA_IFINDEX, interfaceIndex),
      ),
      (entry) => {
        const view = viewOf(entry);
        return view.getInt32(NDMSG.ndm_ifindex, true) === interfaceIndex &&
          (view.getUint16(NDMSG.ndm_state, true) & CONFIRMED_STATES) !== 0 &&
          this.family.read(readAttributes(entry, NDMSG.size).get(c.NDA_DST)) ===
            neighbour;
      },
    );
    if (entries[0] === undefined) return null;
    const mac = readAttributes(entries[0].body, NDMSG.size).get(c.NDA_LLADDR);
    return mac?.byteLength === 6 ? bytesOf(mac) : null;
  }

  #dumpRoutes(keep: (body: Body) => boolean): DirectRoute<A>[] {
    const body = bytesOf(this.#routeHeader());
    return this.#socket.request(c.RTM_GETROUTE, c.NLM_F_DUMP, body, keep)
      .map((message) => parseDirectRoute(message.body, this.family));
  }

  #isDirect(destination: A, interfaceIndex: number): boolean {
    const route = this.lookupRoute(destination, { interfaceIndex });
    return route !== null && route.gateway === null && !route.hasIpv6Gateway;
  }

  #routeHeader(): DataView<ArrayBuffer> {
    const header = structure(RTMSG.size);
    header.setUint8(RTMSG.rtm_family, this.family.number);
    return header;
  }

  #address(type: number, value: A): Body {
    return attribute(type, this.family.bytesOf(value));
  }
}

function prefixOf<A extends IpAddress>(
  { address, prefixLength }: Prefix<A>,
): Prefix<A> {
  return { address, prefixLength };
}

/** Zeros in the size of a kernel structure. */
export function structure(sizeBytes: number): DataView<ArrayBuffer> {
  return new DataView(new ArrayBuffer(sizeBytes));
}

/** What `ask` returns, or null when it fails with an expected errno. */
export function orNull<T>(
  ask: () => T,
  isExpected: (errno: number) => boolean,
): T | null {
  try {
    return ask();
  } catch (error) {
    if (error instanceof ErrnoError && isExpected(error.errno)) return null;
    throw error;
  }
}
