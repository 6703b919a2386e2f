import assert from "node:assert/strict";
import { ENOBUFS } from "../monitor/mod.ts";
import { type Counters, makeCounters, SEND, SEND_SLOTS } from "../shm/mod.ts";
import { FilterWatch } from "./filter_watch.ts";

const FILTER = "the filter";
const QUIET = {
  sendQueue: 0,
  sendDevice: 0,
  sendBacklog: 0,
  carrierChanges: 0,
};

/** A sender that has a frame to send. */
function makeSender(): Counters {
  const counters = makeCounters(SEND_SLOTS);
  counters[SEND.pending] = 1;
  return counters;
}

/** Looks every 100 ms for two seconds, after `step` has made things happen; returns what was found last. */
function watch(
  step: (counters: Counters, index: number) => Partial<typeof QUIET>,
  filter: string | null = FILTER,
): string | null {
  const counters = makeSender();
  const watch = new FilterWatch(filter, 1);
  let found: string | null = null;
  for (let i = 0; i <= 20; i++) {
    const kernel = { ...QUIET, ...step(counters, i) };
    found = watch.update({ nowMs: i * 100, senders: [counters], kernel });
  }
  return found;
}

function refuse(counters: Counters): void {
  counters[SEND.errno + ENOBUFS]! += 5;
}

Deno.test("FilterWatch.update() finds a filter where frames are refused and nobody counts them", () => {
  const isRefused = (counters: Counters): Partial<typeof QUIET> => {
    refuse(counters);
    return {};
  };
  assert.equal(watch(isRefused), FILTER);
  assert.equal(watch(isRefused, null), null, "no proof here");
});

Deno.test("FilterWatch.update() finds none where a queue is full", () => {
  const signs: readonly ((index: number) => Partial<typeof QUIET>)[] = [
    (i) => ({ sendQueue: 5 * i }),
    (i) => ({ sendDevice: 5 * i }),
    () => ({ sendBacklog: 3 }),
    (i) => ({ carrierChanges: i }),
  ];
  for (const sign of signs) {
    const found = watch((counters, index) => {
      refuse(counters);
      return sign(index);
    });
    assert.equal(found, null, JSON.stringify(sign(1)));
  }
});

Deno.test("FilterWatch.update() finds none while frames are taken, or nothing is refused", () => {
  const isTaken = watch((counters) => {
    refuse(counters);
    counters[SEND.accepted]! += 1;
    return {};
  });
  assert.equal(isTaken, null);
  assert.equal(watch(() => ({})), null);
});

Deno.test("FilterWatch.update() watches each sender by itself, and takes it back when a queue fills", () => {
  const [stuck, busy] = [makeSender(), makeSender()];
  const watch = new FilterWatch(FILTER, 2);
  const look = (nowMs: number, kernel = QUIET): string | null => {
    refuse(stuck);
    busy[SEND.accepted]! += 10;
    return watch.update({ nowMs, senders: [stuck, busy], kernel });
  };
  for (let nowMs = 0; nowMs < 2000; nowMs += 100) look(nowMs);
  assert.equal(look(2000), FILTER);
  assert.equal(look(2100, { ...QUIET, sendQueue: 1 }), null);
});
