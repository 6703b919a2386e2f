import assert from "node:assert/strict";
import { TEST_PROGRESS, testLedger } from "./_test_ledger.ts";
import {
  hitRatePercent,
  percentDone,
  secondsLeft,
  type Snapshot,
} from "./progress.ts";

function after(elapsedSeconds: number, sent: number): Snapshot {
  return { elapsedSeconds, ledger: testLedger({ sent }) };
}

Deno.test("secondsLeft() goes by the mean rate, packets that failed included", () => {
  assert.equal(secondsLeft(after(5, 10_000), TEST_PROGRESS), 17);
  const ledger = testLedger({ sent: 9000, failures: 1000 });
  assert.equal(secondsLeft({ elapsedSeconds: 5, ledger }, TEST_PROGRESS), 17);
});

Deno.test("secondsLeft() counts targets without a neighbour as done", () => {
  const ledger = testLedger({ sent: 1000, noNeighbour: 9000 });
  assert.equal(secondsLeft({ elapsedSeconds: 5, ledger }, TEST_PROGRESS), 17);
});

Deno.test("secondsLeft() is not known before anything was sent, and percentDone() 0", () => {
  assert.equal(secondsLeft(after(0, 0), TEST_PROGRESS), null);
  assert.equal(percentDone(after(0, 0), TEST_PROGRESS), 0);
});

Deno.test("secondsLeft() goes by the limit that is reached first", () => {
  const now = after(5, 10_000);
  const timed = { ...TEST_PROGRESS, maxSendSeconds: 8 };
  assert.equal(secondsLeft(now, timed), 8 - 5 + 2);
  assert.equal(secondsLeft(now, { ...timed, rowShare: 0 }), 5);
  assert.equal(secondsLeft(now, { ...timed, rowShare: 0.625 }), 3);
  assert.equal(secondsLeft(after(0, 0), timed), 10);
});

Deno.test("secondsLeft() counts the cooldown down and ends at 0", () => {
  const now = after(21, 40_000);
  const cooling = {
    ...TEST_PROGRESS,
    phase: "cooldown" as const,
    cooldownElapsedSeconds: 0.5,
  };
  assert.equal(secondsLeft(now, cooling), 1.5);
  assert.equal(secondsLeft(now, { ...cooling, cooldownElapsedSeconds: 9 }), 0);
  assert.equal(percentDone(now, { ...cooling, phase: "done" }), 100);
});

Deno.test("hitRatePercent() is 0 of nothing, and 100 at most", () => {
  assert.equal(hitRatePercent(150, TEST_PROGRESS), 1.5);
  assert.equal(hitRatePercent(0, { ...TEST_PROGRESS, hitBase: 0 }), 0);
  assert.equal(hitRatePercent(27, { ...TEST_PROGRESS, hitBase: 4 }), 100);
});
