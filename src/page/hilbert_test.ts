import assert from "node:assert/strict";
import fc from "fast-check";
import { hilbertIndex, hilbertPoint } from "./hilbert.ts";

Deno.test("hilbertPoint() and hilbertIndex() are inverses of each other", () => {
  const cases = fc.integer({ min: 0, max: 16 }).chain((order) =>
    fc.tuple(
      fc.constant(order),
      fc.integer({ min: 0, max: 4 ** order - 1 }),
    )
  );
  fc.assert(fc.property(cases, ([order, index]) => {
    const point = hilbertPoint(order, index);
    assert.ok(point.x < 2 ** order && point.y < 2 ** order);
    assert.equal(hilbertIndex(order, point), index);
  }));
});

Deno.test("hilbertPoint() of numbers that follow each other are neighbours", () => {
  for (let index = 1; index < 4 ** 5; index++) {
    const [a, b] = [hilbertPoint(5, index - 1), hilbertPoint(5, index)];
    assert.equal(Math.abs(a.x - b.x) + Math.abs(a.y - b.y), 1);
  }
});

Deno.test("hilbertPoint() puts every aligned block of 4^k numbers into a square", () => {
  const order = 16;
  fc.assert(fc.property(
    fc.integer({ min: 0, max: order }),
    fc.nat(2 ** 32 - 1),
    fc.nat(2 ** 32 - 1),
    (level, block, within) => {
      const size = 4 ** level;
      const first = block - block % size;
      const [a, b] = [
        hilbertPoint(order, first),
        hilbertPoint(order, first + within % size),
      ];
      const side = 2 ** level;
      assert.equal(Math.floor(a.x / side), Math.floor(b.x / side));
      assert.equal(Math.floor(a.y / side), Math.floor(b.y / side));
    },
  ));
});
