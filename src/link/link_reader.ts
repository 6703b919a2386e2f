import * as c from "../../ffi/constants.ts";
import { ErrnoError } from "../../ffi/errno.ts";
import { IFADDRMSG, IFINFOMSG, NDMSG, RTMSG, TCMSG } from "../../ffi/layout.ts";
import { NetlinkSocket } from "../../ffi/netlink.ts";
import {
  encodeMessage,
  type NumberAttribute,
  readAttributes,
  viewOf,
} from "../../ffi/netlink_attributes.ts";
import type {
  AddressInfo,
  LinkCounters,
  LinkInfo,
  Prefix,
  QueueCounters,
  RoutedPrefix,
  RouteInfo,
  RouteQuery,
} from "./facts.ts";
import {
  bytesOf,
  isRootQueue,
  parseAddress,
  parseLink,
  parseQueue,
  parseRoute,
} from "./_messages.ts";
import {
  type DirectRoute,
  isBroadcastRoute,
  isLocalRoute,
  mayBeDirect,
  parseDirectRoute,
} from "./_on_link.ts";
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

/**
 * Asks the kernel about interfaces, addresses, routes, neighbours and queues; each answer is a snapshot.
 * Needs no rights.
 *
 * @example
 * ```ts
 * using reader = LinkReader.open();
 * const names = reader.readLinks().map((link) => link.name);
 * ```
 */
export class LinkReader {
  readonly #socket: NetlinkSocket;

  private constructor(socket: NetlinkSocket) {
    this.#socket = socket;
  }

  /**
   * Opens a socket for questions.
   *
   * @throws {ErrnoError} when the kernel refuses it
   */
  static open(): LinkReader {
    return new LinkReader(NetlinkSocket.open());
  }

  /** All interfaces of this network namespace. */
  readLinks(): LinkInfo[] {
    // With any mask the kernel sizes the parts by the longest message; without, it ends the dump at a link
    // with a message of more than 32 KiB. This one means nothing to an IPv4 host.
    const mask = number(c.IFLA_EXT_MASK, c.RTEXT_FILTER_BRVLAN_COMPRESSED);
    const body = encodeMessage(structure(IFINFOMSG.size), [mask]);
    return this.#socket.request(c.RTM_GETLINK, c.NLM_F_DUMP, body)
      .map((message) => parseLink(message.body));
  }

  /** Counters of one interface, or null when it is gone. */
  readLinkCounters(interfaceIndex: number): LinkCounters | null {
    return this.readLink(interfaceIndex)?.stats ?? null;
  }

  /** One interface, or null when it is gone. */
  readLink(interfaceIndex: number): LinkInfo | null {
    const header = structure(IFINFOMSG.size);
    header.setInt32(IFINFOMSG.ifi_index, interfaceIndex, true);
    const answer = orNull(
      () => this.#socket.request(c.RTM_GETLINK, 0, encodeMessage(header, [])),
      (errno) => errno === c.ENODEV,
    );
    return answer?.[0] === undefined ? null : parseLink(answer[0].body);
  }

  /** Counters of the queue in front of an interface; zeros when it has none. */
  readQueueCounters(interfaceIndex: number): QueueCounters {
    const header = structure(TCMSG.size);
    header.setInt32(TCMSG.tcm_ifindex, interfaceIndex, true);
    const body = encodeMessage(header, []);
    // What a root drops includes its children's drops, so only roots are read.
    const roots = this.#socket.request(
      c.RTM_GETQDISC,
      c.NLM_F_DUMP,
      body,
      (queue) => isRootQueue(queue, interfaceIndex),
    );
    return parseQueue(roots[0]?.body);
  }

  /** IPv4 addresses of one interface or of all, in the kernel's order. */
  readAddresses(interfaceIndex: number | null = null): AddressInfo[] {
    const header = structure(IFADDRMSG.size);
    header.setUint8(IFADDRMSG.ifa_family, c.AF_INET);
    const body = encodeMessage(header, []);
    return this.#socket.request(c.RTM_GETADDR, c.NLM_F_DUMP, body)
      .map((message) => parseAddress(message.body))
      .filter((info) => info !== null)
      .filter((info) =>
        interfaceIndex === null || info.interfaceIndex === interfaceIndex
      );
  }

  /**
   * How the kernel, with all its rules and tables, would send to an address; null when it would not.
   */
  lookupRoute(
    destination: number,
    query: RouteQuery = {},
  ): RouteInfo | null {
    const { interfaceIndex, sourceAddress } = query;
    const header = structure(RTMSG.size);
    header.setUint8(RTMSG.rtm_family, c.AF_INET);
    header.setUint8(RTMSG.rtm_dst_len, 32);
    const attributes = [address(c.RTA_DST, destination)];
    if (sourceAddress !== undefined) {
      header.setUint8(RTMSG.rtm_src_len, 32);
      attributes.push(address(c.RTA_SRC, sourceAddress));
    }
    if (interfaceIndex !== undefined) {
      attributes.push(number(c.RTA_OIF, interfaceIndex));
      // Without a route through the interface the kernel assumes that the whole Internet is on its link.
      header.setUint32(RTMSG.rtm_flags, c.RTM_F_FIB_MATCH, true);
      const body = encodeMessage(header, attributes);
      if (this.#askRoute(body) === null) return null;
      header.setUint32(RTMSG.rtm_flags, 0, true);
    }
    return this.#askRoute(encodeMessage(header, attributes));
  }

  #askRoute(body: Uint8Array): RouteInfo | null {
    const answer = orNull(
      () => this.#socket.request(c.RTM_GETROUTE, 0, body),
      (errno) => NO_ROUTE_ERRORS.has(errno),
    );
    return answer?.[0] === undefined ? null : parseRoute(answer[0].body);
  }

  /** Prefixes whose addresses are this host's own. */
  localPrefixes(): Prefix[] {
    return this.#dumpRoutes(isLocalRoute).map(prefixOf);
  }

  /**
   * Prefixes whose addresses are this host's own, and addresses that mean all hosts of a link, the loopback one left
   * out.
   */
  unansweredPrefixes(): { local: Prefix[]; broadcast: Prefix[] } {
    const local: Prefix[] = [];
    const broadcast: Prefix[] = [];
    this.#dumpRoutes((body) => {
      if (isLocalRoute(body)) local.push(prefixOf(parseDirectRoute(body)));
      if (isBroadcastRoute(body)) {
        const route = parseDirectRoute(body);
        if (!route.interfaceIndexes.includes(LOOPBACK_INDEX)) {
          broadcast.push(prefixOf(route));
        }
      }
      return false;
    });
    return { local, broadcast };
  }

  /** Prefixes that any route table reaches through this interface without a gateway. */
  onLinkPrefixes(interfaceIndex: number): Prefix[] {
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
  routedPrefixes(isWanted: (prefix: Prefix) => boolean): RoutedPrefix[] {
    const parser = new RoutedPrefixParser(isWanted);
    const header = structure(RTMSG.size);
    header.setUint8(RTMSG.rtm_family, c.AF_INET);
    const body = encodeMessage(header, []);
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

  #dumpRoutes(
    keep: (body: Uint8Array<ArrayBuffer>) => boolean,
  ): DirectRoute[] {
    const header = structure(RTMSG.size);
    header.setUint8(RTMSG.rtm_family, c.AF_INET);
    const body = encodeMessage(header, []);
    return this.#socket.request(c.RTM_GETROUTE, c.NLM_F_DUMP, body, keep)
      .map((message) => parseDirectRoute(message.body));
  }

  #isDirect(destination: number, interfaceIndex: number): boolean {
    const route = this.lookupRoute(destination, { interfaceIndex });
    return route !== null && route.gateway === null && !route.hasIpv6Gateway;
  }

  /**
   * The hardware address of a neighbour, when the kernel is sure of it: confirmed lately, or set by hand.
   * Null otherwise: whoever needs it has to ask.
   */
  lookupNeighbour(
    interfaceIndex: number,
    neighbour: number,
  ): Uint8Array | null {
    const header = structure(NDMSG.size);
    header.setUint8(NDMSG.ndm_family, c.AF_INET);
    const body = encodeMessage(header, [number(c.NDA_IFINDEX, interfaceIndex)]);
    const entries = this.#socket.request(
      c.RTM_GETNEIGH,
      c.NLM_F_DUMP,
      body,
      (entry) => {
        const view = viewOf(entry);
        return view.getInt32(NDMSG.ndm_ifindex, true) === interfaceIndex &&
          (view.getUint16(NDMSG.ndm_state, true) & CONFIRMED_STATES) !== 0 &&
          readAttributes(entry, NDMSG.size).get(c.NDA_DST)?.getUint32(0) ===
            neighbour;
      },
    );
    if (entries[0] === undefined) return null;
    const mac = readAttributes(entries[0].body, NDMSG.size).get(c.NDA_LLADDR);
    return mac?.byteLength === 6 ? bytesOf(mac) : null;
  }

  /** Closes the socket; further calls do nothing. */
  close(): void {
    this.#socket.close();
  }

  /** As `close`. */
  [Symbol.dispose](): void {
    this.close();
  }
}

function prefixOf({ address, prefixLength }: Prefix): Prefix {
  return { address, prefixLength };
}

function structure(sizeBytes: number): DataView<ArrayBuffer> {
  return new DataView(new ArrayBuffer(sizeBytes));
}

function address(type: number, value: number): NumberAttribute {
  return { type, value, isAddress: true };
}

function number(type: number, value: number): NumberAttribute {
  return { type, value, isAddress: false };
}

/** What `ask` returns, or null when it fails with an expected errno. */
function orNull<T>(
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
