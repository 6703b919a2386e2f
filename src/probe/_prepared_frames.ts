// HOT PATH
import type { FrameMaker, FrameOrder, FrameParts } from "./_frame_order.ts";

/**
 * Makes frames of one family in slots that may hold frames of the other one: writes into each of these what is the
 * same for all targets. Which frames a slot holds is told by the version in its IP header.
 */
export class PreparedFrameMaker implements FrameMaker {
  readonly target: Uint32Array;
  readonly #maker: FrameMaker;
  readonly #parts: Pick<FrameParts, "probe" | "slots">;
  /** From the start of a frame to its IP header. */
  readonly #linkBytes: number;

  constructor(
    maker: FrameMaker,
    parts: Pick<FrameParts, "probe" | "slots">,
    linkBytes: number,
  ) {
    this.target = maker.target;
    this.#maker = maker;
    this.#parts = parts;
    this.#linkBytes = linkBytes;
  }

  make(order: FrameOrder, count: number, firstSlot: number): number {
    const { probe, slots } = this.#parts;
    const { view } = slots;
    const { family } = probe;
    // Slots are filled one after the other, and fewer where targets have no next hop.
    for (let slot = firstSlot; slot < firstSlot + count; slot++) {
      const frameAt = slots.frameAt(slot);
      if (view.getUint8(frameAt + this.#linkBytes) >>> 4 === family) continue;
      probe.prepare(view, frameAt);
    }
    return this.#maker.make(order, count, firstSlot);
  }
}
