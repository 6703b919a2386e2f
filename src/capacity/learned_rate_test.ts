import assert from "node:assert/strict";
import { ResponseDelay, type Slice } from "../loss/mod.ts";
import { learnDelay, sliceOf } from "../loss/_test_slices.ts";
import { RateController } from "./mod.ts";

const SLICE_S = 0.1;

/** The rates of some seconds on a path that loses nothing, from the first rate on. */
function ratesFrom(startRatePps: number, isRateKnown: boolean): number[] {
  const delay = new ResponseDelay(8);
  const rates = new RateController({
    minRatePps: 100,
    maxRatePps: 1e6,
    startRatePps,
    lossTarget: 0.005,
    isAuto: true,
    isRateKnown,
    delay,
  });
  assert.equal(rates.isRateKnown, isRateKnown);
  const seen = [rates.ratePps];
  const slices: Slice[] = [];
  for (let id = 0; id < 20; id++) {
    const { ratePps } = rates;
    const packets = Math.round(ratePps * SLICE_S);
    const answers = Math.round(packets / 10);
    const sent = sliceOf(SLICE_S, { id, ratePps, packets, answers });
    learnDelay(delay, sent, answers);
    slices.push(sent);
    rates.update(sent.endS + SLICE_S, slices, 1000);
    seen.push(rates.ratePps);
  }
  return seen;
}

Deno.test("RateController begins at a rate that is known with it, and doubles only one that is not", () => {
  const known = ratesFrom(20_000, true);
  assert.equal(known[0], 20_000);
  assert.ok(Math.max(...known) < 1.5 * 20_000, `${known}`);
  const searching = ratesFrom(20_000, false);
  assert.equal(searching[0], 20_000);
  assert.ok(Math.max(...searching) >= 4 * 20_000, `${searching}`);
});
