import type { FrameSlots } from "../wire/mod.ts";
import type { Probe } from "./probe.ts";

/** Frames that are ordered and not made yet: the first entries of each array. */
export interface FrameOrder {
  /** Slots to make them in. */
  readonly slots: Uint32Array;
  /** Positions of their targets; whoever makes the frames may write here. */
  readonly positions: Float64Array;
  /** Which of several probes to the same target they are, from 0. */
  readonly probeNumbers: Uint32Array;
}

/** What frames of either family are made from. */
export interface FrameParts {
  readonly slots: FrameSlots;
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
  /** Makes the first `count` frames of an order, at most `TAG_BLOCK`. */
  make(order: FrameOrder, count: number): void;
}
