import { type NextHopMemory, NextHops } from "../shm/mod.ts";
import { ETHERNET_DESTINATION, type FrameSlots } from "../wire/mod.ts";

const MAC_BYTES = 6;

/** Keeps the hardware address that all frames go to: that of the next hop, which may change during a scan. */
export class FrameDestinations {
  readonly #slots: FrameSlots;
  readonly #nextHops: NextHops;
  readonly #macs: Uint8Array;
  #version: number;

  /** @param memory with the address that all slots have been prepared with */
  constructor(slots: FrameSlots, memory: NextHopMemory) {
    this.#slots = slots;
    this.#nextHops = new NextHops(memory);
    this.#macs = new Uint8Array(this.#nextHops.count * MAC_BYTES);
    this.#version = 0;
  }

  /** Once in each batch, before its frames are made: readdresses all slots when the next hop has changed. */
  update(): void {
    if (this.#nextHops.version === this.#version) return;
    this.#version = this.#nextHops.read(this.#macs);
    const { view } = this.#slots;
    const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    for (let slot = 0; slot < this.#slots.capacity; slot++) {
      bytes.set(this.#macs, this.#slots.frameAt(slot) + ETHERNET_DESTINATION);
    }
  }
}
