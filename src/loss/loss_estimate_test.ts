import assert from "node:assert/strict";
import {
  estimateLoss,
  lossFromMoments,
  MIN_LOSS_SAMPLES,
  wilsonInterval,
} from "./loss_estimate.ts";

Deno.test("wilsonInterval() gives the published interval of 10 out of 100", () => {
  const { rate, low, high, samples } = wilsonInterval(10, 100);
  assert.equal(rate, 0.1);
  assert.equal(samples, 100);
  assert.ok(Math.abs(low - 0.05523) < 5e-5, `${low}`);
  assert.ok(Math.abs(high - 0.17437) < 5e-5, `${high}`);
});

Deno.test("wilsonInterval() is not empty when nothing or everything was lost", () => {
  const none = wilsonInterval(0, 100);
  assert.deepEqual([none.rate, none.low], [0, 0]);
  assert.ok(none.high > 0.03 && none.high < 0.04);
  const all = wilsonInterval(100, 100);
  assert.deepEqual([all.rate, all.high], [1, 1]);
  assert.ok(all.low > 0.96 && all.low < 0.97);
});

Deno.test("wilsonInterval() refuses counts that cannot be", () => {
  assert.throws(() => wilsonInterval(0, 0), RangeError);
  assert.throws(() => wilsonInterval(2, 1), RangeError);
  assert.throws(() => wilsonInterval(-1, 1), RangeError);
  assert.throws(() => wilsonInterval(NaN, 1), RangeError);
});

Deno.test("estimateLoss() says nothing about too few samples", () => {
  assert.equal(estimateLoss(0, 0), null);
  assert.equal(estimateLoss(0, MIN_LOSS_SAMPLES - 1), null);
  assert.equal(estimateLoss(0, MIN_LOSS_SAMPLES)!.rate, 0);
});

Deno.test("lossFromMoments() gives back the samples of a count", () => {
  const { rate, samples } = lossFromMoments(0.1, 0.1 * 0.9 / 100);
  assert.ok(Math.abs(rate - 0.1) < 1e-12);
  assert.ok(Math.abs(samples - 100) < 1e-9);
});

Deno.test("lossFromMoments() stays between 0 and 1", () => {
  for (const mean of [-0.1, 0, 0.5, 1, 1.2]) {
    for (const variance of [0, 1e-6, 0.1, 10]) {
      const { rate, low, high } = lossFromMoments(mean, variance);
      assert.ok(0 <= low && low <= rate && rate <= high && high <= 1);
    }
  }
});
