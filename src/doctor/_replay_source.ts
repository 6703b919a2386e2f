import type { PacketSource } from "../backend/mod.ts";

/** How a source is fed, and what it remembers. */
export interface ReplayOptions {
  /** Called in place of sleeping: may send what will be captured, or begin to replay. */
  feed(): void;
  /** Most packets to remember. */
  readonly capacity: number;
  /** Bytes that are captured of a packet at most. */
  readonly snapLengthBytes: number;
}

/**
 * A capture that remembers the first packets, and gives them again when told to: so whoever reads it can be made to
 * work as hard as with new ones, without the kernel's work for each.
 */
export class ReplaySource implements PacketSource {
  readonly view: DataView;
  readonly linkType: number;
  readonly holdMs: number;
  readonly #capture: PacketSource;
  readonly #options: ReplayOptions;
  /** The bytes of `view`, which replayed packets are copied to. */
  readonly #bytes: Uint8Array;
  readonly #packets: Uint8Array;
  readonly #captured: Uint32Array;
  readonly #wireBytes: Uint32Array;
  #count = 0;
  /** Packets that are still to be replayed. */
  #left = 0;
  /** The packet that is being replayed, or -1. */
  #current = -1;

  constructor(capture: PacketSource, options: ReplayOptions) {
    const { view } = capture;
    this.view = view;
    this.linkType = capture.linkType;
    this.holdMs = capture.holdMs;
    this.#capture = capture;
    this.#options = options;
    this.#bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    this.#packets = new Uint8Array(options.capacity * options.snapLengthBytes);
    this.#captured = new Uint32Array(options.capacity);
    this.#wireBytes = new Uint32Array(options.capacity);
  }

  get wireBytes(): number {
    return this.#current < 0
      ? this.#capture.wireBytes
      : this.#wireBytes[this.#current]!;
  }

  get seconds(): number {
    return this.#capture.seconds;
  }

  get microseconds(): number {
    return this.#capture.microseconds;
  }

  next(): number {
    if (this.#left > 0) return this.#replay();
    this.#current = -1;
    const captured = this.#capture.next();
    if (captured > 0 && this.#count < this.#options.capacity) {
      this.#remember(captured);
    }
    return captured;
  }

  /** Gives the packets that are remembered once more, before any other. */
  replay(): void {
    this.#left = this.#count;
  }

  #replay(): number {
    const packet = --this.#left % this.#count;
    const captured = this.#captured[packet]!;
    const at = packet * this.#options.snapLengthBytes;
    this.#bytes.set(this.#packets.subarray(at, at + captured));
    this.#current = packet;
    return captured;
  }

  #remember(captured: number): void {
    const at = this.#count * this.#options.snapLengthBytes;
    this.#packets.set(this.#bytes.subarray(0, captured), at);
    this.#captured[this.#count] = captured;
    this.#wireBytes[this.#count] = this.#capture.wireBytes;
    this.#count++;
  }

  lastError(): string {
    return this.#capture.lastError();
  }

  wait(_timeoutMs: number): void {
    this.#options.feed();
  }

  stats(out: Float64Array): void {
    this.#capture.stats(out);
  }

  close(): void {
    this.#capture.close();
  }
}
