// HOT PATH: runs once per probe sent and once per response received.

import { CHASKEY_WORDS, chaskeyOfBlocks } from "./chaskey.ts";

/** Words of a tag, and of the description of a probe that it is made from. */
export const TAG_WORDS: number = CHASKEY_WORDS;

/** Room for one description; tags are computed in pairs. */
const PAIR = new Int32Array(2 * TAG_WORDS);

/**
 * Computes the tag of a probe over IPv4, which ties a response to its probe without a table of probes sent: a keyed code of
 * (source, destination, port, 0). Probes carry words of it where the target has to repeat them, so only
 * someone who saw a probe can answer it, and an answer cannot be passed off as another target's.
 *
 * @param key four random words, new for each scan
 * @param source the scanner's address, host order
 * @param destination the target's address, host order
 * @param port the destination port, 0 for probes without ports
 * @param tag receives four words
 * @param mark 0 for probes to targets
 */
export function computeTag(
  key: Uint32Array,
  source: number,
  destination: number,
  port: number,
  tag: Uint32Array,
  mark = 0,
): void {
  PAIR[0] = source;
  PAIR[1] = destination;
  PAIR[2] = port;
  PAIR[3] = mark;
  chaskeyOfBlocks(key, PAIR, 1);
  for (let word = 0; word < TAG_WORDS; word++) tag[word] = PAIR[word]!;
}

/**
 * The tag of a probe over IPv6: the code of (lower word of the target's number, upper word, source word, 0). The
 * number, which is below 2^48, stands for address and port of the target; `sourceWord` for the scanner's address.
 *
 * @param tag receives four words
 */
export function computeTag6(
  key: Uint32Array,
  number: number,
  sourceWord: number,
  tag: Uint32Array,
): void {
  computeTag(key, number >>> 0, (number / 2 ** 32) >>> 0, sourceWord, tag);
}
