import assert from "node:assert/strict";
import { HitRateGuard } from "./hit_rate_guard.ts";

Deno.test("HitRateGuard.isTooLow() waits for 5 s of age and 5 s of low rate", () => {
  const guard = new HitRateGuard(1);
  for (let ageS = 0; ageS < 10; ageS++) {
    assert.equal(guard.isTooLow(ageS, 0.5), false, `${ageS} s`);
  }
  assert.equal(guard.isTooLow(10, 0.5), true);
});

Deno.test("HitRateGuard.isTooLow() starts again after a better moment", () => {
  const guard = new HitRateGuard(1);
  assert.equal(guard.isTooLow(5, 0), false);
  assert.equal(guard.isTooLow(9, 1), false);
  assert.equal(guard.isTooLow(10, 0), false);
  assert.equal(guard.isTooLow(14, 0), false);
  assert.equal(guard.isTooLow(15, 0), true);
});

Deno.test("HitRateGuard.isTooLow() never is without a least rate", () => {
  const guard = new HitRateGuard(0);
  assert.equal(guard.isTooLow(5, 0), false);
  assert.equal(guard.isTooLow(100, 0), false);
});
