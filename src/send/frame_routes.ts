// HOT PATH
import type { FrameHops } from "../probe/mod.ts";
import type { NextHopMemory } from "../shm/mod.ts";
import {
  MULTICAST,
  neighbourOf,
  NO_HOP,
  ON_LINK,
  rangeOf,
  type TargetRoutes,
} from "../targets/target_routes.ts";
import { HopMacs } from "./_hop_macs.ts";

// Numbers of our own are compiled into the code; imported ones are read and checked at each use.
const MAC_BYTES = 6;
const NEAR = ON_LINK;
const NOWHERE = NO_HOP;

/**
 * The hardware address that each frame goes to, where that depends on its target: that of its gateway, which may
 * change during a scan, or its own, where it is on the link.
 */
export class FrameRoutes implements FrameHops {
  readonly #routes: TargetRoutes;
  readonly #macs: HopMacs;
  /** The range that was found last, its first address and the one behind it: most addresses follow one of their own. */
  #range = 0;
  readonly #bounds = Float64Array.of(0, 0);

  constructor(memory: NextHopMemory, routes: TargetRoutes) {
    this.#routes = routes;
    this.#macs = new HopMacs(memory, routes.neighbours.macs);
  }

  /** Once in each batch, before its frames are made: learns of gateways that have changed. */
  update(): void {
    this.#macs.update();
  }

  find(address: number): number {
    const bounds = this.#bounds;
    if (!(address >= bounds[0]! && address < bounds[1]!)) this.#enter(address);
    const hop = this.#routes.hops[this.#range]!;
    if (hop !== NEAR) return hop;
    const index = neighbourOf(this.#routes.neighbours, address);
    return index < 0 ? NOWHERE : this.#macs.gatewayCount + index;
  }

  #enter(address: number): void {
    const { starts } = this.#routes;
    const range = rangeOf(this.#routes, address);
    this.#range = range;
    this.#bounds[0] = starts[range]!;
    this.#bounds[1] = starts[range + 1] ?? Infinity;
  }

  write(bytes: Uint8Array, at: number, hop: number, address: number): void {
    if (hop < 0) this.#writeGroup(bytes, at, hop, address);
    else this.#macs.write(bytes, at, hop);
  }

  #writeGroup(
    bytes: Uint8Array,
    at: number,
    hop: number,
    address: number,
  ): void {
    if (hop !== MULTICAST) {
      bytes.fill(0xff, at, at + MAC_BYTES);
      return;
    }
    // 01:00:5e and the last 23 bits of the group's address, RFC 1112 6.4.
    bytes[at] = 0x01;
    bytes[at + 1] = 0x00;
    bytes[at + 2] = 0x5e;
    bytes[at + 3] = (address >>> 16) & 0x7f;
    bytes[at + 4] = address >>> 8;
    bytes[at + 5] = address;
  }
}
