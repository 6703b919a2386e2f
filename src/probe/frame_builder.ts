// HOT PATH
import type { TargetSpace } from "../targets/mod.ts";
import { computeTags, TAG_WORDS } from "../validation/mod.ts";
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
const WORDS = TAG_WORDS;

/** Frames that are made together: an even number, as tags come in pairs. */
const BLOCK = 64;

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
  readonly #addresses = new Uint32Array(BLOCK);
  readonly #ports = new Uint16Array(BLOCK);
  readonly #sources = new Uint32Array(BLOCK);
  /** First what the tags are made of, then the tags; signed and unsigned. */
  readonly #words = new Int32Array(BLOCK * TAG_WORDS);
  readonly #tags = new Uint32Array(this.#words.buffer);

  /** Writes into every slot what is the same for all targets. */
  constructor(parts: FrameBuilderParts) {
    this.#parts = parts;
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
    this.#parts.space.locate(
      this.#positions,
      count,
      this.#addresses,
      this.#ports,
    );
    this.#chooseSources(count);
    this.#computeTags(count);
    this.#patch(count);
  }

  #chooseSources(count: number): void {
    const { sourceAddresses } = this.#parts;
    const sourceCount = sourceAddresses.length;
    if (sourceCount === 1) {
      this.#sources.fill(sourceAddresses[0]!, 0, count);
      return;
    }
    for (let i = 0; i < count; i++) {
      const number = this.#addresses[i]! + this.#probeNumbers[i]!;
      this.#sources[i] = sourceAddresses[number % sourceCount]!;
    }
  }

  #computeTags(count: number): void {
    const words = this.#words;
    const sources = this.#sources;
    const addresses = this.#addresses;
    const ports = this.#ports;
    for (let i = 0; i < count; i++) {
      const at = i * WORDS;
      words[at] = sources[i]!;
      words[at + 1] = addresses[i]!;
      words[at + 2] = ports[i]!;
      words[at + 3] = 0;
    }
    computeTags(this.#parts.validationKey, words, count);
  }

  #patch(count: number): void {
    const { probe, slots } = this.#parts;
    const { view } = slots;
    const target = this.#target;
    const tag = this.#tag;
    const tags = this.#tags;
    const addresses = this.#addresses;
    const frames = this.#frames;
    const ports = this.#ports;
    const probeNumbers = this.#probeNumbers;
    const sources = this.#sources;
    for (let i = 0; i < count; i++) {
      const at = i * WORDS;
      const address = addresses[i]!;
      target[ADDRESS] = address;
      target[PORT] = ports[i]!;
      target[SOURCE] = sources[i]!;
      target[PROBE] = probeNumbers[i]!;
      tag[0] = tags[at]!;
      tag[1] = tags[at + 1]!;
      tag[2] = tags[at + 2]!;
      tag[3] = tags[at + 3]!;
      const slot = frames[i]!;
      const lengthBytes = probe.patch(view, slots.frameAt(slot), target, tag);
      slots.setFrame(slot, lengthBytes, address);
    }
  }
}
