import assert from "node:assert/strict";
import { chaskeyOfBlocks } from "./chaskey.ts";

/** Codes of the messages 00 01 02 … of one, two and three blocks as words; some publish only half. */
const VECTORS = [
  {
    // From the reference implementation, which publishes the first eight bytes of each code.
    key: [0x33221100, 0x77665544, 0xbbaa9988, 0xffeeddcc],
    codes: [
      [0xd77039d1, 0x50239bbe],
      [0x41c265b4, 0x84bf1026],
      [0x077f04aa, 0xb48daec5],
    ],
  },
  {
    // From an independent implementation; whole codes.
    key: [0x833d3433, 0x009f389f, 0x2398e64f, 0x417acf39],
    codes: [
      [0x5dd0e2a9, 0xfb5eac8c, 0x633a392e, 0x500c36f3],
      [0x77962784, 0x07c647fa, 0xdd752c0f, 0xd2f5a799],
      [0xf36e748b, 0x8f34677f, 0x1e00ba1b, 0xdd7da46d],
    ],
  },
];

Deno.test("chaskeyOfBlocks() makes the published codes of whole blocks", () => {
  for (const { key, codes } of VECTORS) {
    for (const [i, code] of codes.entries()) {
      assert.deepEqual(codeOfBlocks(key, i + 1).slice(0, code.length), code);
    }
  }
});

Deno.test("chaskeyOfBlocks() reads key and words as unsigned or signed alike", () => {
  const key = Uint32Array.of(0xffffffff, 0x80000000, 0, 1);
  const signedKey = new Int32Array(key.buffer);
  assert.deepEqual(
    codeOf(key, [0xffffffff, 0x80000000, 0, 0]),
    codeOf(new Uint32Array(signedKey), [-1, -0x80000000, 0, 0]),
  );
});

Deno.test("chaskeyOfBlocks() makes the same code wherever a block lies, for any number of blocks", () => {
  const key = Uint32Array.of(1, 2, 3, 4);
  for (let count = 1; count <= 5; count++) {
    const blocks = Array.from({ length: count }, (_, i) => block(i));
    const words = new Int32Array(24);
    words.set(blocks.flat());
    chaskeyOfBlocks(key, words, count);
    const codes = blocks.map((words) => codeOf(key, words));
    assert.deepEqual(
      [...new Uint32Array(words.buffer, 0, 4 * count)],
      codes.flat(),
    );
  }
});

/** The code of one block. */
function codeOf(key: Uint32Array, block: readonly number[]): number[] {
  const words = new Int32Array(8);
  words.set(block);
  chaskeyOfBlocks(key, words, 1);
  return [...new Uint32Array(words.buffer, 0, 4)];
}

/**
 * The code of `blocks` blocks from codes of single blocks. With permutation P, key K and its double D, one
 * block m gives F(m) = P(K ^ D ^ m) ^ D. Chaining replaces the key by v = P(v ^ m) for every block but the
 * last, so P(x) = F(x ^ K ^ D) ^ D, and the last block gives F(m ^ v ^ K).
 */
function codeOfBlocks(key: readonly number[], blocks: number): number[] {
  const keyWords = Uint32Array.from(key);
  const double = doubled(key);
  const apply = (words: readonly number[]): number[] => codeOf(keyWords, words);
  let state = [...key];
  for (let i = 0; i < blocks - 1; i++) {
    state = xor(apply(xor(state, block(i), key, double)), double);
  }
  return apply(xor(block(blocks - 1), state, key));
}

/** Bytes 16i, 16i + 1, … as little-endian words. */
function block(i: number): number[] {
  return [0, 1, 2, 3].map((word) =>
    0x03020100 + 0x01010101 * (16 * i + 4 * word)
  );
}

function xor(...operands: readonly (readonly number[])[]): number[] {
  return [0, 1, 2, 3].map((i) =>
    operands.reduce((all, words) => all ^ words[i]!, 0) >>> 0
  );
}

function doubled(key: readonly number[]): number[] {
  const value =
    key.reduceRight((all, word) => (all << 32n) | BigInt(word), 0n) << 1n;
  const reduced = value >> 128n ? value ^ (1n << 128n) ^ 0x87n : value;
  return [0n, 32n, 64n, 96n].map((shift) =>
    Number((reduced >> shift) & 0xffff_ffffn)
  );
}
