import type { LinkSocket } from "../../ffi/link_socket.ts";
import { openSink, type PacketSink } from "../backend/mod.ts";
import type { AddressInfo, IpAddress, LinkInfo } from "../link/mod.ts";
import {
  addressTowards,
  isUsable,
  NEIGHBOUR_FRAME_BYTES,
  type NeighbourProtocol,
} from "./neighbour_protocol.ts";
import type { NeighbourLink } from "./neighbour_sweep.ts";

/** Requests per system call. */
const BATCH = 64;

/** Who asks, on which interface. */
export interface Asker<A extends IpAddress> {
  readonly link: LinkInfo;
  /** Hardware address of the interface. */
  readonly mac: Uint8Array;
  /** Addresses of the interface, in the kernel's order. */
  readonly addresses: readonly AddressInfo<A>[];
  /** Stands in where the interface has no address. */
  readonly sourceAddress: A;
}

/** Addresses that are asked for, by number. */
export interface AskedAddresses<A extends IpAddress> {
  /** The address of a number. */
  at(index: number): A;
  /** The number of an address; -1 when it is none of them. */
  indexOf(address: A): number;
}

/** ARP or neighbour discovery through an interface of this host, with many requests at a time. */
export class InterfaceNeighbourLink<A extends IpAddress>
  implements NeighbourLink, Disposable {
  readonly capacity: number = BATCH;
  readonly #protocol: NeighbourProtocol<A>;
  readonly #asker: Asker<A>;
  readonly #asked: AskedAddresses<A>;
  readonly #own: ReadonlySet<A>;
  readonly #socket: LinkSocket;
  readonly #sink: PacketSink & Disposable;
  readonly #bytes: Uint8Array;
  readonly #frame = new Uint8Array(new ArrayBuffer(NEIGHBOUR_FRAME_BYTES));
  readonly #view = new DataView(this.#frame.buffer);

  /** @throws {ErrnoError} when the interface is gone */
  constructor(
    protocol: NeighbourProtocol<A>,
    asker: Asker<A>,
    asked: AskedAddresses<A>,
  ) {
    this.#protocol = protocol;
    this.#asker = asker;
    this.#asked = asked;
    const own = asker.addresses.filter(isUsable).map(({ address }) => address);
    this.#own = new Set(own.length === 0 ? [asker.sourceAddress] : own);
    this.#socket = protocol.open(asker.link.index);
    this.#sink = openSink({
      backend: "sendmmsg",
      layer: "ethernet",
      interfaceName: asker.link.name,
      interfaceIndex: asker.link.index,
      deviceQueue: 0,
      batch: BATCH,
      maxFrameBytes: protocol.requestBytes,
    }).sink;
    const { buffer, byteLength, byteOffset } = this.#sink.view;
    this.#bytes = new Uint8Array(buffer, byteOffset, byteLength);
  }

  ask(indexes: Uint32Array, count: number): number {
    const { addresses, link, mac, sourceAddress } = this.#asker;
    const { family, requestBytes } = this.#protocol;
    const sink = this.#sink;
    sink.begin(count);
    for (let slot = 0; slot < count; slot++) {
      const targetAddress = this.#asked.at(indexes[slot]!);
      const request = this.#protocol.buildRequest({
        interfaceIndex: link.index,
        sourceMac: mac,
        sourceAddress: addressTowards(family, addresses, targetAddress) ??
          sourceAddress,
        targetAddress,
      });
      this.#bytes.set(request, sink.frameAt(slot));
      // Where a whole frame goes stands in it.
      sink.setFrame(slot, requestBytes, 0);
    }
    // What the kernel refuses is asked again, until the time is over or a signal comes.
    return Math.max(0, sink.send(0, count));
  }

  hear(mac: Uint8Array): number {
    for (;;) {
      const lengthBytes = this.#socket.receive(this.#frame, 0);
      if (lengthBytes === 0) return -1;
      const reply = this.#protocol.readReply(
        this.#view,
        lengthBytes,
        this.#asker.mac,
      );
      if (reply === null || !this.#own.has(reply.asker)) continue;
      const index = this.#asked.indexOf(reply.address);
      if (index < 0) continue;
      mac.set(reply.mac);
      return index;
    }
  }

  [Symbol.dispose](): void {
    this.#sink[Symbol.dispose]();
    this.#socket.close();
  }
}
