import assert from "node:assert/strict";
import {
  type Repeats,
  ResponseDelay,
  type Slice,
  type SliceVerdict,
} from "../loss/mod.ts";
import { learnDelay, sliceOf } from "../loss/_test_slices.ts";
import { RateController } from "./mod.ts";

const SLICE_S = 0.1;

const PACKETS = 1000;
const HIT_RATE = 0.5;
const LOSS_TARGET = 0.005;

/** What is thought of a slice that is sent again behind 30 others. */
function verdictOn(
  repeats: Repeats | null,
  slice: Partial<Slice> = {},
): SliceVerdict {
  const delay = new ResponseDelay(8);
  const rates = new RateController({
    minRatePps: 100,
    maxRatePps: 1e6,
    startRatePps: PACKETS / SLICE_S,
    lossTarget: LOSS_TARGET,
    isAuto: false,
    delay,
  });
  const slices: Slice[] = [];
  for (let id = 0; id <= 30; id++) {
    const sent = sliceOf(SLICE_S, {
      id,
      ratePps: PACKETS / SLICE_S,
      packets: PACKETS,
      answers: PACKETS * HIT_RATE,
      ...id === 30 ? { pass: 1, answers: 0, ...slice } : {},
    });
    learnDelay(delay, sent, 100);
    slices.push(sent);
    rates.update(sent.endS + SLICE_S, slices, 1000);
  }
  return rates.sliceVerdict(30, 31 * SLICE_S + 2, repeats);
}

Deno.test("RateController.sliceVerdict() judges a later pass by those of its targets that had answered before", () => {
  const clean = verdictOn({ asked: 500, answered: 500 });
  assert.equal(clean.kind, "clean");
  assert.equal(clean.loss, 0);
  assert.ok(clean.estimate!.high < 0.01);
  const lossy = verdictOn({ asked: 500, answered: 350 });
  assert.equal(lossy.kind, "lossy");
  assert.ok(Math.abs(lossy.loss - 0.3) < 1e-9);
});

Deno.test("RateController.sliceVerdict() takes nothing from few targets, nor from a disturbance", () => {
  const without = verdictOn(null);
  assert.deepEqual(verdictOn({ asked: 20, answered: 0 }), without);
  const silent = { asked: 500, answered: 0 };
  const disturbed = verdictOn(silent, { isDisturbed: true });
  assert.equal(disturbed.loss, without.loss);
  assert.notEqual(verdictOn(silent).loss, without.loss);
});
