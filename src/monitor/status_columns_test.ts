import assert from "node:assert/strict";
import type { Value } from "../base/mod.ts";
import { TEST_PROGRESS, testLedger } from "./_test_ledger.ts";
import type { Progress } from "./progress.ts";
import { statusColumns, type StatusRow } from "./status_columns.ts";

const ZMAP_HEADER =
  "real-time,time-elapsed,time-remaining,percent-complete,hit-rate,active-send-threads," +
  "sent-total,sent-last-one-sec,sent-avg-per-sec," +
  "recv-success-total,recv-success-last-one-sec,recv-success-avg-per-sec," +
  "recv-total,recv-total-last-one-sec,recv-total-avg-per-sec," +
  "pcap-drop-total,drop-last-one-sec,drop-avg-per-sec," +
  "sendto-fail-total,sendto-fail-last-one-sec,sendto-fail-avg-per-sec";

function rowOf(more: Partial<Progress> = {}): StatusRow {
  return {
    before: {
      elapsedSeconds: 4.5,
      ledger: testLedger({ sent: 8000, successes: 100, captured: 200 }),
    },
    now: {
      elapsedSeconds: 5.5,
      ledger: testLedger({
        sent: 9900,
        failures: 100,
        successes: 150,
        appSuccesses: 40,
        captured: 300,
        captureDrops: 11,
        queueDrops: 7,
      }),
    },
    progress: { ...TEST_PROGRESS, ...more },
    wallClock: new Date(2024, 0, 5, 3, 4, 9),
    senders: 2,
  };
}

function cells(format: "csv" | "json", row: StatusRow): Map<string, Value> {
  return new Map(
    statusColumns(format).map((column) => [column.name, column.read(row)]),
  );
}

Deno.test("statusColumns() begin with the columns of ZMap, and no others come between", () => {
  for (const format of ["csv", "json"] as const) {
    const names = statusColumns(format).map(({ name }) => name);
    assert.equal(names.slice(0, 21).join(","), ZMAP_HEADER);
    assert.deepEqual(names.slice(21), [
      "app-success-total",
      "app-success-last-one-sec",
      "app-success-avg-per-sec",
      "rate-wanted",
      "lost-send-refused",
      "lost-send-given-up",
      "lost-send-queue",
      "lost-send-device",
      "lost-receive-device",
      "lost-receive-elsewhere",
      "lost-receive-ring",
      "lost-receive-hand-over",
      "lost-output",
      "path-loss",
      "path-loss-low",
      "path-loss-high",
      "path-loss-samples",
      "path-loss-unknown",
      "sent-ipv4",
      "recv-success-ipv4",
      "sent-ipv6",
      "recv-success-ipv6",
      "waiting-for",
    ]);
  }
});

Deno.test("statusColumns() have the formats of ZMap in CSV", () => {
  const row = [...cells("csv", rowOf()).values()].slice(0, 21);
  assert.equal(
    row.join(","),
    "2024-01-05 03:04:09,5,19,22.916667,1.500000,2," +
      "10000,2000,2000,150,50,27,300,100,55,11,11,2,100,100,18",
  );
});

Deno.test("statusColumns() are whole numbers from the first row on", () => {
  const start = { elapsedSeconds: 0, ledger: testLedger({}) };
  const progress = { ...TEST_PROGRESS, hitBase: 0, sendSeconds: 0 };
  const row = { ...rowOf(), before: start, now: start, progress };
  assert.equal(
    [...cells("csv", row).values()].slice(1, 21).join(","),
    `0,0,0.000000,0.000000,2${",0".repeat(15)}`,
  );
});

Deno.test("statusColumns() have numbers in JSON, and nothing for what is not known", () => {
  const row = cells("json", rowOf());
  assert.equal(row.get("hit-rate"), 1.5);
  assert.equal(row.get("percent-complete"), 22.916667);
  assert.equal(row.get("lost-send-queue"), 7);
  assert.equal(row.get("app-success-total"), null);
  assert.equal(row.get("waiting-for"), null);
  assert.equal(row.get("path-loss"), null);
});

Deno.test("statusColumns() tell application successes and the loss on the way", () => {
  const pathLoss = { rate: 0.5, low: 0.25, high: 0.75, samples: 900 };
  const row = cells("csv", rowOf({ hasAppSuccess: true, pathLoss }));
  assert.equal(row.get("app-success-total"), 40);
  assert.equal(row.get("app-success-last-one-sec"), 40);
  assert.equal(row.get("app-success-avg-per-sec"), 7);
  assert.equal(row.get("path-loss"), "50.000000");
});

Deno.test("statusColumns() count no senders and time the sending once it is over", () => {
  const row = cells("csv", rowOf({ phase: "cooldown", sendSeconds: 2 }));
  assert.equal(row.get("active-send-threads"), 0);
  assert.equal(row.get("sent-avg-per-sec"), 5000);
  assert.equal(row.get("time-remaining"), 2);
});
