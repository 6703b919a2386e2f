// HOT PATH
import type { FrameHops, Ipv6FrameHops } from "../probe/mod.ts";
import type { NextHopMemory } from "../shm/mod.ts";
import { HopMacs } from "./_hop_macs.ts";

const NO_NEIGHBOURS = new Uint8Array(0);

/** As `FrameRoutes`, for a family all of whose targets lie behind one gateway, beside one that has other next hops. */
export class OneHop implements FrameHops, Ipv6FrameHops {
  readonly #macs: HopMacs;

  /** @param memory with that gateway alone */
  constructor(memory: NextHopMemory) {
    this.#macs = new HopMacs(memory, NO_NEIGHBOURS);
  }

  /** Once in each batch, before its frames are made: learns of a gateway that has changed. */
  update(): void {
    this.#macs.update();
  }

  find(): number {
    return 0;
  }

  write(bytes: Uint8Array, at: number): void {
    this.#macs.write(bytes, at, 0);
  }
}
