import * as c from "../../ffi/constants.ts";
import { IFINFOMSG, NDMSG } from "../../ffi/layout.ts";
import { NetlinkMonitor } from "../../ffi/netlink_monitor.ts";
import { readAttributes, viewOf } from "../../ffi/netlink_attributes.ts";
import { type IpAddress, IPV4_FAMILY, IPV6_FAMILY } from "./ip_family.ts";

/** Messages that are looked at in one call at most: a host whose routes change all the time must not hold it up. */
const MOST_MESSAGES = 256;
const GROUPS = {
  4: { addresses: c.RTMGRP_IPV4_IFADDR, routes: c.RTMGRP_IPV4_ROUTE },
  6: { addresses: c.RTMGRP_IPV6_IFADDR, routes: c.RTMGRP_IPV6_ROUTE },
} as const;
const CARRIES = c.IFF_UP | c.IFF_LOWER_UP;

/** What has happened since the last look. */
export interface LinkNews {
  /** Links, addresses or routes may not be what they were: to be read again. */
  readonly isChanged: boolean;
  /** The interface could not carry frames at some moment, however short. */
  readonly wasDown: boolean;
  /** The entry of one of the neighbours may not be what it was. */
  readonly isNeighbourChanged: boolean;
}

/** What is to be watched. */
export interface LinkMonitorOptions {
  readonly interfaceIndex: number;
  /** Addresses of neighbours on it, of either family. */
  readonly neighbours: readonly IpAddress[];
  /** Whether routes matter. */
  readonly hasRoutes: boolean;
  /** Whose addresses and routes matter. */
  readonly version: 4 | 6;
}

/**
 * Notices that an interface, its addresses, neighbours or routes change, as the kernel tells it. Never waits, and
 * needs no rights. Only says that there is something to read anew: `LinkReader` reads it.
 */
export class LinkMonitor {
  readonly #options: LinkMonitorOptions;
  readonly #monitor: NetlinkMonitor;
  #isChanged = false;
  #wasDown = false;
  #isNeighbourChanged = false;
  #neighbours: readonly IpAddress[];

  private constructor(options: LinkMonitorOptions, monitor: NetlinkMonitor) {
    this.#options = options;
    this.#neighbours = options.neighbours;
    this.#monitor = monitor;
  }

  /**
   * Begins to listen.
   *
   * @throws {ErrnoError} when the kernel refuses the socket
   */
  static open(options: LinkMonitorOptions): LinkMonitor {
    const { addresses, routes } = GROUPS[options.version];
    const groups = c.RTMGRP_LINK | addresses |
      (options.neighbours.length > 0 ? c.RTMGRP_NEIGH : 0) |
      (options.hasRoutes ? routes : 0);
    return new LinkMonitor(options, NetlinkMonitor.open(groups));
  }

  /** From now on these neighbours matter; those at the start decide whether any can. */
  watchNeighbours(neighbours: readonly IpAddress[]): void {
    this.#neighbours = neighbours;
  }

  /**
   * What has happened since the last call.
   *
   * @throws {ErrnoError} when the socket fails
   */
  take(): LinkNews {
    this.#isChanged = false;
    this.#wasDown = false;
    this.#isNeighbourChanged = false;
    const isComplete = this.#monitor.receive(
      MOST_MESSAGES,
      (type, body) => this.#read(type, body),
    );
    return {
      isChanged: this.#isChanged || !isComplete,
      wasDown: this.#wasDown,
      isNeighbourChanged: this.#isNeighbourChanged || !isComplete,
    };
  }

  #read(type: number, body: Uint8Array<ArrayBuffer>): void {
    switch (type) {
      case c.RTM_NEWLINK:
      case c.RTM_DELLINK:
        return this.#readLink(type, body);
      case c.RTM_NEWNEIGH:
      case c.RTM_DELNEIGH:
        this.#isNeighbourChanged ||= this.#isWatched(body);
        return;
      default:
        // An address of any interface, as probes may come from it, or a route.
        this.#isChanged = true;
    }
  }

  #readLink(type: number, body: Uint8Array<ArrayBuffer>): void {
    if (body.length < IFINFOMSG.size) return;
    const header = viewOf(body);
    const index = header.getInt32(IFINFOMSG.ifi_index, true);
    if (index !== this.#options.interfaceIndex) return;
    // A bridge tells of its ports under a family of its own.
    if (header.getUint8(IFINFOMSG.ifi_family) !== c.AF_UNSPEC) return;
    this.#isChanged = true;
    const flags = header.getUint32(IFINFOMSG.ifi_flags, true);
    if (type === c.RTM_DELLINK || (flags & CARRIES) !== CARRIES) {
      this.#wasDown = true;
    }
  }

  #isWatched(body: Uint8Array<ArrayBuffer>): boolean {
    const { interfaceIndex } = this.#options;
    if (body.length < NDMSG.size) return false;
    const index = viewOf(body).getInt32(NDMSG.ndm_ifindex, true);
    if (index !== interfaceIndex) return false;
    const value = readAttributes(body, NDMSG.size).get(c.NDA_DST);
    const address = IPV4_FAMILY.read(value) ?? IPV6_FAMILY.read(value);
    return address !== null && this.#neighbours.includes(address);
  }

  /** Closes the socket; further calls do nothing. */
  close(): void {
    this.#monitor.close();
  }

  /** As `close`. */
  [Symbol.dispose](): void {
    this.close();
  }
}
