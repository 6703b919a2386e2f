// HOT PATH
/**
 * The order of targets of both families in one scan. Each family has an order of its own; both are cut into the same
 * number of chunks, and the mixed order takes chunk after chunk, first that of IPv4, then that of IPv6. Of N positions
 * in C chunks, chunk i begins at ⌊i·N / C⌋, so that up to the end of each chunk the families are mixed in proportion
 * to their sizes, and within it they are off by less than a chunk. Any range of the mixed order is one range of each
 * family, which makes shards and limits of the mixed order what they are of one family.
 *
 * @module
 */

/** Both orders, and how they are mixed. Plain data. */
export interface TargetMix {
  /** Positions of the IPv4 targets, 1 to 2^48. */
  readonly ipv4Count: number;
  /** Positions of the IPv6 targets, 1 to 2^48. */
  readonly ipv6Count: number;
  /** Chunks that both are cut into. */
  readonly chunkCount: number;
}

/** Positions of one family that follow each other in both orders. One object serves many calls. */
export interface MixedRun {
  /** The family. */
  family: 4 | 6;
  /** The first, in the order of the family. */
  first: number;
  /** How many there are. */
  length: number;
}

/**
 * Positions of the larger family in a chunk of a large scan: frames are made in blocks of so many, see `TAG_BLOCK`.
 * A small one has smaller chunks, as many as are here.
 */
const CHUNK = 64;
const FEW_CHUNKS = 1024;
/** With so many chunks, i·(N mod C) is exact. */
const MOST_CHUNKS = 2 ** 26;

/** Mixes the orders of so many positions of each family. */
export function makeTargetMix(ipv4Count: number, ipv6Count: number): TargetMix {
  const larger = Math.max(ipv4Count, ipv6Count);
  const smaller = Math.min(ipv4Count, ipv6Count);
  const wanted = Math.max(FEW_CHUNKS, Math.ceil(larger / CHUNK));
  const chunkCount = Math.min(smaller, MOST_CHUNKS, wanted);
  return { ipv4Count, ipv6Count, chunkCount };
}

/** Number of positions of the mixed order. */
export function mixedCount({ ipv4Count, ipv6Count }: TargetMix): number {
  return ipv4Count + ipv6Count;
}

/** Position in the mixed order of a position in the order of a family. */
export function mixedPosition(
  mix: TargetMix,
  family: 4 | 6,
  position: number,
): number {
  const { chunkCount, ipv4Count, ipv6Count } = mix;
  const count = family === 4 ? ipv4Count : ipv6Count;
  let chunk = Math.min(
    Math.floor(position / count * chunkCount),
    chunkCount - 1,
  );
  while (startOf(count, chunkCount, chunk) > position) chunk--;
  while (startOf(count, chunkCount, chunk + 1) <= position) chunk++;
  // Of the other family there are those of the chunks before, and for IPv6 those of this one.
  return family === 4
    ? position + startOf(ipv6Count, chunkCount, chunk)
    : position + startOf(ipv4Count, chunkCount, chunk + 1);
}

/** Finds what is at `position` of the mixed order, and how far it goes on in the same family. */
export function findMixedRun(
  mix: TargetMix,
  position: number,
  run: MixedRun,
): void {
  const { chunkCount, ipv4Count, ipv6Count } = mix;
  const chunk = chunkOf(mix, position);
  const start6 = startOf(ipv6Count, chunkCount, chunk);
  const end4 = startOf(ipv4Count, chunkCount, chunk + 1);
  const isIpv4 = position < end4 + start6;
  run.family = isIpv4 ? 4 : 6;
  run.first = position - (isIpv4 ? start6 : end4);
  run.length = isIpv4
    ? end4 - run.first
    : startOf(ipv6Count, chunkCount, chunk + 1) - run.first;
}

/** How many positions of a family lie before `position` of the mixed order, which may be its end. */
export function countMixedBefore(
  mix: TargetMix,
  family: 4 | 6,
  position: number,
): number {
  if (position >= mixedCount(mix)) {
    return family === 4 ? mix.ipv4Count : mix.ipv6Count;
  }
  const run: MixedRun = { family: 4, first: 0, length: 0 };
  findMixedRun(mix, position, run);
  return run.family === family ? run.first : position - run.first;
}

/** The chunk that holds `position` of the mixed order. */
function chunkOf(mix: TargetMix, position: number): number {
  const { chunkCount, ipv4Count, ipv6Count } = mix;
  const guess = position / (ipv4Count + ipv6Count) * chunkCount;
  let chunk = Math.min(Math.floor(guess), chunkCount - 1);
  while (mixedStart(mix, chunk) > position) chunk--;
  while (mixedStart(mix, chunk + 1) <= position) chunk++;
  return chunk;
}

function mixedStart(
  { chunkCount, ipv4Count, ipv6Count }: TargetMix,
  chunk: number,
): number {
  return startOf(ipv4Count, chunkCount, chunk) +
    startOf(ipv6Count, chunkCount, chunk);
}

/** ⌊chunk · count / chunkCount⌋, without a product above 2^53. */
function startOf(count: number, chunkCount: number, chunk: number): number {
  const rest = count % chunkCount;
  const whole = (count - rest) / chunkCount;
  return chunk * whole + Math.floor(chunk * rest / chunkCount);
}
