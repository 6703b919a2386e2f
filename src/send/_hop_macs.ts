// HOT PATH
import { type NextHopMemory, NextHops } from "../shm/mod.ts";

// A number of our own is compiled into the code; an imported one is read and checked at each use.
const MAC_BYTES = 6;

/**
 * Hardware addresses of next hops by number: first the gateways, which may change during a scan, behind them the
 * hosts on the link.
 */
export class HopMacs {
  /** Number of gateways. */
  readonly gatewayCount: number;
  readonly #nextHops: NextHops;
  readonly #gatewayMacs: Uint8Array;
  readonly #neighbourMacs: Uint8Array;
  #version: number;

  constructor(memory: NextHopMemory, neighbourMacs: Uint8Array) {
    this.#nextHops = new NextHops(memory);
    this.gatewayCount = this.#nextHops.count;
    this.#gatewayMacs = new Uint8Array(this.gatewayCount * MAC_BYTES);
    this.#neighbourMacs = neighbourMacs;
    this.#version = this.#nextHops.read(this.#gatewayMacs);
  }

  /** Learns of gateways that have changed. */
  update(): void {
    if (this.#nextHops.version === this.#version) return;
    this.#version = this.#nextHops.read(this.#gatewayMacs);
  }

  /** Writes the hardware address of a next hop. */
  write(bytes: Uint8Array, at: number, hop: number): void {
    const index = hop - this.gatewayCount;
    const macs = index < 0 ? this.#gatewayMacs : this.#neighbourMacs;
    const from = (index < 0 ? hop : index) * MAC_BYTES;
    for (let i = 0; i < MAC_BYTES; i++) bytes[at + i] = macs[from + i]!;
  }
}
