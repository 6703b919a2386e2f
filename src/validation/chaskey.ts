// HOT PATH: runs once per probe sent and once per response received.

/**
 * The Chaskey-12 message authentication code of one block (ISO/IEC 29192-6; Mouha, "Chaskey: a MAC
 * algorithm for microcontrollers: status update and proposal of Chaskey-12", 2015): the key and its double
 * are added to the block, twelve rounds of a permutation follow, and the double is added once more. A
 * message of exactly one block needs no padding and no chaining. Without the key the codes of other
 * messages cannot be told from random words. Only additions, rotations and exclusive-or of 32-bit words:
 * that is what JavaScript does fast.
 *
 * @param key four words
 * @param code receives four words
 */
export function chaskeyOfBlock(
  key: Uint32Array,
  word0: number,
  word1: number,
  word2: number,
  word3: number,
  code: Uint32Array,
): void {
  const k0 = key[0]! | 0;
  const k1 = key[1]! | 0;
  const k2 = key[2]! | 0;
  const k3 = key[3]! | 0;
  // The key doubled in GF(2^128) modulo x^128 + x^7 + x^2 + x + 1.
  const d0 = (k0 << 1) ^ ((k3 >> 31) & 0x87);
  const d1 = (k1 << 1) | (k0 >>> 31);
  const d2 = (k2 << 1) | (k1 >>> 31);
  const d3 = (k3 << 1) | (k2 >>> 31);
  let v0 = k0 ^ d0 ^ word0;
  let v1 = k1 ^ d1 ^ word1;
  let v2 = k2 ^ d2 ^ word2;
  let v3 = k3 ^ d3 ^ word3;
  for (let round = 0; round < 12; round++) {
    v0 = (v0 + v1) | 0;
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
    v0 = (v0 << 16) | (v0 >>> 16);
    v2 = (v2 + v3) | 0;
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
    v0 = (v0 + v3) | 0;
    v3 = ((v3 << 13) | (v3 >>> 19)) ^ v0;
    v2 = (v2 + v1) | 0;
    v1 = ((v1 << 7) | (v1 >>> 25)) ^ v2;
    v2 = (v2 << 16) | (v2 >>> 16);
  }
  code[0] = v0 ^ d0;
  code[1] = v1 ^ d1;
  code[2] = v2 ^ d2;
  code[3] = v3 ^ d3;
}
