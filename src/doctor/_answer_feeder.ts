import { FrameBuilder, type Probe } from "../probe/mod.ts";
import {
  ETHERNET_HEADER_BYTES,
  type FrameSlots,
  IPV4_TOTAL_LENGTH,
  IPV6_HEADER_BYTES,
  IPV6_PAYLOAD_LENGTH,
} from "../wire/mod.ts";
import { makeAnswer } from "./_answer.ts";
import { MemorySink } from "./_memory_sink.ts";
import { framesTo } from "./_trial_targets.ts";
import { linkHeaderOf } from "./calibration.ts";
import { type FamilyPlan, orderOf } from "./family_scan.ts";

/** Where answers go: to whom they are sent does not matter. */
export interface AnswerSlots extends FrameSlots {
  /** Offers the frames in `count` slots; returns how many were taken, or a negative errno. */
  send(first: number, count: number): number;
}

/** Whose answers are sent. */
export interface AnswerFeederParts {
  /** With room for an Ethernet header and the longest answer. */
  readonly slots: AnswerSlots;
  /** Of the targets' family, made for its `linkHeaderOf`. */
  readonly probe: Probe;
  readonly plan: FamilyPlan;
  readonly validationKey: Uint32Array;
}

/** Sends valid answers to the probes of a scan that nobody has sent, of one target after the other. */
export class AnswerFeeder {
  readonly #parts: AnswerFeederParts;
  readonly #frames: Uint8Array;
  readonly #linkHeader: Uint8Array;
  readonly #builder: FrameBuilder;
  /** The probes, one for each slot. */
  readonly #probes: MemorySink;
  #position: number;

  constructor(parts: AnswerFeederParts) {
    const { plan, probe, slots, validationKey } = parts;
    this.#parts = parts;
    this.#frames = bytesOf(slots.view);
    this.#position = orderOf(plan).firstPosition;
    this.#linkHeader = linkHeaderOf(probe.family);
    this.#probes = new MemorySink({
      capacity: slots.capacity,
      strideBytes: probe.maxFrameBytes,
    });
    this.#builder = new FrameBuilder({
      slots: this.#probes,
      ...framesTo(plan),
      probe,
      validationKey,
    });
    this.#builder.setTime(Math.floor(Date.now() / 1000), 0);
  }

  /** Sends an answer of each of the next targets, one a slot. Returns how many were taken. */
  send(): number {
    const { slots } = this.#parts;
    this.#builder.addRange(0, slots.capacity, this.#position, 0);
    this.#builder.finish();
    this.#position += slots.capacity;
    let count = 0;
    for (let slot = 0; slot < slots.capacity; slot++) {
      if (this.#writeAnswer(slot, count)) count++;
    }
    return Math.max(slots.send(0, count), 0);
  }

  /** Writes the answer to the probe in one slot into another; false when there is none. */
  #writeAnswer(from: number, to: number): boolean {
    const { probe, slots } = this.#parts;
    const { view } = this.#probes;
    const packetAt = this.#probes.frameAt(from) + ETHERNET_HEADER_BYTES;
    const length = probe.family === 6
      ? IPV6_HEADER_BYTES + view.getUint16(packetAt + IPV6_PAYLOAD_LENGTH)
      : view.getUint16(packetAt + IPV4_TOTAL_LENGTH);
    const packet = bytesOf(view).subarray(packetAt, packetAt + length);
    const answer = makeAnswer(probe, packet);
    if (answer === null) return false;
    const at = slots.frameAt(to);
    this.#frames.set(this.#linkHeader, at);
    this.#frames.set(answer, at + ETHERNET_HEADER_BYTES);
    slots.setFrame(to, ETHERNET_HEADER_BYTES + answer.length, 0);
    return true;
  }
}

function bytesOf(view: DataView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}
