import assert from "node:assert/strict";
import { TEST_PROGRESS, testLedger } from "./_test_ledger.ts";
import type { Progress, Span } from "./progress.ts";
import { type DisplaySpace, statusDisplay } from "./status_display.ts";

function spanOf(more: Partial<Progress> = {}): Span {
  return {
    before: {
      elapsedSeconds: 9,
      ledger: testLedger({ sent: 18_000, successes: 900 }),
    },
    now: {
      elapsedSeconds: 10,
      ledger: testLedger({ sent: 20_000, successes: 1000 }),
    },
    progress: {
      ...TEST_PROGRESS,
      hitBase: 20_000,
      packetsLeft: 20_000,
      cooldownSeconds: 0,
      pathLoss: { rate: 0.021, low: 0.016, high: 0.027, samples: 900 },
      ...more,
    },
  };
}

function displayOf(
  space: Partial<DisplaySpace>,
  span: Span = spanOf(),
): string[] {
  return statusDisplay(span, {
    columns: 80,
    rows: 24,
    isUtf8: false,
    ...space,
  });
}

Deno.test("statusDisplay() has a bar, what was sent and found, and what was lost", () => {
  assert.deepEqual(displayOf({}), [
    `[${"#".repeat(27)}${"-".repeat(28)}]  50%  0:10, 10s left`,
    "sent 20,000 at 2.00 Kp/s of 2.00 Kp/s  found 1,000 (5.00%) at 100 p/s",
    "lost: 0  path loss: 2.1% (1.6-2.7%)",
  ]);
});

Deno.test("statusDisplay() shows blocks of an eighth where the locale has them", () => {
  const [line = ""] = displayOf({ isUtf8: true });
  assert.equal(
    line,
    `[${"█".repeat(27)}▌${" ".repeat(27)}]  50%  0:10, 10s left`,
  );
});

Deno.test("statusDisplay() shortens in narrow terminals, and has fewer lines in low or wide ones", () => {
  assert.deepEqual(displayOf({ columns: 40 }), [
    `[${"#".repeat(7)}${"-".repeat(8)}]  50%  0:10, 10s left`,
    "sent 20,000 at 2.00 Kp/s  found 1,000",
    "lost: 0  path loss: 2.1% (1.6-2.7%)",
  ]);
  assert.deepEqual(displayOf({ columns: 200 }), [
    `[${"#".repeat(30)}${"-".repeat(30)}]  50%  0:10, 10s left`,
    "sent 20,000 at 2.00 Kp/s of 2.00 Kp/s  found 1,000 (5.00%) at 100 p/s  lost: 0  path loss: 2.1% (1.6-2.7%)",
  ]);
  assert.equal(displayOf({ rows: 8 }).length, 2);
  assert.deepEqual(displayOf({ rows: 3 }), [
    " 50%  0:10  sent 20,000 at 2.00 Kp/s  found 1,000  lost: 0  path loss: 2.1%",
  ]);
});

Deno.test("statusDisplay() fits every terminal, whatever the scan", () => {
  const ledger = testLedger({
    ...{ sent: 4e9, sentIpv6: 1e9, successes: 1e8, successesIpv6: 1e7 },
    ...{ appSuccesses: 123_456, captureDrops: 1e6, queueDrops: 1e7 },
    failures: 1e5,
  });
  const now = { elapsedSeconds: 1e6, ledger };
  const spans = (["sending", "cooldown", "done"] as const).flatMap((phase) =>
    [true, false].flatMap((mayGrow) =>
      [null, "the link of eth0 is down"].map((outage) => ({
        ...spanOf({ phase, mayGrow, outage, unknownShare: 0.16 }),
        now,
      }))
    )
  ).flatMap((span) => [
    span,
    {
      ...span,
      progress: {
        ...span.progress,
        hasAppSuccess: true,
        families: "both" as const,
        pathLoss: null,
      },
    },
  ]);
  for (const span of spans) {
    for (let columns = 1; columns <= 250; columns += columns < 50 ? 1 : 9) {
      for (const rows of [1, 6, 24]) {
        for (const isUtf8 of [true, false]) {
          const lines = statusDisplay(span, { columns, rows, isUtf8 });
          assert.ok(lines.length <= Math.max(1, rows / 3), `${lines.length}`);
          for (const line of lines) {
            assert.ok(
              line.length < Math.max(2, columns),
              `${columns}: ${line}`,
            );
          }
        }
      }
    }
  }
});

Deno.test("statusDisplay() names the places that have lost most, and what is waited for", () => {
  const ledger = testLedger({
    ...{ sent: 20_000, successes: 1000, queueDrops: 7, captureDrops: 1200 },
  });
  const span = {
    ...spanOf({ outage: "the link of eth0 is down", unknownShare: 0.16 }),
    now: { elapsedSeconds: 10, ledger },
  };
  assert.equal(
    displayOf({ columns: 140 }, span)[2],
    "waiting: the link of eth0 is down  lost: receive: ring 1,200, send: queue 7  path loss: 2.1% (1.6-2.7%), unknown for 16% of the targets",
  );
  assert.equal(
    displayOf({}, span)[2],
    "waiting: the link of eth0 is down  lost: some  path loss: 2.1%",
  );
});

Deno.test("statusDisplay() tells no share of a scan that may get more targets", () => {
  const [line] = displayOf({}, spanOf({ mayGrow: true }));
  assert.equal(line, "0:10");
  const cooldown = spanOf({ phase: "cooldown", cooldownSeconds: 8 });
  assert.match(displayOf({}, cooldown)[0]!, / {2}0:10, 8s left for answers$/);
  assert.match(
    displayOf({}, cooldown)[1]!,
    /^sent 20,000, 4\.00 Kp\/s on avera/,
  );
});
