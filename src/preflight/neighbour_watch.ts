import { ErrnoError } from "../../ffi/errno.ts";
import type { LinkSocket } from "../../ffi/link_socket.ts";
import type { AddressInfo, IpAddress } from "../link/mod.ts";
import {
  addressTowards,
  NEIGHBOUR_FRAME_BYTES,
  type NeighbourProtocol,
  type NeighbourWord,
} from "./neighbour_protocol.ts";

/** Frames that are looked at in one call at most: a link full of them must not hold up a scan. */
const MOST_FRAMES = 256;

/** Which neighbours are asked and listened to. */
export interface NeighbourWatchOptions<A extends IpAddress> {
  readonly interfaceIndex: number;
  /** Hardware address of the interface, which answers name. */
  readonly sourceMac: Uint8Array;
  /** Addresses of the neighbours. */
  readonly neighbours: readonly A[];
  /** Addresses of the interface, which ask. */
  readonly addresses: readonly AddressInfo<A>[];
  /** Stands in where the interface has no address. */
  readonly sourceAddress: A;
}

/** A neighbour has said where it is. */
export interface NeighbourClaim {
  /** Index in `NeighbourWatchOptions.neighbours`. */
  readonly neighbour: number;
  readonly mac: Uint8Array;
}

/**
 * Asks neighbours for their hardware addresses in the middle of a scan and listens to what they say, without waiting.
 * Answers count, and what a neighbour announces by itself (RFC 5227 3, RFC 4861 7.2.6). Keeps its socket open, so it asks also when
 * the rights to open one are gone.
 */
export class NeighbourWatch<A extends IpAddress> {
  readonly #protocol: NeighbourProtocol<A>;
  readonly #options: NeighbourWatchOptions<A>;
  readonly #neighbours: A[];
  readonly #requests: Uint8Array<ArrayBuffer>[];
  readonly #socket: LinkSocket;
  readonly #frame: Uint8Array<ArrayBuffer> = new Uint8Array(
    new ArrayBuffer(NEIGHBOUR_FRAME_BYTES),
  );
  readonly #view: DataView = new DataView(this.#frame.buffer);

  private constructor(
    protocol: NeighbourProtocol<A>,
    options: NeighbourWatchOptions<A>,
    socket: LinkSocket,
  ) {
    this.#protocol = protocol;
    this.#options = options;
    this.#neighbours = [...options.neighbours];
    this.#requests = this.#neighbours.map((one) => this.#requestTo(one));
    this.#socket = socket;
  }

  /**
   * Begins to listen.
   *
   * @throws {ErrnoError} when the kernel refuses the socket
   */
  static open<A extends IpAddress>(
    protocol: NeighbourProtocol<A>,
    options: NeighbourWatchOptions<A>,
  ): NeighbourWatch<A> {
    const socket = protocol.open(options.interfaceIndex);
    return new NeighbourWatch(protocol, options, socket);
  }

  #requestTo(targetAddress: A): Uint8Array<ArrayBuffer> {
    const { addresses, interfaceIndex, sourceAddress, sourceMac } =
      this.#options;
    const { family } = this.#protocol;
    return this.#protocol.buildRequest({
      interfaceIndex,
      sourceMac,
      sourceAddress: addressTowards(family, addresses, targetAddress) ??
        sourceAddress,
      targetAddress,
    });
  }

  /** Puts a neighbour with another address in the place of one, by its index. */
  replace(neighbour: number, address: A): void {
    this.#neighbours[neighbour] = address;
    this.#requests[neighbour] = this.#requestTo(address);
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
      const word = this.#protocol.readWord(this.#view, lengthBytes);
      claims.push(...claimsOf(word, this.#neighbours));
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

/** What has been said of the neighbours: of several that have the same address, of each. */
export function claimsOf<A extends IpAddress>(
  word: NeighbourWord<A> | null,
  neighbours: readonly A[],
): NeighbourClaim[] {
  if (word === null) return [];
  const { address, mac } = word;
  return neighbours.flatMap((one, neighbour) =>
    one === address ? [{ neighbour, mac }] : []
  );
}
