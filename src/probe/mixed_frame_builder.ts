// HOT PATH
import {
  findMixedRun,
  mixedCount,
  type MixedRun,
  type TargetMix,
} from "../targets/target_mix.ts";
import type { FrameMaker, FrameParts } from "./_frame_order.ts";
import { Ipv4FrameMaker, type Ipv4Frames } from "./_ipv4_frames.ts";
import { Ipv6FrameMaker, type Ipv6Frames } from "./_ipv6_frames.ts";
import { PreparedFrameMaker } from "./_prepared_frames.ts";
import { FrameBuilder } from "./frame_builder.ts";
import { TARGET_MICROSECONDS, TARGET_SECONDS } from "./probe.ts";

/** Frames of one family beside those of the other. */
export interface FamilyFrames extends Omit<FrameParts, "validationKey"> {
  /** From the start of a frame to its IP header. */
  readonly linkBytes: number;
}

/**
 * What frames to targets of both families are made from. Both have the same slots, or as many of their own. Either all
 * frames have hops, or none has.
 */
export interface MixedFrameParts {
  /** How the targets of both families are mixed. */
  readonly mix: TargetMix;
  /** What frames to IPv4 targets are made from. */
  readonly ipv4: FamilyFrames & Ipv4Frames;
  /** What frames to IPv6 targets are made from. */
  readonly ipv6: FamilyFrames & Ipv6Frames;
  /** Key of the validation tags, 4 words. */
  readonly validationKey: Uint32Array;
}

/** As `FrameBuilder`, from positions of the mixed order of both families. */
export class MixedFrameBuilder {
  readonly #builder: FrameBuilder;
  readonly #mix: TargetMix;
  /** Positions of the mixed order. */
  readonly #count: number;
  readonly #ipv4: FrameMaker;
  readonly #ipv6: FrameMaker;
  readonly #run: MixedRun = { family: 4, first: 0, length: 0 };
  /** By order of the batch: 1 for IPv6. */
  readonly #isIpv6: Uint8Array;

  /** Writes into every slot what is the same for all targets of a family. */
  constructor({ ipv4, ipv6, mix, validationKey }: MixedFrameParts) {
    this.#mix = mix;
    this.#count = mixedCount(mix);
    this.#ipv4 = new PreparedFrameMaker(
      new Ipv4FrameMaker({ ...ipv4, validationKey }),
      ipv4,
      ipv4.linkBytes,
    );
    const { probe, slots } = ipv6;
    this.#ipv6 = new PreparedFrameMaker(
      new Ipv6FrameMaker({ probe, slots, validationKey, ipv6 }),
      ipv6,
      ipv6.linkBytes,
    );
    const { capacity } = slots;
    this.#builder = new FrameBuilder({ maker: this.#ipv4, capacity });
    this.#isIpv6 = new Uint8Array(capacity);
  }

  /** As `FrameBuilder.setTime`. */
  setTime(seconds: number, microseconds: number): void {
    setTime(this.#ipv4.target, seconds, microseconds);
    setTime(this.#ipv6.target, seconds, microseconds);
  }

  /** As `FrameBuilder.begin`. */
  begin(): void {
    this.#builder.begin();
  }

  /** As `FrameBuilder.filled`. */
  get filled(): number {
    return this.#builder.filled;
  }

  /** As `FrameBuilder.orderAt`. */
  orderAt(slot: number): number {
    return this.#builder.orderAt(slot);
  }

  /** How many of the frames in the slots from `first` up to `end` go to IPv6 targets. */
  countIpv6(first: number, end: number): number {
    let count = 0;
    for (let slot = first; slot < end; slot++) {
      count += this.#isIpv6[this.#builder.orderAt(slot)]!;
    }
    return count;
  }

  /** As `FrameBuilder.add`. */
  add(slot: number, position: number, probeNumber: number): void {
    this.#enter(position);
    this.#isIpv6[slot] = this.#run.family === 6 ? 1 : 0;
    this.#builder.add(slot, this.#run.first, probeNumber);
  }

  /** As `FrameBuilder.addRange`. */
  addRange(
    slot: number,
    count: number,
    position: number,
    probeNumber: number,
  ): void {
    const run = this.#run;
    for (let done = 0; done < count;) {
      this.#enter(position + done);
      const length = Math.min(run.length, count - done);
      const at = slot + done;
      this.#isIpv6.fill(run.family === 6 ? 1 : 0, at, at + length);
      this.#builder.addRange(at, length, run.first, probeNumber);
      done += length;
    }
  }

  /** As `FrameBuilder.finish`. */
  finish(): void {
    this.#builder.finish();
  }

  /** Finds the run of a position, and turns to the maker of its family. */
  #enter(position: number): void {
    const run = this.#run;
    if (position < this.#count) findMixedRun(this.#mix, position, run);
    else enterIpv6(position, run);
    this.#builder.use(run.family === 4 ? this.#ipv4 : this.#ipv6);
  }
}

/** What stands behind all targets means to IPv6 what it means there where it is alone. */
function enterIpv6(position: number, run: MixedRun): void {
  run.family = 6;
  run.first = position;
  run.length = Infinity;
}

function setTime(
  target: Uint32Array,
  seconds: number,
  microseconds: number,
): void {
  target[TARGET_SECONDS] = seconds;
  target[TARGET_MICROSECONDS] = microseconds;
}
