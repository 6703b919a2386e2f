// HOT PATH: runs once per probe sent and once per response received.

/** Words of a block, of a key and of a code. */
export const CHASKEY_WORDS = 4;

const ROUNDS = 12;
/** Rounds of the permutation. Numbers that are exported are not compiled into the code, so it uses its own. */
export const CHASKEY_ROUNDS: number = ROUNDS;

/**
 * The Chaskey-12 message authentication codes of messages of one block each (ISO/IEC 29192-6; Mouha,
 * "Chaskey: a MAC algorithm for microcontrollers: status update and proposal of Chaskey-12", 2015): the key
 * and its double are added to the block, twelve rounds of a permutation follow, and the double is added once
 * more. A message of exactly one block needs no padding and no chaining. Without the key the codes of other
 * messages cannot be told from random words. Only additions, rotations and exclusive-or of 32-bit words:
 * that is what JavaScript does fast. Each step waits for the one before, so two blocks go through the rounds
 * side by side, which costs hardly more than one (`scripts/bench/probe_bench.ts`).
 *
 * @param key four words
 * @param words four words for each block; replaced by its code. They have room for an even number of blocks
 * @param count number of blocks
 */
export function chaskeyOfBlocks(
  key: Uint32Array,
  words: Int32Array,
  count: number,
): void {
  const k0 = key[0]! | 0;
  const k1 = key[1]! | 0;
  const k2 = key[2]! | 0;
  const k3 = key[3]! | 0;
  const { d0, d1, d2, d3 } = doubleKey(key);
  const end = count * CHASKEY_WORDS;
  for (let at = 0; at < end; at += 2 * CHASKEY_WORDS) {
    let v0 = k0 ^ d0 ^ words[at]!;
    let v1 = k1 ^ d1 ^ words[at + 1]!;
    let v2 = k2 ^ d2 ^ words[at + 2]!;
    let v3 = k3 ^ d3 ^ words[at + 3]!;
    let w0 = k0 ^ d0 ^ words[at + 4]!;
    let w1 = k1 ^ d1 ^ words[at + 5]!;
    let w2 = k2 ^ d2 ^ words[at + 6]!;
    let w3 = k3 ^ d3 ^ words[at + 7]!;
    for (let round = 0; round < ROUNDS; round++) {
      v0 = (v0 + v1) | 0;
      w0 = (w0 + w1) | 0;
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
      w1 = ((w1 << 5) | (w1 >>> 27)) ^ w0;
      v0 = (v0 << 16) | (v0 >>> 16);
      w0 = (w0 << 16) | (w0 >>> 16);
      v2 = (v2 + v3) | 0;
      w2 = (w2 + w3) | 0;
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      w3 = ((w3 << 8) | (w3 >>> 24)) ^ w2;
      v0 = (v0 + v3) | 0;
      w0 = (w0 + w3) | 0;
      v3 = ((v3 << 13) | (v3 >>> 19)) ^ v0;
      w3 = ((w3 << 13) | (w3 >>> 19)) ^ w0;
      v2 = (v2 + v1) | 0;
      w2 = (w2 + w1) | 0;
      v1 = ((v1 << 7) | (v1 >>> 25)) ^ v2;
      w1 = ((w1 << 7) | (w1 >>> 25)) ^ w2;
      v2 = (v2 << 16) | (v2 >>> 16);
      w2 = (w2 << 16) | (w2 >>> 16);
    }
    words[at] = v0 ^ d0;
    words[at + 1] = v1 ^ d1;
    words[at + 2] = v2 ^ d2;
    words[at + 3] = v3 ^ d3;
    words[at + 4] = w0 ^ d0;
    words[at + 5] = w1 ^ d1;
    words[at + 6] = w2 ^ d2;
    words[at + 7] = w3 ^ d3;
  }
}

/** Words of a doubled key. */
export interface DoubledKey {
  readonly d0: number;
  readonly d1: number;
  readonly d2: number;
  readonly d3: number;
}

/** The key doubled in GF(2^128) modulo x^128 + x^7 + x^2 + x + 1. */
export function doubleKey(key: Uint32Array): DoubledKey {
  const k0 = key[0]! | 0;
  const k1 = key[1]! | 0;
  const k2 = key[2]! | 0;
  const k3 = key[3]! | 0;
  return {
    d0: (k0 << 1) ^ ((k3 >> 31) & 0x87),
    d1: (k1 << 1) | (k0 >>> 31),
    d2: (k2 << 1) | (k1 >>> 31),
    d3: (k3 << 1) | (k2 >>> 31),
  };
}
