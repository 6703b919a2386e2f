// HOT PATH
import { NO_HOP, type TargetSpace } from "../targets/mod.ts";
import { TAG_BLOCK, TAG_WORDS, TagBlock } from "../validation/mod.ts";
import { ETHERNET_DESTINATION, type FrameSlots } from "../wire/mod.ts";
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

/** Where each frame goes on its link, where that depends on its target. */
export interface FrameHops {
  /** Number of the next hop of an address, or `NO_HOP`: then no frame is made. */
  find(address: number): number;
  /** Writes the hardware address of that next hop, six bytes. */
  write(bytes: Uint8Array, at: number, hop: number, address: number): void;
}

/** What frames are made from. */
export interface FrameBuilderParts {
  readonly slots: FrameSlots;
  readonly space: TargetSpace;
  readonly probe: Probe;
  /** Source addresses; each target always gets the same one for the same probe number. */
  readonly sourceAddresses: Uint32Array;
  /** Key of the validation tags, 4 words. */
  readonly validationKey: Uint32Array;
  /** Null: all frames go where `probe.prepare` has addressed them. */
  readonly hops: FrameHops | null;
}

// Numbers of our own are compiled into the code; imported ones are read and checked at each use (0.4 ns).
const ADDRESS = TARGET_ADDRESS;
const PORT = TARGET_PORT;
const PROBE = TARGET_PROBE;
const SOURCE = TARGET_SOURCE;
const NONE = NO_HOP;
const DESTINATION = ETHERNET_DESTINATION;
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
  /** Next hop of each frame. */
  readonly #hops = new Int32Array(BLOCK);
  /** Memory of all slots, and which order of the batch each slot holds: where next hops differ. */
  readonly #bytes: Uint8Array;
  readonly #orders: Uint32Array;
  /** Orders of the batch, and frames made of them. */
  #ordered = 0;
  #filled = 0;

  /** Writes into every slot what is the same for all targets. */
  constructor(parts: FrameBuilderParts) {
    this.#parts = parts;
    this.#block = new TagBlock(parts.validationKey);
    const { hops, probe, slots } = parts;
    const { buffer, byteLength, byteOffset } = slots.view;
    this.#bytes = new Uint8Array(buffer, byteOffset, byteLength);
    this.#orders = new Uint32Array(hops === null ? 0 : slots.capacity);
    for (let slot = 0; slot < slots.capacity; slot++) {
      probe.prepare(slots.view, slots.frameAt(slot));
    }
  }

  /** Sets the time that frames carry from now on: Unix seconds and microseconds within the second. */
  setTime(seconds: number, microseconds: number): void {
    this.#target[TARGET_SECONDS] = seconds;
    this.#target[TARGET_MICROSECONDS] = microseconds;
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
    return slot === this.#filled ? this.#ordered : this.#orders[slot]!;
  }

  /**
   * Orders a frame in `slot` for the target at `position`; it is there after `finish`, or further ahead when
   * targets before it had no next hop. Slots are ordered one after the other from 0 on.
   */
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
    const ordered = this.#length;
    this.#length = 0;
    const { destinations, ports } = this.#block;
    const { hops, space } = this.#parts;
    space.locate(this.#positions, ordered, destinations, ports);
    const count = hops === null ? ordered : this.#findHops(hops, ordered);
    this.#chooseSources(count);
    this.#block.compute(count);
    this.#patch(count);
    if (hops !== null) this.#address(hops, count);
    this.#ordered += ordered;
    this.#filled += count;
  }

  /** Moves the orders that have a next hop together, and gives them slots. Returns how many they are. */
  #findHops(hops: FrameHops, ordered: number): number {
    const { destinations, ports } = this.#block;
    const frames = this.#frames;
    const probeNumbers = this.#probeNumbers;
    const found = this.#hops;
    let count = 0;
    for (let i = 0; i < ordered; i++) {
      const hop = hops.find(destinations[i]!);
      if (hop === NONE) continue;
      const slot = this.#filled + count;
      this.#orders[slot] = frames[i]!;
      frames[count] = slot;
      found[count] = hop;
      destinations[count] = destinations[i]!;
      ports[count] = ports[i]!;
      probeNumbers[count] = probeNumbers[i]!;
      count++;
    }
    return count;
  }

  #address(hops: FrameHops, count: number): void {
    const { slots } = this.#parts;
    const { destinations } = this.#block;
    const bytes = this.#bytes;
    const frames = this.#frames;
    const found = this.#hops;
    for (let i = 0; i < count; i++) {
      const at = slots.frameAt(frames[i]!) + DESTINATION;
      hops.write(bytes, at, found[i]!, destinations[i]!);
    }
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
