import assert from "node:assert/strict";
import { type StatusInterval, StatusPace } from "./status_pace.ts";

/** Seconds at which a scan with a tick a second tells its status. */
function toldAt(interval: StatusInterval, untilS: number, lateS = 0): number[] {
  const pace = new StatusPace(interval);
  const told: number[] = [];
  for (let s = 0; s <= untilS; s++) {
    if (pace.isDue(s + lateS, false)) told.push(s);
  }
  return told;
}

Deno.test("StatusPace tells each second, then each tenth, then each minute", () => {
  for (const lateS of [0, 0.2, -0.1]) {
    const told = toldAt("thinning", 840, lateS);
    assert.deepEqual(
      told,
      [
        ...Array.from({ length: 61 }, (_, i) => i),
        ...Array.from({ length: 54 }, (_, i) => 70 + 10 * i),
        ...[660, 720, 780, 840],
      ],
    );
  }
});

Deno.test("StatusPace keeps an interval, and always tells the last status", () => {
  assert.deepEqual(toldAt(5, 12), [0, 5, 10]);
  assert.deepEqual(toldAt(1, 3, 0.3), [0, 1, 2, 3]);
  const pace = new StatusPace(60);
  assert.ok(pace.isDue(0, false));
  assert.ok(!pace.isDue(7, false));
  assert.ok(pace.isDue(7.5, true));
});
