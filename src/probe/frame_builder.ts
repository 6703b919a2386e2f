// HOT PATH
import { TAG_BLOCK } from "../validation/mod.ts";
import type {
  FrameHops,
  FrameMaker,
  FrameOrder,
  FrameParts,
  Ipv6FrameHops,
} from "./_frame_order.ts";
import { Ipv4FrameMaker, type Ipv4Frames } from "./_ipv4_frames.ts";
import { Ipv6FrameMaker, type Ipv6Frames } from "./_ipv6_frames.ts";
import { TARGET_MICROSECONDS, TARGET_SECONDS } from "./probe.ts";

export type { FrameHops, Ipv6FrameHops };

/** The targets that frames go to, of one family. */
export type FrameTargets = Ipv4Frames | { readonly ipv6: Ipv6Frames };

/** What frames are made from. The probe is of the targets' family. */
export type FrameBuilderParts = FrameParts & FrameTargets;

/** Makers of frames that take turns, see `FrameBuilder.use`: here the first. They prepare the slots themselves. */
export interface FrameMakers {
  /** The first to make frames. */
  readonly maker: FrameMaker;
  /** Number of slots. */
  readonly capacity: number;
}

/** Frames that are made together. */
const BLOCK = TAG_BLOCK;

/**
 * Makes the frames of a scan from positions, in blocks. One builder makes the frames of one family, unless it is told
 * to change between makers.
 */
export class FrameBuilder {
  #maker: FrameMaker;
  readonly #order: FrameOrder;
  #length = 0;
  /** Orders of the batch, and frames made of them. */
  #ordered = 0;
  #filled = 0;

  /** Writes into every slot what is the same for all targets. */
  constructor(parts: FrameBuilderParts | FrameMakers) {
    if ("maker" in parts) {
      this.#maker = parts.maker;
      this.#order = makeOrder(parts.capacity);
      return;
    }
    const { probe, slots } = parts;
    const { hops } = "ipv6" in parts ? parts.ipv6 : parts;
    this.#maker = "ipv6" in parts
      ? new Ipv6FrameMaker(parts)
      : new Ipv4FrameMaker(parts);
    this.#order = makeOrder(hops === null ? 0 : slots.capacity);
    for (let slot = 0; slot < slots.capacity; slot++) {
      probe.prepare(slots.view, slots.frameAt(slot));
    }
  }

  /** Has all frames that are ordered from now on made by this maker. */
  use(maker: FrameMaker): void {
    if (maker === this.#maker) return;
    this.finish();
    this.#maker = maker;
  }

  /** Sets the time that frames carry from now on: Unix seconds and microseconds within the second. */
  setTime(seconds: number, microseconds: number): void {
    const { target } = this.#maker;
    target[TARGET_SECONDS] = seconds;
    target[TARGET_MICROSECONDS] = microseconds;
  }

  /** Begins a batch: frames fill the slots from 0 on. */
  begin(): void {
    this.#ordered = 0;
    this.#filled = 0;
  }

  /** Frames of the batch so far. */
  get filled(): number {
    return this.#filled;
  }

  /**
   * Number of the order that the frame in `slot` was made of; behind the last frame, the number of all orders. Both
   * numbers are the same unless targets had no next hop.
   */
  orderAt(slot: number): number {
    if (this.#filled === this.#ordered) return slot;
    return slot === this.#filled ? this.#ordered : this.#order.numbers[slot]!;
  }

  /**
   * Orders a frame in `slot` for the target at `position`; it is there after `finish`, or further ahead when
   * targets before it had no next hop. Slots are ordered one after the other from 0 on.
   */
  add(slot: number, position: number, probeNumber: number): void {
    const at = this.#length;
    const order = this.#order;
    order.slots[at] = slot;
    order.positions[at] = position;
    order.probeNumbers[at] = probeNumber;
    this.#length = at + 1;
    if (this.#length === BLOCK) this.finish();
  }

  /** Orders frames in `count` slots from `slot` on for the targets from `position` on. */
  addRange(
    slot: number,
    count: number,
    position: number,
    probeNumber: number,
  ): void {
    const { positions, probeNumbers, slots } = this.#order;
    for (let done = 0; done < count;) {
      const at = this.#length;
      const length = Math.min(BLOCK - at, count - done);
      for (let i = 0; i < length; i++) {
        slots[at + i] = slot + done + i;
        positions[at + i] = position + done + i;
      }
      probeNumbers.fill(probeNumber, at, at + length);
      done += length;
      this.#length = at + length;
      if (this.#length === BLOCK) this.finish();
    }
  }

  /** Makes all frames that were ordered. */
  finish(): void {
    const ordered = this.#length;
    this.#length = 0;
    this.#filled += this.#maker.make(this.#order, ordered, this.#filled);
    this.#ordered += ordered;
  }
}

function makeOrder(numberCount: number): FrameOrder {
  return {
    slots: new Uint32Array(BLOCK),
    positions: new Float64Array(BLOCK),
    probeNumbers: new Uint32Array(BLOCK),
    numbers: new Uint32Array(numberCount),
  };
}
