// HOT PATH: runs once per probe sent and once per response received.

import { chaskeyOfBlock } from "./chaskey.ts";

/**
 * Computes the tag that ties a response to its probe without a table of probes sent: a keyed code of
 * (source, destination, port, 0). Probes carry words of it where the target has to repeat them, so only
 * someone who saw a probe can answer it, and an answer cannot be passed off as another target's.
 *
 * @param key four random words, new for each scan
 * @param source the scanner's address, host order
 * @param destination the target's address, host order
 * @param port the destination port, 0 for probes without ports
 * @param tag receives four words
 */
export function computeTag(
  key: Uint32Array,
  source: number,
  destination: number,
  port: number,
  tag: Uint32Array,
): void {
  // Signed numbers fit V8's small integers; larger ones would be allocated where the call is not inlined.
  chaskeyOfBlock(key, source | 0, destination | 0, port, 0, tag);
}
