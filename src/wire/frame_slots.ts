/** Memory for frames, in slots. */
export interface FrameSlots {
  /** The memory of all slots. */
  readonly view: DataView;
  /** Number of slots. */
  readonly capacity: number;
  /** Offset in `view` of the first byte of a slot of the batch. */
  frameAt(slot: number): number;
  /**
   * Says how long the frame in a slot is, and to which address of IPv4 it goes (host order). A destination of IPv6
   * stands in the packet; `destination` has no meaning then.
   */
  setFrame(slot: number, lengthBytes: number, destination: number): void;
}
