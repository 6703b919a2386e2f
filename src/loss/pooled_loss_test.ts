import assert from "node:assert/strict";
import { wilsonInterval } from "./loss_estimate.ts";
import { poolLoss } from "./pooled_loss.ts";

/** Mulberry32: the same numbers in each run. */
function makeRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

Deno.test("poolLoss() of one part is its estimate, of none nothing", () => {
  const estimate = wilsonInterval(3, 200);
  const pooled = poolLoss([{ estimate, weight: 7 }])!;
  for (const key of ["rate", "low", "high", "samples"] as const) {
    assert.ok(Math.abs(pooled[key] - estimate[key]) < 1e-12, key);
  }
  assert.equal(poolLoss([]), null);
  assert.equal(poolLoss([{ estimate, weight: 0 }]), null);
});

Deno.test("poolLoss() weighs by share, and not by samples", () => {
  const much = { estimate: wilsonInterval(0, 1_000_000), weight: 1 };
  const little = { estimate: wilsonInterval(50, 100), weight: 1 };
  const pooled = poolLoss([much, little])!;
  assert.equal(pooled.rate, 0.25);
  assert.ok(pooled.low > 0.19 && pooled.high < 0.31);
});

Deno.test("poolLoss() has intervals that contain the truth in some 95% of all cases", () => {
  const random = makeRandom(9);
  const parts = [
    { loss: 0.002, samples: 2000, weight: 5 },
    { loss: 0.05, samples: 300, weight: 2 },
    { loss: 0.3, samples: 60, weight: 1 },
    { loss: 0, samples: 500, weight: 8 },
  ];
  const truth = parts.reduce((sum, one) => sum + one.loss * one.weight, 0) / 16;
  const trials = 1000;
  let hits = 0;
  for (let trial = 0; trial < trials; trial++) {
    const pooled = poolLoss(parts.map(({ loss, samples, weight }) => {
      let lost = 0;
      for (let i = 0; i < samples; i++) if (random() < loss) lost++;
      return { estimate: wilsonInterval(lost, samples), weight };
    }))!;
    if (pooled.low <= truth && truth <= pooled.high) hits++;
  }
  assert.ok(hits >= 0.93 * trials && hits <= 0.985 * trials, String(hits));
});
