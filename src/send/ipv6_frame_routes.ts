// HOT PATH
import type { Ipv6FrameHops } from "../probe/mod.ts";
import type { NextHopMemory } from "../shm/mod.ts";
import {
  ipv6NeighbourOf,
  ipv6RangeOf,
  type Ipv6TargetRoutes,
} from "../targets/ipv6_routes.ts";
import { NO_HOP, ON_LINK } from "../targets/target_routes.ts";
import { HopMacs } from "./_hop_macs.ts";

// Numbers of our own are compiled into the code; imported ones are read and checked at each use.
const NEAR = ON_LINK;
const NOWHERE = NO_HOP;
const LAST_WORD = 3;

/** As `FrameRoutes`, of IPv6. */
export class Ipv6FrameRoutes implements Ipv6FrameHops {
  readonly #routes: Ipv6TargetRoutes;
  readonly #macs: HopMacs;

  constructor(memory: NextHopMemory, routes: Ipv6TargetRoutes) {
    this.#routes = routes;
    this.#macs = new HopMacs(memory, routes.neighbours.macs);
  }

  /** Once in each batch, before its frames are made: learns of gateways that have changed. */
  update(): void {
    this.#macs.update();
  }

  find(addresses: Uint32Array, from: number): number {
    const routes = this.#routes;
    const hop = routes.hops[ipv6RangeOf(routes, addresses, from)]!;
    if (hop !== NEAR) return hop;
    const index = ipv6NeighbourOf(routes.neighbours, addresses, from);
    return index < 0 ? NOWHERE : this.#macs.gatewayCount + index;
  }

  write(
    bytes: Uint8Array,
    at: number,
    hop: number,
    addresses: Uint32Array,
    from: number,
  ): void {
    if (hop >= 0) {
      this.#macs.write(bytes, at, hop);
      return;
    }
    // A group of hosts: 33:33 and the last four bytes of its address, RFC 2464 7.
    const low = addresses[from + LAST_WORD]!;
    bytes[at] = 0x33;
    bytes[at + 1] = 0x33;
    bytes[at + 2] = low >>> 24;
    bytes[at + 3] = low >>> 16;
    bytes[at + 4] = low >>> 8;
    bytes[at + 5] = low;
  }
}
