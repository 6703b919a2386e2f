import { ErrnoError } from "../../ffi/errno.ts";
import { LinkSocket } from "../../ffi/link_socket.ts";
import type { Ipv4Address } from "../base/mod.ts";
import type { LinkReader } from "../link/mod.ts";
import {
  ETHERNET_HEADER_BYTES,
  ETHERTYPE_ARP,
  parseArp,
  parseEthernetHeader,
} from "../wire/mod.ts";
import { addressTowards } from "./_arp_link.ts";
import { ARP_FRAME_BYTES, buildArpRequest, isUnicast } from "./arp_lookup.ts";

/** Frames that are looked at in one call at most: a link full of ARP must not hold up a scan. */
const MOST_FRAMES = 256;

/** Which neighbours are asked and listened to. */
export interface ArpWatchOptions {
  readonly interfaceIndex: number;
  /** Hardware address of the interface, which answers name. */
  readonly sourceMac: Uint8Array;
  /** Addresses of the neighbours. */
  readonly neighbours: readonly Ipv4Address[];
}

/** A neighbour has said where it is. */
export interface NeighbourClaim {
  /** Index in `ArpWatchOptions.neighbours`. */
  readonly neighbour: number;
  readonly mac: Uint8Array;
}

/**
 * Asks neighbours for their hardware addresses in the middle of a scan and listens to what they say, without waiting.
 * Answers count, and what a neighbour announces by itself (RFC 5227 3). Keeps its socket open, so it asks also when
 * the rights to open one are gone.
 */
export class ArpWatch {
  readonly #neighbours: readonly Ipv4Address[];
  readonly #requests: readonly Uint8Array<ArrayBuffer>[];
  readonly #socket: LinkSocket;
  readonly #frame: Uint8Array<ArrayBuffer> = new Uint8Array(
    new ArrayBuffer(ARP_FRAME_BYTES),
  );
  readonly #view: DataView = new DataView(this.#frame.buffer);

  private constructor(
    options: ArpWatchOptions,
    requests: readonly Uint8Array<ArrayBuffer>[],
    socket: LinkSocket,
  ) {
    this.#neighbours = options.neighbours;
    this.#requests = requests;
    this.#socket = socket;
  }

  /**
   * Begins to listen.
   *
   * @throws {ErrnoError} when the kernel refuses the socket
   */
  static open(reader: LinkReader, options: ArpWatchOptions): ArpWatch {
    const { interfaceIndex, neighbours, sourceMac } = options;
    const addresses = reader.readAddresses(interfaceIndex);
    const requests = neighbours.map((targetAddress) =>
      buildArpRequest({
        interfaceIndex,
        sourceMac,
        sourceAddress: addressTowards(addresses, targetAddress),
        targetAddress,
      })
    );
    return new ArpWatch(options, requests, LinkSocket.openArp(interfaceIndex));
  }

  /** Asks one neighbour, by its index; false when the kernel did not take the request, as while the link is down. */
  ask(neighbour: number): boolean {
    try {
      this.#socket.send(this.#requests[neighbour]!);
      return true;
    } catch (error) {
      if (error instanceof ErrnoError) return false;
      throw error;
    }
  }

  /** What neighbours have said since the last call. */
  take(): readonly NeighbourClaim[] {
    const claims: NeighbourClaim[] = [];
    for (let count = 0; count < MOST_FRAMES; count++) {
      const lengthBytes = this.#receive();
      if (lengthBytes === 0) break;
      const claim = readClaim(this.#view, lengthBytes, this.#neighbours);
      if (claim !== null) claims.push(claim);
    }
    return claims;
  }

  #receive(): number {
    try {
      return this.#socket.receive(this.#frame, 0);
    } catch (error) {
      // Once after the link went down; the socket works again when it is back.
      if (error instanceof ErrnoError) return 0;
      throw error;
    }
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

/** What a frame of `end` bytes says of one of the neighbours, or null when it says nothing. */
export function readClaim(
  view: DataView,
  end: number,
  neighbours: readonly Ipv4Address[],
): NeighbourClaim | null {
  if (parseEthernetHeader(view, 0, end)?.type !== ETHERTYPE_ARP) return null;
  const message = parseArp(view, ETHERNET_HEADER_BYTES, end);
  if (message === null || !isUnicast(message.senderMac)) return null;
  const neighbour = neighbours.indexOf(message.senderAddress);
  return neighbour < 0 ? null : { neighbour, mac: message.senderMac };
}
