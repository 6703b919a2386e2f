import assert from "node:assert/strict";
import type { LogRecord } from "@logtape/logtape";
import { RecentLog } from "./recent_log.ts";

function record(text: string): LogRecord {
  return {
    category: ["pacemap", "scan"],
    level: "warning",
    message: ["Rate ", text, " p/s"],
    rawMessage: "Rate {rate} p/s",
    timestamp: 1_000,
    properties: {},
  };
}

Deno.test("RecentLog keeps the last 50 lines, and of long ones the beginning", () => {
  const log = new RecentLog();
  for (let i = 0; i < 60; i++) log.add(record(String(i)));
  log.add(record("x".repeat(5000)));
  const lines = log.lines();
  assert.equal(lines.length, 50);
  assert.deepEqual(lines[0], {
    time: "1970-01-01T00:00:01.000Z",
    level: "warning",
    stage: "scan",
    text: "Rate 11 p/s",
  });
  assert.equal(lines.at(-1)!.text.length, 1000);
});
