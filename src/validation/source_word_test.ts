import assert from "node:assert/strict";
import { sourceWord, sourceWordKey, SourceWords } from "./source_word.ts";

const KEY = Uint32Array.of(0x33221100, 0x77665544, 0xbbaa9988, 0xffeeddcc);
const ADDRESS = Uint32Array.of(0x20010db8, 0x80000000, 0, 0xffff_ffff);

Deno.test("sourceWord() depends on every bit of address and key", () => {
  const plain = sourceWord(sourceWordKey(KEY), ADDRESS, 0);
  for (let word = 0; word < 4; word++) {
    for (let bit = 0; bit < 32; bit++) {
      const address = ADDRESS.slice();
      address[word]! ^= 1 << bit;
      assert.notEqual(sourceWord(sourceWordKey(KEY), address, 0), plain);
      const key = KEY.slice();
      key[word]! ^= 1 << bit;
      assert.notEqual(sourceWord(sourceWordKey(key), ADDRESS, 0), plain);
    }
  }
});

Deno.test("SourceWords gives the digest of any address, in any order", () => {
  const words = new SourceWords(KEY);
  const key = sourceWordKey(KEY);
  const addresses = new Uint32Array(40);
  for (let i = 4; i < addresses.length; i++) addresses[i] = i >> 1;
  for (const first of [0, 0, 4, 36, 4, 4, 0, 8, 32, 0]) {
    assert.equal(words.of(addresses, first), sourceWord(key, addresses, first));
  }
});
