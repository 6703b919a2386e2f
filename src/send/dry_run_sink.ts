import type { PacketSink } from "../backend/mod.ts";
import {
  describeFrame,
  type Probe,
  TARGET_ADDRESS,
  TARGET_ADDRESS6,
  TARGET_PORT,
} from "../probe/mod.ts";

/** Length of a record: address and port, network order. */
const RECORD_BYTES = 6;
/** The same of IPv6. */
export const RECORD_BYTES6 = 18;

/** Turns the frames in `count` slots from `first` on into bytes, which are written before the next call. */
export type FrameFormat = (
  frames: DryRunSink,
  first: number,
  count: number,
) => Uint8Array;

/** What a dry run's sink is made of. */
export interface DryRunSinkParts {
  /** Number of slots. */
  readonly capacity: number;
  readonly maxFrameBytes: number;
  readonly format: FrameFormat;
  /** Takes bytes, all of them, before it returns. */
  write(bytes: Uint8Array): void;
}

/** A sink that writes what frames look like instead of sending them. */
export class DryRunSink implements PacketSink {
  readonly view: DataView;
  readonly capacity: number;
  readonly #parts: DryRunSinkParts;
  readonly #lengths: Uint32Array;

  constructor(parts: DryRunSinkParts) {
    this.#parts = parts;
    this.capacity = parts.capacity;
    this.view = new DataView(
      new ArrayBuffer(parts.capacity * parts.maxFrameBytes),
    );
    this.#lengths = new Uint32Array(parts.capacity);
  }

  begin(most: number): number {
    return Math.min(most, this.capacity);
  }

  frameAt(slot: number): number {
    return slot * this.#parts.maxFrameBytes;
  }

  setFrame(slot: number, lengthBytes: number): void {
    this.#lengths[slot] = lengthBytes;
  }

  /** Length of the frame in a slot. */
  lengthOf(slot: number): number {
    return this.#lengths[slot]!;
  }

  /** Takes all frames, always. */
  send(first: number, count: number): number {
    this.#parts.write(this.#parts.format(this, first, count));
    return count;
  }

  waitWritable(): boolean {
    return true;
  }
  drain(): number {
    return 0;
  }
  close(): void {}
  [Symbol.dispose](): void {}
}

/** Frames as text, by `describeFrame`. */
export function textFormat(probe: Probe, linkBytes: number): FrameFormat {
  const encoder = new TextEncoder();
  return (frames, first, count) => {
    let text = "";
    for (let slot = first; slot < first + count; slot++) {
      text += describeFrame(probe, {
        view: frames.view,
        frameAt: frames.frameAt(slot),
        lengthBytes: frames.lengthOf(slot),
        linkBytes,
      });
    }
    return encoder.encode(text);
  };
}

/** Frames as they are, side by side; all as long as the longest. */
export function plainFormat(
  frames: DryRunSink,
  first: number,
  count: number,
): Uint8Array {
  const start = frames.frameAt(first);
  return new Uint8Array(
    frames.view.buffer,
    start,
    frames.frameAt(first + count) - start,
  );
}

/** The probe with records of address and port in place of its packets. */
export function recordProbe(probe: Probe): Probe {
  if (probe.family === 6) return recordProbe6(probe);
  return {
    ...probe,
    maxFrameBytes: RECORD_BYTES,
    prepare: () => {},
    patch(view: DataView, frameAt: number, target: Uint32Array): number {
      view.setUint32(frameAt, target[TARGET_ADDRESS]!);
      view.setUint16(frameAt + 4, target[TARGET_PORT]!);
      return RECORD_BYTES;
    },
  };
}

function recordProbe6(probe: Probe): Probe {
  return {
    ...probe,
    maxFrameBytes: RECORD_BYTES6,
    prepare: () => {},
    patch(view: DataView, frameAt: number, target: Uint32Array): number {
      view.setUint32(frameAt, target[TARGET_ADDRESS6]!);
      view.setUint32(frameAt + 4, target[TARGET_ADDRESS6 + 1]!);
      view.setUint32(frameAt + 8, target[TARGET_ADDRESS6 + 2]!);
      view.setUint32(frameAt + 12, target[TARGET_ADDRESS6 + 3]!);
      view.setUint16(frameAt + 16, target[TARGET_PORT]!);
      return RECORD_BYTES6;
    },
  };
}
