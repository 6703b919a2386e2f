const WORD_BITS = 32;

/**
 * A key from a seed of 64 bits and eight letters that say what it is for: other than every key that is made of random
 * words, but for a chance of 2^-64.
 */
export function keyOfSeed(
  seed: bigint,
  purpose: readonly [number, number],
): Uint32Array {
  const low = Number(BigInt.asUintN(WORD_BITS, seed));
  const high = Number(BigInt.asUintN(WORD_BITS, seed >> 32n));
  return Uint32Array.of(low, high, ...purpose);
}
