// HOT PATH
import type { Ipv4Targets } from "../targets/mod.ts";
import { NO_HOP } from "../targets/target_routes.ts";
import { TAG_BLOCK, TAG_WORDS, TagBlock } from "../validation/mod.ts";
import { ETHERNET_DESTINATION } from "../wire/mod.ts";
import type {
  FrameHops,
  FrameMaker,
  FrameOrder,
  FrameParts,
} from "./_frame_order.ts";
import {
  TARGET_ADDRESS,
  TARGET_PORT,
  TARGET_PROBE,
  TARGET_SLOTS,
  TARGET_SOURCE,
} from "./probe.ts";

/** What frames to IPv4 targets are made from. */
export interface Ipv4Frames {
  /** The targets by position. */
  readonly space: Ipv4Targets;
  /** Source addresses; each target always gets the same one for the same probe number. */
  readonly sourceAddresses: Uint32Array;
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

/** Makes frames to IPv4 targets. */
export class Ipv4FrameMaker implements FrameMaker {
  readonly target: Uint32Array = new Uint32Array(TARGET_SLOTS);
  readonly #parts: FrameParts & Ipv4Frames;
  readonly #tag = new Uint32Array(TAG_WORDS);
  /** Source, address and port of each frame, and the tag made from them. */
  readonly #block: TagBlock;
  /** Next hop of each frame. */
  readonly #hops = new Int32Array(TAG_BLOCK);
  /** Memory of all slots. */
  readonly #bytes: Uint8Array;

  constructor(parts: FrameParts & Ipv4Frames) {
    this.#parts = parts;
    this.#block = new TagBlock(parts.validationKey);
    const { buffer, byteLength, byteOffset } = parts.slots.view;
    this.#bytes = new Uint8Array(buffer, byteOffset, byteLength);
  }

  make(order: FrameOrder, ordered: number, firstSlot: number): number {
    const [, destinations, ports] = this.#block.words;
    const { hops, space } = this.#parts;
    space.locate(order.positions, ordered, destinations, ports);
    const count = hops === null
      ? ordered
      : this.#findHops(hops, order, ordered, firstSlot);
    this.#chooseSources(order, count);
    this.#block.compute(count);
    this.#patch(order, count);
    if (hops !== null) this.#address(hops, order, count);
    return count;
  }

  /** Moves the orders that have a next hop together, and gives them slots. Returns how many they are. */
  #findHops(
    hops: FrameHops,
    { numbers, probeNumbers, slots }: FrameOrder,
    ordered: number,
    firstSlot: number,
  ): number {
    const [, destinations, ports] = this.#block.words;
    const found = this.#hops;
    let count = 0;
    for (let i = 0; i < ordered; i++) {
      const hop = hops.find(destinations[i]!);
      if (hop === NONE) continue;
      const slot = firstSlot + count;
      numbers[slot] = slots[i]!;
      slots[count] = slot;
      found[count] = hop;
      destinations[count] = destinations[i]!;
      ports[count] = ports[i]!;
      probeNumbers[count] = probeNumbers[i]!;
      count++;
    }
    return count;
  }

  #address(hops: FrameHops, order: FrameOrder, count: number): void {
    const { slots } = this.#parts;
    const [, destinations] = this.#block.words;
    const bytes = this.#bytes;
    const frames = order.slots;
    const found = this.#hops;
    for (let i = 0; i < count; i++) {
      const at = slots.frameAt(frames[i]!) + DESTINATION;
      hops.write(bytes, at, found[i]!, destinations[i]!);
    }
  }

  #chooseSources({ probeNumbers }: FrameOrder, count: number): void {
    const { sourceAddresses } = this.#parts;
    const [sources, destinations] = this.#block.words;
    const sourceCount = sourceAddresses.length;
    if (sourceCount === 1) {
      sources.fill(sourceAddresses[0]!, 0, count);
      return;
    }
    for (let i = 0; i < count; i++) {
      const number = destinations[i]! + probeNumbers[i]!;
      sources[i] = sourceAddresses[number % sourceCount]!;
    }
  }

  #patch(order: FrameOrder, count: number): void {
    const { probe, slots } = this.#parts;
    const { view } = slots;
    const target = this.target;
    const tag = this.#tag;
    const frames = order.slots;
    const { probeNumbers } = order;
    const [sources, destinations, ports] = this.#block.words;
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
