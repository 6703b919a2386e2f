import assert from "node:assert/strict";
import type { Clock } from "../base/mod.ts";
import { clockCheck, readClockFacts } from "./clock.ts";

/** Takes its time for each reading, and wakes up late. */
function clockOf(readingNs: number, lateNs: number): Clock {
  let nowNs = 0;
  return {
    nowNs: () => nowNs += readingNs,
    wallClock: () => {},
    sleepUntil: (deadlineNs) => void (nowNs = deadlineNs + lateNs),
  };
}

Deno.test("readClockFacts() measures readings and wake-ups", () => {
  const read = (): string => "kvm-clock\n";
  const facts = readClockFacts(read, clockOf(80, 50_000), true);
  assert.equal(facts.source, "kvm-clock");
  assert.equal(facts.readingNs, 80);
  assert.ok(Math.abs(facts.lateNs! - 50_000) <= 160);
  const quick = readClockFacts(() => null, clockOf(80, 50_000), false);
  assert.deepEqual([quick.source, quick.lateNs], [null, null]);
});

Deno.test("clockCheck() warns of slow readings and late wake-ups", () => {
  const good = { source: "tsc", readingNs: 60, lateNs: 70_000 };
  assert.equal(clockCheck(good).status, "ok");
  assert.equal(
    clockCheck(good).found,
    "tsc, read in 60 ns, sleeps end 70 us late",
  );
  const slow = clockCheck({ ...good, source: "hpet", readingNs: 1800 });
  assert.equal(slow.status, "warning");
  assert.match(slow.remedy, /current_clocksource/);
  const late = clockCheck({ ...good, lateNs: 4e6 });
  assert.equal(late.status, "warning");
  assert.match(late.remedy, /other programs/);
});
