import type { PacketSink } from "../backend/mod.ts";

/** Takes all frames and does nothing with them. */
export class MemorySink implements PacketSink {
  readonly view: DataView;
  readonly capacity: number;
  readonly #strideBytes: number;

  constructor(
    shape: { readonly capacity: number; readonly strideBytes: number },
  ) {
    this.capacity = shape.capacity;
    this.#strideBytes = shape.strideBytes;
    this.view = new DataView(
      new ArrayBuffer(shape.capacity * shape.strideBytes),
    );
  }

  begin(most: number): number {
    return Math.min(most, this.capacity);
  }

  frameAt(slot: number): number {
    return slot * this.#strideBytes;
  }

  setFrame(): void {}

  send(_first: number, count: number): number {
    return count;
  }

  waitWritable(): boolean {
    return true;
  }

  drain(): number {
    return 0;
  }

  close(): void {}
}
