import assert from "node:assert/strict";
import { DelayLine, delayOf } from "./delay_line.ts";

const FIRST_HOST = 0xc6120000;

function frame(id: number): Uint8Array {
  return Uint8Array.of(id);
}

function ids(frames: readonly Uint8Array[]): number[] {
  return frames.map(([id]) => id!);
}

Deno.test("DelayLine gives frames at their time, each once, in order", () => {
  const line = new DelayLine(1000.5);
  line.push(frame(1), 1020);
  line.push(frame(2), 1010.2);
  line.push(frame(3), 1010.1);
  line.push(frame(4), 1030);
  assert.deepEqual(ids(line.takeDue(1010.3)), []);
  assert.deepEqual(ids(line.takeDue(1025)), [2, 3, 1]);
  assert.equal(line.length, 1);
  assert.deepEqual(ids(line.takeDue(2_000)), [4]);
  assert.deepEqual(ids(line.takeDue(9_000)), []);
  assert.equal(line.length, 0);
});

Deno.test("DelayLine gives frames whose time is over when they come", () => {
  const line = new DelayLine(1000);
  line.takeDue(5000);
  line.push(frame(1), 2000);
  assert.deepEqual(ids(line.takeDue(5001)), [1]);
});

Deno.test("delayOf() is the same for all hosts where both bounds are alike", () => {
  const range = { leastMs: 1200, mostMs: 1200 };
  for (let i = 0; i < 1000; i++) {
    assert.equal(delayOf(FIRST_HOST + i, range), 1200);
  }
});

Deno.test("delayOf() has a heavy tail, and each host its own delay", () => {
  const range = { leastMs: 100, mostMs: 4000 };
  const delays = Array.from(
    { length: 32_768 },
    (_, i) => delayOf(FIRST_HOST + i, range),
  );
  const shareAbove = (ms: number): number =>
    delays.filter((delay) => delay >= ms).length / delays.length;
  assert.equal(shareAbove(100), 1);
  assert.ok(Math.abs(shareAbove(200) - 0.5) < 0.02);
  assert.ok(Math.abs(shareAbove(1000) - 0.1) < 0.01);
  assert.ok(Math.abs(shareAbove(4000) - 0.025) < 0.005);
  assert.equal(shareAbove(4000.1), 0);
  assert.equal(delayOf(FIRST_HOST, range), delayOf(FIRST_HOST, range));
});
