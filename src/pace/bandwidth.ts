/** Preamble, start delimiter, frame check sequence and gap: bytes on the wire around each Ethernet frame (IEEE 802.3 3.1.1). */
const WIRE_OVERHEAD_BYTES = 24;
/** Shortest Ethernet frame without its frame check sequence. */
const MIN_FRAME_BYTES = 60;

/** Bits that a frame of `frameBytes` (link header included, check sequence not) takes on the wire. */
export function wireBits(frameBytes: number): number {
  return 8 * (Math.max(frameBytes, MIN_FRAME_BYTES) + WIRE_OVERHEAD_BYTES);
}

/** Packets per second of the longest frame that fit into `bandwidthBps` bits per second. */
export function rateForBandwidth(
  bandwidthBps: number,
  frameBytes: number,
): number {
  return bandwidthBps / wireBits(frameBytes);
}
