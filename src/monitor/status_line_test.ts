import assert from "node:assert/strict";
import { testLedger } from "./_test_ledger.ts";
import { type Progress, secondsLeft, statusLine } from "./status_line.ts";

const PROGRESS: Progress = {
  phase: "sending",
  packetsLeft: 30_000,
  targetsProbed: 10_000,
  wantedRatePps: 2000,
  pathLoss: null,
  cooldownSeconds: 2,
  cooldownElapsedSeconds: 0,
};

Deno.test("statusLine() shows totals, rates of the last second, and only places that lost", () => {
  const before = { elapsedSeconds: 4, ledger: testLedger(8000, 100, 5) };
  const now = { elapsedSeconds: 5, ledger: testLedger(10_000, 150, 12) };
  assert.equal(
    statusLine(now, before, PROGRESS),
    " 0:05 23% (17s left); send: 10000 2.00 Kp/s of 2.00 Kp/s; recv: 150 50 p/s; " +
      "hit rate: 1.50%; lost: send: queue 7; path loss: not enough data",
  );
});

Deno.test("statusLine() says 0 when nothing was lost since the last line", () => {
  const before = { elapsedSeconds: 4, ledger: testLedger(8000, 100, 5) };
  const now = { elapsedSeconds: 5, ledger: testLedger(10_000, 150, 5) };
  assert.match(statusLine(now, before, PROGRESS), /lost: 0; path loss/);
});

Deno.test("secondsLeft() counts the cooldown down and ends at 0", () => {
  const now = { elapsedSeconds: 21, ledger: testLedger(40_000, 100) };
  const cooling: Progress = {
    ...PROGRESS,
    phase: "cooldown",
    cooldownElapsedSeconds: 0.5,
  };
  assert.equal(secondsLeft(now, cooling), 1.5);
  assert.equal(
    secondsLeft(now, { ...cooling, cooldownElapsedSeconds: 9 }),
    0,
  );
  assert.equal(
    secondsLeft({ elapsedSeconds: 0, ledger: testLedger(0, 0) }, PROGRESS),
    null,
  );
});

Deno.test("statusLine() shows the loss on the way with its interval", () => {
  const moment = { elapsedSeconds: 4, ledger: testLedger(8000, 100) };
  const pathLoss = { rate: 0.5, low: 0.47, high: 0.53, samples: 900 };
  assert.match(
    statusLine(moment, moment, { ...PROGRESS, pathLoss }),
    /path loss: 50\.0% \(47\.0-53\.0%\)$/,
  );
});
