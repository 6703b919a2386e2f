import assert from "node:assert/strict";
import {
  formatCount,
  formatElapsed,
  formatPercent,
  formatRate,
  formatTimeLeft,
} from "./format.ts";

Deno.test("formatRate() keeps three digits", () => {
  assert.deepEqual(
    [0, 934, 9340, 28_000, 934_000, 1_253_000].map(formatRate),
    [
      "0 p/s",
      "934 p/s",
      "9.34 Kp/s",
      "28.0 Kp/s",
      "934 Kp/s",
      "1.25 Mp/s",
    ],
  );
});

Deno.test("formatElapsed() grows with the time", () => {
  assert.deepEqual([5.9, 65, 3605, 183_605].map(formatElapsed), [
    "0:05",
    "1:05",
    "1:00:05",
    "2d3:00:05",
  ]);
});

Deno.test("formatTimeLeft() is coarser the longer it is", () => {
  assert.deepEqual([0.2, 59, 245, 1500, 12_000, 194_400].map(formatTimeLeft), [
    "1s",
    "59s",
    "4m05s",
    "25m",
    "3h20m",
    "2d06h",
  ]);
});

Deno.test("formatCount() and formatPercent() never show NaN", () => {
  assert.equal(formatCount(1_234_567), "1,234,567");
  assert.equal(formatPercent(1, 8), "12.50%");
  assert.equal(formatPercent(0, 0), "-");
});
