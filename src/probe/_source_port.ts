// HOT PATH: every function runs per packet.

import type { ProbeOptions } from "./probe.ts";

/** Number of source ports in use, 1 to 65536. */
export function sourcePortCount(options: ProbeOptions): number {
  return options.sourcePortLast - options.sourcePortFirst + 1;
}

/**
 * Which port of the range a probe is sent from, counted from the first: (tag + probe number) modulo the
 * number of ports, so that the probes of one target use consecutive ports.
 *
 * @param word a word of the tag, unsigned
 * @param count see `sourcePortCount`
 */
export function sourcePortOffset(
  word: number,
  probe: number,
  count: number,
): number {
  // As signed numbers: sums of unsigned ones are made in floating-point.
  const offset = (((word >>> 0) % count) | 0) + (probe | 0);
  // A division costs more than all else here, and almost always one is enough.
  return offset < count ? offset : offset % count;
}

/**
 * The number of the probe that a response to this port answers, which may be too high to be ours; -1 when the
 * port is outside of the range.
 *
 * @param offset the port less the first port of the range
 */
export function probeOfSourcePort(
  word: number,
  offset: number,
  count: number,
): number {
  if (offset < 0 || offset >= count) return -1;
  const probe = offset - ((word >>> 0) % count);
  return probe < 0 ? probe + count : probe;
}
