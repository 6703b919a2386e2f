import assert from "node:assert/strict";
import { computeTag } from "./tag.ts";

const KEY = Uint32Array.of(0x33221100, 0x77665544, 0xbbaa9988, 0xffeeddcc);
const SOURCE = 0x0a010203;
const DESTINATION = 0xc6120001;

function tagOf(
  key: Uint32Array,
  source: number,
  destination: number,
  port: number,
): Uint32Array {
  const tag = new Uint32Array(4).fill(0xa5a5a5a5);
  computeTag(key, source, destination, port, tag);
  return tag;
}

Deno.test("computeTag() depends on every bit of key, source, destination and port", () => {
  const plain = tagOf(KEY, SOURCE, DESTINATION, 443);
  const others: Uint32Array[] = [];
  for (let bit = 0; bit < 32; bit++) {
    others.push(tagOf(KEY, SOURCE ^ (1 << bit), DESTINATION, 443));
    others.push(tagOf(KEY, SOURCE, DESTINATION ^ (1 << bit), 443));
    if (bit < 16) {
      others.push(tagOf(KEY, SOURCE, DESTINATION, 443 ^ (1 << bit)));
    }
    for (let word = 0; word < 4; word++) {
      const key = KEY.slice();
      key[word]! ^= 1 << bit;
      others.push(tagOf(key, SOURCE, DESTINATION, 443));
    }
  }
  for (const other of others) {
    for (let word = 0; word < 4; word++) {
      assert.notEqual(other[word], plain[word]);
    }
  }
});

Deno.test("computeTag() gives the same tag for the same input and leaves the key alone", () => {
  const key = KEY.slice();
  assert.deepEqual(
    tagOf(key, SOURCE, DESTINATION, 80),
    tagOf(KEY, SOURCE, DESTINATION, 80),
  );
  assert.deepEqual(key, KEY);
});
