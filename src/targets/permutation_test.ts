import assert from "node:assert/strict";
import { invert, makePermutation, permute } from "./permutation.ts";

function order(size: number, seed: bigint): number[] {
  const permutation = makePermutation(size, seed);
  return Array.from(
    { length: size },
    (_, position) => permute(permutation, position),
  );
}

Deno.test("permute() orders 1, 2 and 3 numbers", () => {
  assert.deepEqual(order(1, 5n), [0]);
  for (const size of [2, 3]) {
    const numbers = order(size, 5n).toSorted((a, b) => a - b);
    assert.deepEqual(numbers, [...numbers.keys()]);
  }
});

Deno.test("permute() gives the same order for the same seed on every machine", () => {
  // Other numbers here would mean that no scan can be repeated or shared with an earlier version.
  assert.deepEqual(order(16, 1n), [
    2,
    3,
    12,
    8,
    4,
    11,
    5,
    10,
    9,
    13,
    15,
    1,
    7,
    6,
    0,
    14,
  ]);
  const internet = makePermutation(3_702_257_664, 1n);
  const first = [0, 1, 2, 3].map((position) => permute(internet, position));
  assert.deepEqual(first, [1736196978, 3297181046, 1202972475, 1241395870]);
});

Deno.test("permute() gives other orders for other seeds", () => {
  const seeds = [0n, 1n, 2n, 1n << 32n, 1n << 63n, (1n << 64n) - 1n];
  const orders = new Set(seeds.map((seed) => order(64, seed).join()));
  assert.equal(orders.size, seeds.length);
});

Deno.test("invert() finds the position at the ends of the largest space", () => {
  const permutation = makePermutation(2 ** 48, 7n);
  for (const position of [0, 1, 2 ** 31, 2 ** 32, 2 ** 47, 2 ** 48 - 1]) {
    const value = permute(permutation, position);
    assert.ok(Number.isInteger(value) && value >= 0 && value < 2 ** 48);
    assert.equal(invert(permutation, value), position);
  }
});

Deno.test("makePermutation() rejects sizes that cannot be permuted", () => {
  for (const size of [0, -1, 1.5, NaN, Infinity, 2 ** 48 + 1]) {
    assert.throws(() => makePermutation(size, 0n), RangeError);
  }
});
