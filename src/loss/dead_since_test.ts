import assert from "node:assert/strict";
import { sliceOf } from "./_test_slices.ts";
import { deadSinceS } from "./dead_since.ts";
import type { Slice } from "./slice.ts";

const SLICE_S = 0.2;

/** Slices of 0.2 s from 0 s on, with so many packets and answers each. */
function slices(
  counts: readonly (readonly [packets: number, answers: number])[],
  changes: Partial<Slice> = {},
): Slice[] {
  return counts.map(([packets, answers], id) =>
    sliceOf(SLICE_S, { id, packets, answers, ...changes })
  );
}

const repeat = (count: number, packets: number, answers: number) =>
  Array.from({ length: count }, () => [packets, answers] as const);

Deno.test("deadSinceS() is the beginning of the last slice that was answered", () => {
  const counts = [...repeat(10, 100, 50), [100, 28], ...repeat(5, 100, 1)];
  assert.equal(deadSinceS(slices(counts as [number, number][]), 3, 0.1), 2);
  const sudden = [...repeat(10, 100, 50), ...repeat(5, 100, 0)];
  assert.equal(deadSinceS(slices(sudden), 3, 0.1)?.toFixed(1), "1.8");
});

Deno.test("deadSinceS() looks at as many slices together as it takes where few hosts answer", () => {
  const alive = Array.from(
    { length: 100 },
    (_, at) => [10, at % 2] as const,
  );
  const sinceS = deadSinceS(slices([...alive, ...repeat(40, 10, 0)]), 28, 0.1)!;
  assert.ok(sinceS <= 20 && sinceS > 15, `${sinceS}`);
});

Deno.test("deadSinceS() is not led astray by a dead part that is longer than the rest", () => {
  const counts = [...repeat(10, 100, 50), ...repeat(60, 100, 0)];
  assert.equal(deadSinceS(slices(counts), 14, 0.1)?.toFixed(1), "1.8");
});

Deno.test("deadSinceS() is null where nothing tells", () => {
  assert.equal(deadSinceS([], 1, 0.1), null);
  assert.equal(deadSinceS(slices(repeat(10, 100, 0)), 2, 0.1), null);
  const later = slices(repeat(10, 100, 50), { pass: 1 });
  assert.equal(deadSinceS(later, 2, 0.1), null);
  const disturbed = slices(repeat(10, 100, 50), { isDisturbed: true });
  assert.equal(deadSinceS(disturbed, 2, 0.1), null);
});

Deno.test("deadSinceS() tells one gateway of several that is dead from none", () => {
  const counts = [
    ...repeat(20, 100, 50),
    // One of two: half of the answers come, now a few more, now a few less.
    ...Array.from({ length: 10 }, (_, at) => [100, 25 + at % 3 - 1] as const),
  ];
  assert.equal(deadSinceS(slices(counts), 5, 0.1, 2)?.toFixed(1), "3.6");
  const one = repeat(30, 100, 50);
  assert.ok(deadSinceS(slices(one), 5, 0.1, 2)! >= 5.4);
});
