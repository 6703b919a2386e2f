import assert from "node:assert/strict";
import { TEST_PROGRESS, testLedger } from "./_test_ledger.ts";
import type { Progress } from "./progress.ts";
import { statusLine } from "./status_line.ts";

const BEFORE = {
  elapsedSeconds: 4,
  ledger: testLedger({ sent: 7900, failures: 100, successes: 100 }),
};
const NOW = {
  elapsedSeconds: 5,
  ledger: testLedger({ sent: 9800, failures: 200, successes: 150 }),
};

function lineOf(more: Partial<Progress> = {}, now = NOW): string {
  const progress = { ...TEST_PROGRESS, ...more };
  return statusLine({ before: BEFORE, now, progress });
}

Deno.test("statusLine() begins with the line that ZMap writes", () => {
  assert.equal(
    lineOf(),
    " 0:05 23% (17s left); send: 10000 2.00 Kp/s (2.00 Kp/s avg); recv: 150 50 p/s (30 p/s avg); " +
      "drops: 0 p/s (0 p/s avg); hitrate: 1.50%; lost: send: given up 100; path loss: not enough data",
  );
});

Deno.test("statusLine() tells no share of a scan that may get more targets, unless a limit ends it", () => {
  assert.match(lineOf({ mayGrow: true }), /^ 0:05; send: 10000 /);
  assert.match(
    lineOf({ mayGrow: true, maxSendSeconds: 8 }),
    /^ 0:05 50% \(5s left\); send: /,
  );
});

Deno.test("statusLine() tells no time left in the first seconds", () => {
  const start = { elapsedSeconds: 0, ledger: testLedger({}) };
  const progress = { ...TEST_PROGRESS, hitBase: 0, sendSeconds: 0 };
  assert.equal(
    statusLine({ before: start, now: start, progress }),
    " 0:00 0%; send: 0 0 p/s (0 p/s avg); recv: 0 0 p/s (0 p/s avg); " +
      "drops: 0 p/s (0 p/s avg); hitrate: 0.00%; lost: 0; path loss: not enough data",
  );
  assert.match(lineOf({}, { ...NOW, elapsedSeconds: 4.9 }), /^ 0:04 23%; send/);
});

Deno.test("statusLine() shows the mean rate of sending once that is over", () => {
  assert.match(
    lineOf({ phase: "cooldown", sendSeconds: 4 }),
    /^ 0:05 71% \(2s left\); send: 10000 done \(2\.50 Kp\/s avg\); recv: /,
  );
  assert.match(lineOf({ phase: "done" }), /^ 0:05 100% \(0s left\); send: /);
});

Deno.test("statusLine() shows application successes where the probe can tell them", () => {
  const ledger = testLedger({ sent: 9000, successes: 150, appSuccesses: 75 });
  assert.match(
    lineOf({ hasAppSuccess: true }, { elapsedSeconds: 5, ledger }),
    /; sent: 9000 1\.00 Kp\/s \(1\.80 Kp\/s avg\); recv: 150 50 p\/s \(30 p\/s avg\); app success: 75 75 p\/s \(15 p\/s avg\); drops: 0 p\/s \(0 p\/s avg\); hitrate: 1\.50% app hitrate: 0\.75%; lost: 0; /,
  );
});

Deno.test("statusLine() tells both families apart where there are both", () => {
  const ledger = testLedger({
    ...{ sent: 9000, sentIpv6: 4000, successes: 150, successesIpv6: 60 },
  });
  assert.match(
    lineOf({ families: "both" }, { elapsedSeconds: 5, ledger }),
    /; IPv4: 5000 sent, 90 recv; IPv6: 4000 sent, 60 recv; drops: /,
  );
});

Deno.test("statusLine() shows what the capture drops, and only places that lost", () => {
  const ledger = testLedger({ sent: 9000, queueDrops: 7, captureDrops: 12 });
  assert.match(
    lineOf({}, { elapsedSeconds: 5, ledger }),
    /; drops: 12 p\/s \(2 p\/s avg\); hitrate: 0\.00%; lost: send: queue 7, receive: ring 12; path loss/,
  );
  const now = { elapsedSeconds: 6, ledger };
  const before = { elapsedSeconds: 5, ledger };
  const line = statusLine({ before, now, progress: TEST_PROGRESS });
  assert.match(line, /; drops: 0 p\/s \(2 p\/s avg\); .*; lost: 0; path loss/);
});

Deno.test("statusLine() rounds the rates of the last second up", () => {
  const ledger = testLedger({ sent: 8001, successes: 101 });
  const line = lineOf({}, { elapsedSeconds: 6, ledger });
  assert.match(line, /; send: 8001 1 p\/s .*; recv: 101 1 p\/s /);
});

Deno.test("statusLine() shows the loss on the way with its interval", () => {
  const pathLoss = { rate: 0.5, low: 0.47, high: 0.53, samples: 900 };
  assert.match(lineOf({ pathLoss }), /; path loss: 50\.0% \(47\.0-53\.0%\)$/);
});

Deno.test("statusLine() says what is waited for", () => {
  assert.match(
    lineOf({ outage: "the link of eth0 is down" }),
    /; waiting: the link of eth0 is down$/,
  );
  assert.match(
    lineOf({ shortage: "the disk is full" }),
    /; waiting: the disk is full$/,
  );
});
