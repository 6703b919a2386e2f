import assert from "node:assert/strict";
import fc from "fast-check";
import { packCounts, unpackCounts } from "./packed_counts.ts";

Deno.test("unpackCounts() gives back what packCounts() was given", () => {
  const count = fc.oneof(fc.nat(3), fc.nat(2 ** 32));
  fc.assert(fc.property(fc.array(count, { maxLength: 300 }), (counts) => {
    const packed = packCounts(counts);
    assert.deepEqual([...unpackCounts(packed, counts.length)], counts);
  }));
});

Deno.test("packCounts() writes what repeats once", () => {
  assert.ok(packCounts(new Uint32Array(65536).fill(65536)).length < 16);
});

Deno.test("unpackCounts() ends with its text, whatever that holds", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 50 }), (bytes) => {
    const packed = btoa(String.fromCharCode(...bytes));
    assert.equal(unpackCounts(packed, 256).length, 256);
  }));
});
