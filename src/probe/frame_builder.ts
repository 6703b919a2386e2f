// HOT PATH
import type { TargetSpace } from "../targets/mod.ts";
import { TAG_BLOCK, TAG_WORDS, TagBlock } from "../validation/mod.ts";
import type { FrameSlots } from "../wire/mod.ts";
import {
  type Probe,
  TARGET_ADDRESS,
  TARGET_MICROSECONDS,
  TARGET_PORT,
  TARGET_PROBE,
  TARGET_SECONDS,
  TARGET_SLOTS,
  TARGET_SOURCE,
} from "./probe.ts";

/** What frames are made from. */
export interface FrameBuilderParts {
  readonly slots: FrameSlots;
  readonly space: TargetSpace;
  readonly probe: Probe;
  /** Source addresses; each target always gets the same one for the same probe number. */
  readonly sourceAddresses: Uint32Array;
  /** Key of the validation tags, 4 words. */
  readonly validationKey: Uint32Array;
}

// Numbers of our own are compiled into the code; imported ones are read and checked at each use (0.4 ns).
const ADDRESS = TARGET_ADDRESS;
const PORT = TARGET_PORT;
const PROBE = TARGET_PROBE;
const SOURCE = TARGET_SOURCE;
/** Frames that are made together. */
const BLOCK = TAG_BLOCK;

/**
 * Makes the frames of a scan from positions: target, source, tag, packet. Each of these stages runs for a block
 * of frames before the next begins, so that the processor, which waits for the result of one multiplication or
 * memory access, works on several frames meanwhile (`scripts/bench/send_bench.ts`: 58 ns a frame one by one).
 */
export class FrameBuilder {
  readonly #parts: FrameBuilderParts;
  readonly #target = new Uint32Array(TARGET_SLOTS);
  readonly #tag = new Uint32Array(TAG_WORDS);
  #length = 0;
  readonly #frames = new Uint32Array(BLOCK);
  readonly #positions = new Float64Array(BLOCK);
  readonly #probeNumbers = new Uint32Array(BLOCK);
  /** Source, address and port of each frame, and the tag made from them. */
  readonly #block: TagBlock;

  /** Writes into every slot what is the same for all targets. */
  constructor(parts: FrameBuilderParts) {
    this.#parts = parts;
    this.#block = new TagBlock(parts.validationKey);
    const { probe, slots } = parts;
    for (let slot = 0; slot < slots.capacity; slot++) {
      probe.prepare(slots.view, slots.frameAt(slot));
    }
  }

  /** Sets the time that frames carry from now on: Unix seconds and microseconds within the second. */
  setTime(seconds: number, microseconds: number): void {
    this.#target[TARGET_SECONDS] = seconds;
    this.#target[TARGET_MICROSECONDS] = microseconds;
  }

  /** Orders a frame in `slot` for the target at `position`; it is there after `finish`. */
  add(slot: number, position: number, probeNumber: number): void {
    const at = this.#length;
    this.#frames[at] = slot;
    this.#positions[at] = position;
    this.#probeNumbers[at] = probeNumber;
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
    for (let done = 0; done < count;) {
      const at = this.#length;
      const length = Math.min(BLOCK - at, count - done);
      const frames = this.#frames;
      const positions = this.#positions;
      for (let i = 0; i < length; i++) {
        frames[at + i] = slot + done + i;
        positions[at + i] = position + done + i;
      }
      this.#probeNumbers.fill(probeNumber, at, at + length);
      done += length;
      this.#length = at + length;
      if (this.#length === BLOCK) this.finish();
    }
  }

  /** Makes all frames that were ordered. */
  finish(): void {
    const count = this.#length;
    this.#length = 0;
    const { destinations, ports } = this.#block;
    this.#parts.space.locate(this.#positions, count, destinations, ports);
    this.#chooseSources(count);
    this.#block.compute(count);
    this.#patch(count);
  }

  #chooseSources(count: number): void {
    const { sourceAddresses } = this.#parts;
    const { sources, destinations } = this.#block;
    const sourceCount = sourceAddresses.length;
    if (sourceCount === 1) {
      sources.fill(sourceAddresses[0]!, 0, count);
      return;
    }
    for (let i = 0; i < count; i++) {
      const number = destinations[i]! + this.#probeNumbers[i]!;
      sources[i] = sourceAddresses[number % sourceCount]!;
    }
  }

  #patch(count: number): void {
    const { probe, slots } = this.#parts;
    const { view } = slots;
    const target = this.#target;
    const tag = this.#tag;
    const frames = this.#frames;
    const probeNumbers = this.#probeNumbers;
    const { sources, destinations, ports } = this.#block;
    const [tags0, tags1, tags2, tags3] = this.#block.tags;
    for (let i = 0; i < count; i++) {
      const address = destinations[i]!;
      target[ADDRESS] = address;
      target[PORT] = ports[i]!;
      target[SOURCE] = sources[i]!;
      target[PROBE] = probeNumbers[i]!;
      tag[0] = tags0[i]!;
      tag[1] = tags1[i]!;
      tag[2] = tags2[i]!;
      tag[3] = tags3[i]!;
      const slot = frames[i]!;
      const lengthBytes = probe.patch(view, slots.frameAt(slot), target, tag);
      slots.setFrame(slot, lengthBytes, address);
    }
  }
}
