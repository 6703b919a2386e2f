import assert from "node:assert/strict";
import { MonotonicClock } from "../../ffi/clock.ts";
import { openLibc } from "../../ffi/libc.ts";

// It stays open as long as the thread lives, which Deno 2.6 takes for a leak of the test that opens it.
openLibc();

Deno.test("MonotonicClock.nowNs() advances as the runtime's clock does", () => {
  const clock = new MonotonicClock();
  const startMs = performance.now();
  const startNs = clock.nowNs();
  let last = startNs;
  while (performance.now() < startMs + 20) {
    const now = clock.nowNs();
    assert.ok(now >= last);
    last = now;
  }
  const difference = (last - startNs) / 1e6 - (performance.now() - startMs);
  assert.ok(Math.abs(difference) < 5, `${difference} ms apart`);
});

Deno.test("MonotonicClock.sleepUntil() sleeps without using the processor", () => {
  const clock = new MonotonicClock();
  const cpuNs = clock.threadCpuNs();
  const deadlineNs = clock.nowNs() + 30e6;
  clock.sleepUntil(deadlineNs);
  assert.ok(clock.nowNs() >= deadlineNs);
  assert.ok(clock.threadCpuNs() - cpuNs < 10e6);
  clock.sleepUntil(deadlineNs - 1e9);
  clock.sleepUntil(0);
});

Deno.test("MonotonicClock.wallClock() is the time of day", () => {
  const out = new Uint32Array(2);
  const beforeMs = Date.now();
  new MonotonicClock().wallClock(out);
  const wallMs = out[0]! * 1000 + out[1]! / 1000;
  assert.ok(wallMs >= beforeMs - 1 && wallMs <= Date.now() + 1);
  assert.ok(out[1]! < 1e6);
});
