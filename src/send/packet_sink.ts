/**
 * Where a sender puts its frames: a fixed number of slots that the kernel, a printer or a test reads.
 * `ffi/` has the real ones.
 */
export interface PacketSink {
  /** The memory of all slots. */
  readonly view: DataView;
  /** Number of slots: the most frames that one `send` can offer. */
  readonly capacity: number;
  /** Offset of a slot's first byte in `view`. */
  frameAt(slot: number): number;
  /** Says how long the frame in a slot is, and to which address it goes (host order). */
  setFrame(slot: number, lengthBytes: number, destination: number): void;
  /** Offers `count` frames from slot `first` on. Returns how many were taken, or a negative errno when none was. */
  send(first: number, count: number): number;
  /** Sleeps until the send buffer has room, at most `timeoutMs`; false when the time is over. */
  waitWritable(timeoutMs: number): boolean;
  close(): void;
}
