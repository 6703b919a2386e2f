// HOT PATH
import type { Ipv6Targets } from "../targets/mod.ts";
import { NO_HOP } from "../targets/target_routes.ts";
import { TAG_BLOCK, TAG_WORDS, TagBlock } from "../validation/mod.ts";
import { ETHERNET_DESTINATION, IPV6_ADDRESS_WORDS } from "../wire/mod.ts";
import type { AliasFrames } from "./alias_probes.ts";
import type {
  FrameMaker,
  FrameOrder,
  FrameParts,
  Ipv6FrameHops,
} from "./_frame_order.ts";
import { type Ipv6Sources, makeSourceChooser } from "./ipv6_sources.ts";
import {
  TARGET_ADDRESS6,
  TARGET_PORT,
  TARGET_PROBE,
  TARGET_SLOTS,
  TARGET_SOURCE6,
} from "./probe.ts";

/** What frames to IPv6 targets are made from. */
export interface Ipv6Frames {
  /** The targets by position. */
  readonly space: Ipv6Targets;
  /** The addresses that they are asked from. */
  readonly sources: Ipv6Sources;
  /**
   * What tests prefixes: positions from `ALIAS_FIRST` on stand for its probes.
   *
   * @default {null}
   */
  readonly aliases?: AliasFrames | null;
  /** Null: all frames go where `probe.prepare` has addressed them. */
  readonly hops: Ipv6FrameHops | null;
}

// Numbers of our own, as for IPv4.
const WORDS = IPV6_ADDRESS_WORDS;
const ADDRESS = TARGET_ADDRESS6;
const PORT = TARGET_PORT;
const PROBE = TARGET_PROBE;
const SOURCE = TARGET_SOURCE6;
const HIGH_WORD = 1 / 2 ** 32;
const NONE = NO_HOP;
const DESTINATION = ETHERNET_DESTINATION;

/** Makes frames to IPv6 targets. */
export class Ipv6FrameMaker implements FrameMaker {
  readonly target: Uint32Array = new Uint32Array(TARGET_SLOTS);
  readonly #parts: FrameParts & { readonly ipv6: Ipv6Frames };
  readonly #sources: ReturnType<typeof makeSourceChooser>;
  readonly #tag = new Uint32Array(TAG_WORDS);
  readonly #addresses = new Uint32Array(TAG_BLOCK * WORDS);
  readonly #ports = new Uint32Array(TAG_BLOCK);
  /** Both words of each frame's target number and its source word, and the tag made from them. */
  readonly #block: TagBlock;
  /** Next hop of each frame. */
  readonly #hops = new Int32Array(TAG_BLOCK);
  /** Memory of all slots. */
  readonly #bytes: Uint8Array;

  constructor(parts: FrameParts & { readonly ipv6: Ipv6Frames }) {
    this.#parts = parts;
    this.#block = new TagBlock(parts.validationKey);
    this.#sources = makeSourceChooser(parts.ipv6.sources, parts.validationKey);
    const { buffer, byteLength, byteOffset } = parts.slots.view;
    this.#bytes = new Uint8Array(buffer, byteOffset, byteLength);
  }

  make(order: FrameOrder, ordered: number, firstSlot: number): number {
    const { positions } = order;
    const [lows, highs, sourceWords] = this.#block.words;
    const { aliases = null, hops, space } = this.#parts.ipv6;
    const hasAliases = aliases !== null && aliases.setAside(positions, ordered);
    space.locate(positions, ordered, this.#addresses, this.#ports);
    if (hasAliases) aliases.locate(positions, this.#addresses, this.#ports);
    const count = hops === null
      ? ordered
      : this.#findHops(hops, order, ordered, firstSlot);
    for (let i = 0; i < count; i++) {
      const number = positions[i]!;
      lows[i] = number >>> 0;
      highs[i] = (number * HIGH_WORD) >>> 0;
    }
    if (hasAliases) aliases.mark(positions, count, this.#block.words);
    this.#sources.choose(
      { lows, targets: this.#addresses, probeNumbers: order.probeNumbers },
      count,
      sourceWords,
    );
    this.#block.compute(count);
    if (hasAliases) this.#block.words[3].fill(0);
    this.#patch(order, count);
    if (hops !== null) this.#address(hops, order, count);
    return count;
  }

  /** Moves the orders that have a next hop together, and gives them slots. Returns how many they are. */
  #findHops(
    hops: Ipv6FrameHops,
    { numbers, positions, probeNumbers, slots }: FrameOrder,
    ordered: number,
    firstSlot: number,
  ): number {
    const addresses = this.#addresses;
    const ports = this.#ports;
    const found = this.#hops;
    let count = 0;
    for (let i = 0; i < ordered; i++) {
      const hop = hops.find(addresses, i * WORDS);
      if (hop === NONE) continue;
      const slot = firstSlot + count;
      numbers[slot] = slots[i]!;
      slots[count] = slot;
      found[count] = hop;
      for (let word = 0; word < WORDS; word++) {
        addresses[count * WORDS + word] = addresses[i * WORDS + word]!;
      }
      positions[count] = positions[i]!;
      ports[count] = ports[i]!;
      probeNumbers[count] = probeNumbers[i]!;
      count++;
    }
    return count;
  }

  #address(hops: Ipv6FrameHops, order: FrameOrder, count: number): void {
    const { slots } = this.#parts;
    const addresses = this.#addresses;
    const bytes = this.#bytes;
    const frames = order.slots;
    const found = this.#hops;
    for (let i = 0; i < count; i++) {
      const at = slots.frameAt(frames[i]!) + DESTINATION;
      hops.write(bytes, at, found[i]!, addresses, i * WORDS);
    }
  }

  #patch(order: FrameOrder, count: number): void {
    const { probe, slots } = this.#parts;
    const { view } = slots;
    const target = this.target;
    const tag = this.#tag;
    const frames = order.slots;
    const { probeNumbers } = order;
    const addresses = this.#addresses;
    const sources = this.#sources.addresses;
    const ports = this.#ports;
    const [tags0, tags1, tags2, tags3] = this.#block.tags;
    for (let i = 0; i < count; i++) {
      const at = i * WORDS;
      target[ADDRESS] = addresses[at]!;
      target[ADDRESS + 1] = addresses[at + 1]!;
      target[ADDRESS + 2] = addresses[at + 2]!;
      target[ADDRESS + 3] = addresses[at + 3]!;
      target[SOURCE] = sources[at]!;
      target[SOURCE + 1] = sources[at + 1]!;
      target[SOURCE + 2] = sources[at + 2]!;
      target[SOURCE + 3] = sources[at + 3]!;
      target[PORT] = ports[i]!;
      target[PROBE] = probeNumbers[i]!;
      tag[0] = tags0[i]!;
      tag[1] = tags1[i]!;
      tag[2] = tags2[i]!;
      tag[3] = tags3[i]!;
      const slot = frames[i]!;
      const lengthBytes = probe.patch(view, slots.frameAt(slot), target, tag);
      // Whoever needs the destination finds it in the packet.
      slots.setFrame(slot, lengthBytes, 0);
    }
  }
}
