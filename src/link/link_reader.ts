import * as c from "../../ffi/constants.ts";
import { IFINFOMSG, TCMSG } from "../../ffi/layout.ts";
import { NetlinkSocket } from "../../ffi/netlink.ts";
import { joinBytes, numberAttribute } from "../../ffi/netlink_builder.ts";
import type { Ipv4Address, Ipv6Address } from "../base/mod.ts";
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
import { FamilyReader, orNull, structure } from "./family_reader.ts";
import { IPV4_FAMILY, IPV6_FAMILY } from "./ip_family.ts";
import { bytesOf, isRootQueue, parseLink, parseQueue } from "./_messages.ts";

/**
 * Asks the kernel about interfaces, addresses, routes, neighbours and queues; each answer is a snapshot.
 * Needs no rights. Methods that know one family alone are those of IPv4.
 *
 * @example
 * ```ts
 * using reader = LinkReader.open();
 * const names = reader.readLinks().map((link) => link.name);
 * ```
 */
export class LinkReader {
  /** Addresses, routes and neighbours of IPv4. */
  readonly ipv4: FamilyReader<Ipv4Address>;
  /** The same of IPv6. */
  readonly ipv6: FamilyReader<Ipv6Address>;
  readonly #socket: NetlinkSocket;

  private constructor(socket: NetlinkSocket) {
    this.#socket = socket;
    this.ipv4 = new FamilyReader(socket, IPV4_FAMILY);
    this.ipv6 = new FamilyReader(socket, IPV6_FAMILY);
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
    const body = joinBytes(
      bytesOf(structure(IFINFOMSG.size)),
      numberAttribute(c.IFLA_EXT_MASK, c.RTEXT_FILTER_BRVLAN_COMPRESSED),
    );
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
      () => this.#socket.request(c.RTM_GETLINK, 0, bytesOf(header)),
      (errno) => errno === c.ENODEV,
    );
    return answer?.[0] === undefined ? null : parseLink(answer[0].body);
  }

  /** Counters of the queue in front of an interface; zeros when it has none. */
  readQueueCounters(interfaceIndex: number): QueueCounters {
    const header = structure(TCMSG.size);
    header.setInt32(TCMSG.tcm_ifindex, interfaceIndex, true);
    const body = bytesOf(header);
    // What a root drops includes its children's drops, so only roots are read.
    const roots = this.#socket.request(
      c.RTM_GETQDISC,
      c.NLM_F_DUMP,
      body,
      (queue) => isRootQueue(queue, interfaceIndex),
    );
    return parseQueue(roots[0]?.body);
  }

  /** As `FamilyReader.readAddresses`. */
  readAddresses(interfaceIndex: number | null = null): AddressInfo[] {
    return this.ipv4.readAddresses(interfaceIndex);
  }

  /** As `FamilyReader.lookupRoute`. */
  lookupRoute(
    destination: Ipv4Address,
    query: RouteQuery = {},
  ): RouteInfo | null {
    return this.ipv4.lookupRoute(destination, query);
  }

  /** As `FamilyReader.localPrefixes`. */
  localPrefixes(): Prefix[] {
    return this.ipv4.localPrefixes();
  }

  /** As `FamilyReader.unansweredPrefixes`. */
  unansweredPrefixes(): { local: Prefix[]; broadcast: Prefix[] } {
    return this.ipv4.unansweredPrefixes();
  }

  /** As `FamilyReader.onLinkPrefixes`. */
  onLinkPrefixes(interfaceIndex: number): Prefix[] {
    return this.ipv4.onLinkPrefixes(interfaceIndex);
  }

  /** As `FamilyReader.routedPrefixes`. */
  routedPrefixes(isWanted: (prefix: Prefix) => boolean): RoutedPrefix[] {
    return this.ipv4.routedPrefixes(isWanted);
  }

  /** As `FamilyReader.lookupNeighbour`. */
  lookupNeighbour(
    interfaceIndex: number,
    neighbour: Ipv4Address,
  ): Uint8Array | null {
    return this.ipv4.lookupNeighbour(interfaceIndex, neighbour);
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
