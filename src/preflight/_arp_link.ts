import { LinkSocket } from "../../ffi/link_socket.ts";
import { openSink, type PacketSink } from "../backend/mod.ts";
import type { AddressInfo, LinkInfo } from "../link/mod.ts";
import { ARP_BYTES, ETHERNET_HEADER_BYTES } from "../wire/mod.ts";
import { ARP_FRAME_BYTES, buildArpRequest, readReply } from "./arp_lookup.ts";
import type { ArpLink } from "./neighbour_sweep.ts";

/** Requests per system call. */
const BATCH = 64;
const REQUEST_BYTES = ETHERNET_HEADER_BYTES + ARP_BYTES;

/** Who asks, on which interface. */
export interface Asker {
  readonly link: LinkInfo;
  /** Hardware address of the interface. */
  readonly mac: Uint8Array;
  /** Addresses of the interface, in the kernel's order. */
  readonly addresses: readonly AddressInfo[];
}

/** ARP through an interface of this host, with many requests at a time. */
export class InterfaceArpLink implements ArpLink, Disposable {
  readonly capacity: number = BATCH;
  readonly #asker: Asker;
  readonly #socket: LinkSocket;
  readonly #sink: PacketSink & Disposable;
  readonly #bytes: Uint8Array;
  readonly #frame = new Uint8Array(new ArrayBuffer(ARP_FRAME_BYTES));
  readonly #view = new DataView(this.#frame.buffer);

  /** @throws {ErrnoError} when the interface is gone */
  constructor(asker: Asker) {
    this.#asker = asker;
    this.#socket = LinkSocket.openArp(asker.link.index);
    this.#sink = openSink({
      backend: "sendmmsg",
      layer: "ethernet",
      interfaceName: asker.link.name,
      interfaceIndex: asker.link.index,
      deviceQueue: 0,
      batch: BATCH,
      maxFrameBytes: REQUEST_BYTES,
    }).sink;
    const { buffer, byteLength, byteOffset } = this.#sink.view;
    this.#bytes = new Uint8Array(buffer, byteOffset, byteLength);
  }

  ask(addresses: Uint32Array, count: number): number {
    const { link, mac: sourceMac } = this.#asker;
    const sink = this.#sink;
    sink.begin(count);
    for (let slot = 0; slot < count; slot++) {
      const targetAddress = addresses[slot]!;
      const request = buildArpRequest({
        interfaceIndex: link.index,
        sourceMac,
        sourceAddress: addressTowards(this.#asker.addresses, targetAddress),
        targetAddress,
      });
      this.#bytes.set(request, sink.frameAt(slot));
      sink.setFrame(slot, REQUEST_BYTES, targetAddress);
    }
    // What the kernel refuses is asked again, until the time is over or a signal comes.
    return Math.max(0, sink.send(0, count));
  }

  hear(mac: Uint8Array): number {
    for (;;) {
      const lengthBytes = this.#socket.receive(this.#frame, 0);
      if (lengthBytes === 0) return -1;
      const reply = readReply(this.#view, lengthBytes, this.#asker.mac);
      if (reply === null || !this.#isOwn(reply.targetAddress)) continue;
      mac.set(reply.senderMac);
      return reply.senderAddress;
    }
  }

  [Symbol.dispose](): void {
    this.#sink[Symbol.dispose]();
    this.#socket.close();
  }

  #isOwn(address: number): boolean {
    const { addresses } = this.#asker;
    return addresses.length === 0
      ? address === 0
      : addresses.some((one) => one.address === address);
  }
}

/** The interface's address in the prefix of another one, else its first one, else none. */
export function addressTowards(
  addresses: readonly AddressInfo[],
  other: number,
): number {
  const near = addresses.find(({ address, prefixLength }) => {
    const size = 2 ** (32 - prefixLength);
    return Math.floor(address / size) === Math.floor(other / size);
  });
  return (near ?? addresses[0])?.address ?? 0;
}
