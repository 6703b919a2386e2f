// HOT PATH
import type { PacketSink } from "../backend/mod.ts";
import type { FrameSlots } from "../wire/mod.ts";

/**
 * Two sinks in turns, where the kernel writes the link headers: a socket for packets of IPv4, and one for those of
 * IPv6. A slot belongs to the family whose frame was put into it last.
 */
export class TwoSinks implements PacketSink, Disposable {
  readonly view: DataView;
  readonly capacity: number;
  /** The slots as the frames of each family see them. */
  readonly ipv4: FrameSlots;
  readonly ipv6: FrameSlots;
  readonly #ipv4: PacketSink & Disposable;
  readonly #ipv6: PacketSink & Disposable;
  /** By slot: 1 for IPv6. */
  readonly #isIpv6: Uint8Array;
  /** The one that stopped short last. */
  #last: PacketSink;

  constructor(ipv4: PacketSink & Disposable, ipv6: PacketSink & Disposable) {
    this.#ipv4 = ipv4;
    this.#ipv6 = ipv6;
    this.#last = ipv4;
    this.view = ipv4.view;
    this.capacity = Math.min(ipv4.capacity, ipv6.capacity);
    this.#isIpv6 = new Uint8Array(this.capacity);
    this.ipv4 = this.#slotsOf(ipv4, 0);
    this.ipv6 = this.#slotsOf(ipv6, 1);
  }

  begin(most: number): number {
    return Math.min(this.#ipv4.begin(most), this.#ipv6.begin(most));
  }

  frameAt(slot: number): number {
    return this.#sinkOf(slot).frameAt(slot);
  }

  setFrame(slot: number, lengthBytes: number, destination: number): void {
    this.#sinkOf(slot).setFrame(slot, lengthBytes, destination);
  }

  /** Offers the frames of one family after those of the other, in their order; stops at the first that is refused. */
  send(first: number, count: number): number {
    const end = first + count;
    let taken = 0;
    for (let from = first; from < end;) {
      const sink = this.#sinkOf(from);
      const length = this.#runLength(from, end);
      const result = sink.send(from, length);
      this.#last = sink;
      if (result < 0) return taken === 0 ? result : taken;
      taken += result;
      if (result < length) return taken;
      from += length;
    }
    return taken;
  }

  waitWritable(timeoutMs: number): boolean {
    return this.#last.waitWritable(timeoutMs);
  }

  drain(timeoutMs: number): number {
    return this.#ipv4.drain(timeoutMs) + this.#ipv6.drain(timeoutMs);
  }

  close(): void {
    this.#ipv4.close();
    this.#ipv6.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #sinkOf(slot: number): PacketSink {
    return this.#isIpv6[slot] === 0 ? this.#ipv4 : this.#ipv6;
  }

  /** Slots from `from` on, up to `end`, that belong to the same family. */
  #runLength(from: number, end: number): number {
    const isIpv6 = this.#isIpv6;
    const family = isIpv6[from];
    let to = from + 1;
    while (to < end && isIpv6[to] === family) to++;
    return to - from;
  }

  #slotsOf(sink: PacketSink, isIpv6: number): FrameSlots {
    const families = this.#isIpv6;
    return {
      view: sink.view,
      capacity: this.capacity,
      frameAt: (slot) => sink.frameAt(slot),
      setFrame(slot, lengthBytes, destination): void {
        families[slot] = isIpv6;
        sink.setFrame(slot, lengthBytes, destination);
      },
    };
  }
}
