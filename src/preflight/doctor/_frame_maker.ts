// HOT PATH
import {
  type Probe,
  TARGET_ADDRESS,
  TARGET_PORT,
  TARGET_PROBE,
  TARGET_SECONDS,
  TARGET_SLOTS,
  TARGET_SOURCE,
} from "../../probe/mod.ts";
import { type TargetPlan, TargetSpace } from "../../targets/mod.ts";
import { computeTag } from "../../validation/mod.ts";

/** Memory for frames, as senders have it. */
export interface FrameSlots {
  readonly view: DataView;
  readonly capacity: number;
  frameAt(slot: number): number;
  setFrame(slot: number, lengthBytes: number, destination: number): void;
}

/** Makes the frames that a scan would send, one target after the other, as the sender's worker does. */
export class FrameMaker {
  readonly #space: TargetSpace;
  readonly #plan: TargetPlan;
  readonly #probe: Probe;
  readonly #slots: FrameSlots;
  readonly #sourceAddress: number;
  readonly #key: Uint32Array = crypto.getRandomValues(new Uint32Array(4));
  readonly #target = new Uint32Array(TARGET_SLOTS);
  readonly #tag = new Uint32Array(4);
  #position: number;

  constructor(
    slots: FrameSlots,
    scan: { plan: TargetPlan; probe: Probe; sourceAddress: number },
  ) {
    this.#slots = slots;
    this.#plan = scan.plan;
    this.#probe = scan.probe;
    this.#sourceAddress = scan.sourceAddress;
    this.#space = new TargetSpace(scan.plan);
    this.#position = scan.plan.firstPosition;
    this.#target[TARGET_PROBE] = 0;
    this.#target[TARGET_SECONDS] = Math.floor(Date.now() / 1000);
    for (let slot = 0; slot < slots.capacity; slot++) {
      scan.probe.prepare(slots.view, slots.frameAt(slot));
    }
  }

  /** Fills all slots with frames; `destination` is where the kernel is told to send them. */
  fill(destination: number): void {
    const slots = this.#slots;
    const target = this.#target;
    for (let slot = 0; slot < slots.capacity; slot++) {
      if (this.#position === this.#plan.endPosition) {
        this.#position = this.#plan.firstPosition;
      }
      this.#space.at(this.#position++, target);
      const source = this.#sourceAddress;
      target[TARGET_SOURCE] = source;
      computeTag(
        this.#key,
        source,
        target[TARGET_ADDRESS]!,
        target[TARGET_PORT]!,
        this.#tag,
      );
      const frameAt = slots.frameAt(slot);
      const lengthBytes = this.#probe.patch(
        slots.view,
        frameAt,
        target,
        this.#tag,
      );
      slots.setFrame(slot, lengthBytes, destination);
    }
  }
}
