import assert from "node:assert/strict";
import { SIGUSR1, SIGUSR2 } from "../../ffi/constants.ts";
import { RateSignals } from "./rate_signals.ts";

/** Signals that have come according to a test. */
function fakeCounts(): { counts: Map<number, number>; signals: RateSignals } {
  const counts = new Map([[SIGUSR1, 0], [SIGUSR2, 0]]);
  const count = (signal: number): number => counts.get(signal)!;
  return { counts, signals: new RateSignals({ count }) };
}

Deno.test("RateSignals.takeSteps() is what came since the last call, faster minus slower", () => {
  const { counts, signals } = fakeCounts();
  assert.equal(signals.takeSteps(), 0);
  counts.set(SIGUSR1, 3);
  counts.set(SIGUSR2, 1);
  assert.equal(signals.takeSteps(), 2);
  assert.equal(signals.takeSteps(), 0);
  counts.set(SIGUSR2, 3);
  assert.equal(signals.takeSteps(), -2);
});

Deno.test("RateSignals.takeSteps() survives counters that begin again", () => {
  const { counts, signals } = fakeCounts();
  counts.set(SIGUSR1, 2 ** 32 - 1);
  signals.takeSteps();
  counts.set(SIGUSR1, 2 ** 32 + 1);
  assert.equal(signals.takeSteps(), 2);
});
