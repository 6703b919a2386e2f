import type { FrameSlots } from "../wire/mod.ts";

/**
 * Where a sender puts its frames: a fixed number of slots that the kernel, a printer or a test reads.
 * `ffi/` has the real ones. Slots are numbered anew for each batch, from 0 on: where the kernel reads frames
 * in place, a batch lies behind the one before.
 */
export interface PacketSink extends FrameSlots {
  /**
   * Begins a batch: returns how many slots from 0 on may be filled, at most `most`; 0 while the kernel still
   * reads them all. Every frame of the batch before has to be taken or given up.
   */
  begin(most: number): number;
  /**
   * Offers `count` frames from slot `first` on, which is the first that was neither taken nor given up.
   * Returns how many were taken, or a negative errno when none was. They are more than `count` only when the
   * kernel still held frames that were offered before.
   */
  send(first: number, count: number): number;
  /**
   * Sleeps until the send buffer has room, at most `timeoutMs`; false when the time is over. With 0 it tells
   * why the last `send` stopped short: false when the send buffer was full.
   */
  waitWritable(timeoutMs: number): boolean;
  /**
   * Waits until closing loses nothing, at most `timeoutMs`. Returns by how much the number of frames taken
   * has changed: up when offered ones were taken late, down when taken ones will be lost.
   */
  drain(timeoutMs: number): number;
  /** Gives everything back; further calls do nothing. */
  close(): void;
}
