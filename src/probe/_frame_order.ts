import type { FrameSlots } from "../wire/mod.ts";
import type { Probe } from "./probe.ts";

/** Frames that are ordered and not made yet: the first entries of each array. Whoever makes them may write here. */
export interface FrameOrder {
  /** Slots to make them in. */
  readonly slots: Uint32Array;
  /** Positions of their targets. */
  readonly positions: Float64Array;
  /** Which of several probes to the same target they are, from 0. */
  readonly probeNumbers: Uint32Array;
  /** Which order of the batch each slot holds: where next hops differ, else empty. */
  readonly numbers: Uint32Array;
}

/** Where each frame goes on its link, where that depends on its target, of IPv4. */
export interface FrameHops {
  /** Number of the next hop of an address, or `NO_HOP`: then no frame is made. */
  find(address: number): number;
  /** Writes the hardware address of that next hop, six bytes. */
  write(bytes: Uint8Array, at: number, hop: number, address: number): void;
}

/** As `FrameHops`, of IPv6: an address is the four words of `addresses` from `from` on. */
export interface Ipv6FrameHops {
  /** Number of the next hop of an address, or `NO_HOP`: then no frame is made. */
  find(addresses: Uint32Array, from: number): number;
  /** Writes the hardware address of that next hop, six bytes. */
  write(
    bytes: Uint8Array,
    at: number,
    hop: number,
    addresses: Uint32Array,
    from: number,
  ): void;
}

/** What frames of either family are made from. */
export interface FrameParts {
  /** Where frames are written. */
  readonly slots: FrameSlots;
  /** What is written. */
  readonly probe: Probe;
  /** Key of the validation tags, 4 words. */
  readonly validationKey: Uint32Array;
}

/**
 * Makes the frames of one family. Each of its stages (target, source, tag, packet) runs for a block of frames before the
 * next begins, so that the processor, which waits for the result of one multiplication or memory access, works on
 * several frames meanwhile (`scripts/bench/send_bench.ts`: 58 ns a frame one by one).
 */
export interface FrameMaker {
  /** The array that `patch` reads: whoever orders frames sets the time in it. */
  readonly target: Uint32Array;
  /**
   * Makes the first `count` frames of an order, at most `TAG_BLOCK`, and returns how many it made. Where targets have
   * no next hop, the frames of the others fill the slots from `firstSlot` on.
   */
  make(order: FrameOrder, count: number, firstSlot: number): number;
}
