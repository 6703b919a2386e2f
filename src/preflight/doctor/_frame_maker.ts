import { FrameBuilder, type Probe } from "../../probe/mod.ts";
import { type TargetPlan, TargetSpace } from "../../targets/mod.ts";
import type { FrameSlots } from "../../wire/mod.ts";

/** Makes the frames that a scan would send, one target after the other, as the sender's worker does. */
export class FrameMaker {
  readonly #builder: FrameBuilder;
  readonly #plan: TargetPlan;
  #position: number;

  /** @param destination where the kernel is told to send all frames */
  constructor(
    slots: FrameSlots,
    scan: {
      plan: TargetPlan;
      probe: Probe;
      sourceAddress: number;
      destination: number;
    },
  ) {
    this.#plan = scan.plan;
    this.#position = scan.plan.firstPosition;
    this.#builder = new FrameBuilder({
      slots: {
        view: slots.view,
        capacity: slots.capacity,
        frameAt: (slot) => slots.frameAt(slot),
        setFrame: (slot, lengthBytes) =>
          slots.setFrame(slot, lengthBytes, scan.destination),
      },
      space: new TargetSpace(scan.plan),
      probe: scan.probe,
      sourceAddresses: Uint32Array.of(scan.sourceAddress),
      validationKey: crypto.getRandomValues(new Uint32Array(4)),
    });
    this.#builder.setTime(Math.floor(Date.now() / 1000), 0);
  }

  /** Fills the first `count` slots with frames. */
  fill(count: number): void {
    for (let slot = 0; slot < count; slot++) {
      if (this.#position === this.#plan.endPosition) {
        this.#position = this.#plan.firstPosition;
      }
      this.#builder.add(slot, this.#position++, 0);
    }
    this.#builder.finish();
  }
}
