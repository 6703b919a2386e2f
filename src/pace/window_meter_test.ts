import assert from "node:assert/strict";
import fc from "fast-check";
import { burstOf } from "./token_bucket.ts";
import { WINDOW_NS, WINDOW_SLOTS, WindowMeter } from "./window_meter.ts";

const START_NS = 5e12;

function meter(): WindowMeter {
  return new WindowMeter(new Float64Array(WINDOW_SLOTS));
}

Deno.test("WindowMeter.excess is 0 at an even pace and after one burst", () => {
  const even = meter();
  for (let i = 0; i < 5000; i++) even.add(START_NS + i * 1e6, 1, 1000);
  assert.equal(even.excess, 0);
  even.add(START_NS + 5000e6, burstOf(1000), 1000);
  assert.equal(even.excess, 0);
});

Deno.test("WindowMeter.excess counts what a window had too much, and keeps it", () => {
  const busy = meter();
  busy.add(START_NS, 60, 1000);
  busy.add(START_NS + 99e6, 57, 1000);
  assert.equal(busy.excess, 60 + 57 - 100 - 11);
  busy.add(START_NS + 5e9, 1, 1000);
  assert.equal(busy.excess, 6);
});

Deno.test("WindowMeter.excess does not add up windows apart", () => {
  const apart = meter();
  for (let i = 0; i < 10; i++) apart.add(START_NS + i * 101e6, 111, 1000);
  assert.equal(apart.excess, 0);
});

Deno.test("WindowMeter.excess judges by the largest rate of the window", () => {
  const falling = meter();
  falling.add(START_NS, 1000, 10_000);
  falling.add(START_NS + 50e6, 100, 1000);
  assert.equal(falling.excess, 0);
  falling.add(START_NS + 120e6, 50, 1000);
  assert.equal(falling.excess, 0);
  falling.add(START_NS + 155e6, 70, 1000);
  assert.equal(falling.excess, 9);
});

Deno.test("WindowMeter.excess has no bound without a limit, nor just after one is set", () => {
  const free = meter();
  free.add(START_NS, 1e6, 0);
  free.add(START_NS + 1e6, 10, 1000);
  assert.equal(free.excess, 0);
  free.add(START_NS + 150e6, 200, 1000);
  assert.equal(free.excess, 89);
});

Deno.test("WindowMeter.excess equals a count over all windows, up to a cell", () => {
  const batch = fc.record({
    gapNs: fc.oneof(
      fc.integer({ min: 0, max: 1e6 }),
      fc.integer({ min: 0, max: 3e8 }),
      fc.integer({ min: -1e6, max: 0 }),
    ),
    count: fc.integer({ min: 1, max: 40 }),
  });
  const batches = fc.array(batch, { maxLength: 200 });
  fc.assert(fc.property(batches, (given) => {
    const measured = meter();
    let nowNs = START_NS;
    let latestNs = 0;
    const sent: { atNs: number; count: number }[] = [];
    for (const { gapNs, count } of given) {
      nowNs += gapNs;
      latestNs = Math.max(latestNs, nowNs);
      measured.add(nowNs, count, 500);
      sent.push({ atNs: latestNs, count });
    }
    const excess = (windowNs: number): number =>
      sent.reduce((most, { atNs: endNs }, i) => {
        let inWindow = 0;
        for (const { atNs, count } of sent.slice(0, i + 1)) {
          if (endNs - atNs < windowNs) inWindow += count;
        }
        return Math.max(most, Math.ceil(inWindow - 50 - burstOf(500)));
      }, 0);
    assert.ok(measured.excess >= excess(WINDOW_NS));
    assert.ok(measured.excess <= excess(WINDOW_NS + 2 * WINDOW_NS / 4096));
  }));
});
