import assert from "node:assert/strict";
import { MonotonicClock } from "../../ffi/clock.ts";
import { completeLibc } from "../../ffi/libc.ts";

// It stays open as long as the thread lives, which Deno 2.6 takes for a leak of the test that opens it.
completeLibc();

/** A reading in milliseconds, and the runtime's clock before and after it. */
interface Reading {
  readonly beforeMs: number;
  readonly ms: number;
  readonly afterMs: number;
}

Deno.test("MonotonicClock.nowNs() advances as the runtime's clock does", () => {
  const clock = new MonotonicClock();
  const read = (): Reading => {
    const beforeMs = performance.now();
    const ms = clock.nowNs() / 1e6;
    return { beforeMs, ms, afterMs: performance.now() };
  };
  const first = read();
  let last = first;
  while (last.afterMs < first.afterMs + 20) {
    const next = read();
    assert.ok(next.ms >= last.ms);
    last = next;
  }
  const passedMs = last.ms - first.ms;
  // However long the thread was kept waiting between two readings.
  assert.ok(passedMs >= last.beforeMs - first.afterMs - 1, `${passedMs} ms`);
  assert.ok(passedMs <= last.afterMs - first.beforeMs + 1, `${passedMs} ms`);
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
