import assert from "node:assert/strict";
import fc from "fast-check";
import { coarsen, RangeSet, without } from "./range_set.ts";

const change = fc.record({
  isAdded: fc.boolean(),
  first: fc.nat(40),
  length: fc.nat(12),
});

Deno.test("RangeSet holds what a set of numbers holds, in the fewest ranges", () => {
  fc.assert(fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
    const set = new RangeSet();
    const numbers = new Set<number>();
    for (const { first, isAdded, length } of changes) {
      const range = { first, end: first + length };
      if (isAdded) set.add(range);
      else set.remove(range);
      for (let at = first; at < range.end; at++) {
        if (isAdded) numbers.add(at);
        else numbers.delete(at);
      }
    }
    const held = set.ranges.flatMap(({ end, first }) =>
      Array.from({ length: end - first }, (_, i) => first + i)
    );
    assert.deepEqual(held, [...numbers].sort((a, b) => a - b));
    assert.equal(set.count, numbers.size);
    set.ranges.slice(1).forEach(({ first }, i) =>
      assert.ok(set.ranges[i]!.end < first)
    );
  }));
});

Deno.test("without() takes ranges out of others and leaves both as they are", () => {
  const ranges = [{ first: 0, end: 2 ** 48 }];
  assert.deepEqual(without(ranges, [{ first: 5, end: 2 ** 40 }]), [
    { first: 0, end: 5 },
    { first: 2 ** 40, end: 2 ** 48 },
  ]);
  assert.deepEqual(ranges, [{ first: 0, end: 2 ** 48 }]);
});

Deno.test("coarsen() closes the smallest gaps, and only as many as it has to", () => {
  const ranges = [[0, 2], [3, 4], [10, 12], [14, 20], [90, 91]].map((
    [first, end],
  ) => ({ first: first!, end: end! }));
  assert.equal(coarsen(ranges, 5), ranges);
  assert.deepEqual(coarsen(ranges, 3), [
    { first: 0, end: 4 },
    { first: 10, end: 20 },
    { first: 90, end: 91 },
  ]);
  assert.deepEqual(coarsen(ranges, 1), [{ first: 0, end: 91 }]);
});
