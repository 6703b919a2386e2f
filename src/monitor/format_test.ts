import assert from "node:assert/strict";
import {
  formatCount,
  formatElapsed,
  formatPercent,
  formatRate,
  formatTimeLeft,
} from "./format.ts";

Deno.test("formatRate() has the digits that ZMap shows", () => {
  const rates: Readonly<Record<string, number>> = {
    "0 p/s": 0,
    "999 p/s": 999.4,
    "1.00 Kp/s": 999.6,
    "9.34 Kp/s": 9340,
    "28.0 Kp/s": 28_000,
    "934 Kp/s": 934_000,
    "1.25 Mp/s": 1_253_000,
    "14.88 Mp/s": 14_880_952,
    "148.81 Mp/s": 148_809_524,
  };
  for (const [text, rate] of Object.entries(rates)) {
    assert.equal(formatRate(rate), text);
  }
});

Deno.test("formatElapsed() grows with the time", () => {
  assert.deepEqual([5.9, 65, 3605, 183_605].map(formatElapsed), [
    "0:05",
    "1:05",
    "1:00:05",
    "2d3:00:05",
  ]);
});

Deno.test("formatTimeLeft() has the steps that ZMap has", () => {
  const [minute, hour, day, year] = [60, 3600, 86_400, 31_556_736];
  const times: Readonly<Record<string, number>> = {
    "0s": 0,
    "1s": 0.2,
    "59s": 59,
    "1m00s": 59.5,
    "9m59s": 10 * minute - 1,
    "10m": 10 * minute,
    "59m": hour - 1,
    "1h00m": hour,
    "9h59m": 10 * hour - 1,
    "10h": 10 * hour,
    "15h": 15 * hour + 20 * minute,
    "1d00h": day,
    "9d23h": 10 * day - 1,
    "10d": 10 * day,
    "365d": year - 1,
    "1 years": year,
    "12 years": 12.9 * year,
  };
  for (const [text, seconds] of Object.entries(times)) {
    assert.equal(formatTimeLeft(seconds), text);
  }
});

Deno.test("formatCount() and formatPercent() never show NaN", () => {
  assert.equal(formatCount(1_234_567), "1,234,567");
  assert.equal(formatPercent(1, 8), "12.50%");
  assert.equal(formatPercent(0, 0), "-");
});
