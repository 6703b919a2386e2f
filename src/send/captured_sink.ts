// HOT PATH
import type { PacketSink } from "../backend/mod.ts";
import {
  PCAP_RECORD_HEADER_BYTES,
  writePcapRecordHeader,
} from "../wire/mod.ts";

/** Bytes that wait to be written at most, and how long. */
const BUFFER_BYTES = 256 << 10;
const MOST_AGE_S = 1;

/** What a captured sink works with. */
export interface CapturedSinkParts {
  readonly sink: PacketSink & Disposable;
  /** Puts Unix seconds and microseconds of now into both slots. */
  wallClock(out: Uint32Array): void;
  /**
   * Appends whole records to the capture file, and returns when they are written. The sender waits meanwhile: it gets
   * slower, and no record is lost.
   *
   * @throws {Error} when they cannot be written
   */
  write(bytes: Uint8Array): void;
  /** Called with the number of frames that were taken and could not be written. */
  onMissed(frames: number): void;
  /** Closes the file. */
  close(): void;
}

/** A sink that also writes each frame that the kernel has taken to a capture file. */
export class CapturedSink implements PacketSink, Disposable {
  readonly view: DataView;
  readonly capacity: number;
  readonly #parts: CapturedSinkParts;
  readonly #sink: PacketSink & Disposable;
  readonly #lengths: Uint32Array;
  readonly #bytes = new Uint8Array(BUFFER_BYTES);
  readonly #view = new DataView(this.#bytes.buffer);
  readonly #frames: Uint8Array;
  readonly #now = new Uint32Array(2);
  #length = 0;
  #records = 0;
  #flushedS = 0;
  /** The first slot that was offered and not taken. */
  #next = 0;
  #isBroken = false;

  constructor(parts: CapturedSinkParts) {
    this.#parts = parts;
    this.#sink = parts.sink;
    this.view = parts.sink.view;
    this.capacity = parts.sink.capacity;
    this.#lengths = new Uint32Array(this.capacity);
    const { buffer, byteLength, byteOffset } = this.view;
    this.#frames = new Uint8Array(buffer, byteOffset, byteLength);
  }

  begin(most: number): number {
    return this.#sink.begin(most);
  }

  frameAt(slot: number): number {
    return this.#sink.frameAt(slot);
  }

  setFrame(slot: number, lengthBytes: number, destination: number): void {
    this.#lengths[slot] = lengthBytes;
    this.#sink.setFrame(slot, lengthBytes, destination);
  }

  send(first: number, count: number): number {
    const taken = this.#sink.send(first, count);
    this.#next = first;
    if (taken > 0) this.#record(taken);
    return taken;
  }

  waitWritable(timeoutMs: number): boolean {
    return this.#sink.waitWritable(timeoutMs);
  }

  drain(timeoutMs: number): number {
    const change = this.#sink.drain(timeoutMs);
    if (change > 0) this.#record(change);
    this.#flush();
    return change;
  }

  close(): void {
    this.#flush();
    this.#sink.close();
    this.#parts.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Notes frames that were taken, from the first slot on that was not. */
  #record(taken: number): void {
    const now = this.#now;
    this.#parts.wallClock(now);
    const end = Math.min(this.#next + taken, this.capacity);
    for (let slot = this.#next; slot < end; slot++) {
      const lengthBytes = this.#lengths[slot]!;
      if (
        this.#length + PCAP_RECORD_HEADER_BYTES + lengthBytes > BUFFER_BYTES
      ) this.#flush();
      const at = this.#length;
      writePcapRecordHeader(
        this.#view,
        at,
        now[0]!,
        now[1]!,
        lengthBytes,
        lengthBytes,
      );
      const from = this.#sink.frameAt(slot);
      const to = at + PCAP_RECORD_HEADER_BYTES;
      const frames = this.#frames;
      const bytes = this.#bytes;
      for (let i = 0; i < lengthBytes; i++) bytes[to + i] = frames[from + i]!;
      this.#length = to + lengthBytes;
      this.#records++;
    }
    this.#next = end;
    if (now[0]! - this.#flushedS >= MOST_AGE_S) {
      this.#flushedS = now[0]!;
      this.#flush();
    }
  }

  #flush(): void {
    const records = this.#records;
    if (records === 0) return;
    const bytes = this.#bytes.subarray(0, this.#length);
    this.#length = 0;
    this.#records = 0;
    if (!this.#isBroken) {
      try {
        this.#parts.write(bytes);
        return;
      } catch {
        // A record that is written in part ends what a reader understands: nothing may follow.
        this.#isBroken = true;
      }
    }
    this.#parts.onMissed(records);
  }
}
