import assert from "node:assert/strict";
import {
  makeControl,
  makeCounters,
  makeWorkQueueMemory,
  SEND,
  SEND_SLOTS,
  WorkQueue,
} from "../shm/mod.ts";
import { ExtraProbes } from "./extra_probes.ts";

const CAPACITY = 1000;

function queueOf(count: number, first: number): WorkQueue {
  const queue = new WorkQueue(makeWorkQueueMemory());
  const control = makeControl();
  for (let i = first; i < first + count; i++) {
    queue.push({ first: i, end: i + 1, probeNumber: 0 }, control);
  }
  return queue;
}

/** The positions of a batch: single probes, and -1 for each other one; those come first as long as there are any. */
function batch(extras: ExtraProbes, others: number): number[] {
  extras.begin();
  const taken: number[] = [];
  let left = others;
  while (extras.isWaiting) {
    if (extras.take(taken.length, left === 0)) taken.push(extras.work.first);
    else {
      left--;
      taken.push(-1);
    }
  }
  return taken;
}

Deno.test("ExtraProbes.take() gives each probe that waits once, in the order of its queue", () => {
  const extras = new ExtraProbes(
    { followUps: queueOf(20, 0), aliases: queueOf(30, 100) },
    CAPACITY,
    5,
  );
  assert.equal(extras.length, 50);
  const taken = batch(extras, 3).filter((first) => first >= 0);
  assert.deepEqual(
    taken.filter((first) => first < 100),
    Array.from({ length: 20 }, (_, i) => i),
  );
  assert.deepEqual(
    taken.filter((first) => first >= 100),
    Array.from({ length: 30 }, (_, i) => 100 + i),
  );
  assert.equal(extras.length, 0);
});

Deno.test("ExtraProbes.take() leaves most slots to others as long as there are some", () => {
  const extras = new ExtraProbes(
    {
      followUps: queueOf(0, 0),
      aliases: queueOf(200, 100),
    },
    CAPACITY,
    5,
  );
  const taken = batch(extras, CAPACITY);
  // A quarter, give or take six standard deviations.
  assert.ok(taken.length > 540 && taken.length < 1100, `${taken.length}`);
});

Deno.test("ExtraProbes.leave() counts what has left by its kind", () => {
  const extras = new ExtraProbes(
    { followUps: queueOf(20, 0), aliases: queueOf(30, 100) },
    CAPACITY,
    5,
  );
  const taken = batch(extras, 100);
  const counters = makeCounters(SEND_SLOTS);
  const half = taken.length >> 1;
  const count = (from: number, to: number): number =>
    taken.slice(from, to).filter((first) => first >= 0).length;
  assert.equal(extras.leave(0, half, counters), count(0, half));
  const rest = extras.leave(half, taken.length, counters);
  assert.equal(rest, count(half, taken.length));
  assert.equal(counters[SEND.followUps], 20);
  assert.equal(counters[SEND.aliases], 30);
});
