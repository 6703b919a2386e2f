import assert from "node:assert/strict";
import fc from "fast-check";
import { permutationProgram } from "./_permutation_lanes.ts";
import {
  makePermutation,
  MAX_PERMUTATION_SIZE,
  permuteAll,
} from "./permutation.ts";
import { Permuter } from "./permuter.ts";

/** Every size is as likely to be near a power of two, near a square, small or anything. */
const anySize = fc.oneof(
  fc.integer({ min: 1, max: 2 ** 18 }),
  fc.integer({ min: 1, max: MAX_PERMUTATION_SIZE }),
  near(fc.integer({ min: 0, max: 48 }).map((bits) => 2 ** bits)),
  near(fc.integer({ min: 1, max: 2 ** 24 }).map((side) => side * side)),
  near(fc.integer({ min: 8, max: 24 }).map((bits) => 2 ** bits * 2 ** 21)),
);
const anySeed = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const anyCount = fc.oneof(
  fc.integer({ min: 0, max: 64 }),
  fc.integer({ min: 65, max: 300 }),
);

function near(sizes: fc.Arbitrary<number>): fc.Arbitrary<number> {
  return fc.tuple(sizes, fc.integer({ min: -3, max: 3 })).map(([size, more]) =>
    Math.min(Math.max(size + more, 1), MAX_PERMUTATION_SIZE)
  );
}

/** Some positions from `first` on and some all over the space, the numbers after them not to be touched. */
function positionsIn(size: number, count: number, first: number): Float64Array {
  return Float64Array.from({ length: count + 20 }, (_, i) => {
    const step = i % 2 === 0 ? 1 : Math.floor(size / (count + 20));
    return (first + i * step) % size;
  });
}

Deno.test("Permuter makes the numbers of permuteAll()", () => {
  fc.assert(
    fc.property(
      anySize,
      anySeed,
      anyCount,
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (size, seed, count, place) => {
        const permutation = makePermutation(size, seed);
        const numbers = positionsIn(size, count, Math.floor(place * size));
        const expected = numbers.slice();
        permuteAll(permutation, expected, count);
        new Permuter(permutation).permuteAll(numbers, count);
        assert.deepEqual(numbers, expected);
      },
    ),
    { numRuns: 1000 },
  );
});

Deno.test("Permuter goes on to a number below the size as permuteAll() does", () => {
  // One in 256 is not below it at first.
  for (const size of [2 ** 16 + 1, 2 ** 17 + 1, 257 * 256 + 1]) {
    const permutation = makePermutation(size, 3n);
    const numbers = Float64Array.from({ length: size }, (_, i) => i);
    const expected = numbers.slice();
    permuteAll(permutation, expected, size);
    new Permuter(permutation).permuteAll(numbers, size);
    assert.deepEqual(numbers, expected);
    assert.equal(new Set(numbers).size, size);
  }
});

Deno.test("permutationProgram() is for sizes at which it pays and is exact", () => {
  const program = (size: number): unknown =>
    permutationProgram(makePermutation(size, 1n));
  for (const size of [2 ** 16, 3_702_257_664, 2 ** 42, 2 ** 43]) {
    assert.notEqual(program(size), null);
  }
  for (const size of [1, 2 ** 16 - 1, 2 ** 43 + 1, 2 ** 44, 2 ** 48]) {
    assert.equal(program(size), null);
  }
});
