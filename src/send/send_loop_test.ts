import assert from "node:assert/strict";
import { makeNextHopMemory, NextHops, SEND } from "../shm/mod.ts";
import { makeSharedBucketMemory, orderRate } from "./shared_bucket.ts";
import { assertEachOnce, runLoop } from "./_test_loop.ts";

const EPERM = 1;
const EAGAIN = 11;
const ENOBUFS = 105;

Deno.test("SendLoop.run() sends each target once when all is taken", () => {
  const { sink, counters } = runLoop(100, (count) => count);
  assertEachOnce(sink, 100);
  assert.equal(counters[SEND.made], 100);
  assert.equal(counters[SEND.accepted], 100);
  assert.equal(counters[SEND.pending], 0);
  assert.equal(counters[SEND.done], 100);
});

Deno.test("SendLoop.run() sends the rest of a partial batch again", () => {
  const { sink, counters } = runLoop(50, (count) => Math.min(count, 3));
  assertEachOnce(sink, 50);
  assert.equal(counters[SEND.made], counters[SEND.accepted]);
});

Deno.test("SendLoop.run() counts a refusal for each batch that is cut short", () => {
  const { counters } = runLoop(24, (count, call) => call === 1 ? 3 : count);
  assert.equal(counters[SEND.refused], 1);
  assert.equal(counters[SEND.errno + ENOBUFS], 1);
});

Deno.test("SendLoop.run() offers refused frames again and counts refusals by errno", () => {
  const { sink, counters } = runLoop(
    40,
    (count, call) => call % 3 === 0 ? -ENOBUFS : count,
  );
  assertEachOnce(sink, 40);
  assert.ok(counters[SEND.refused]! > 0);
  assert.equal(counters[SEND.refused], counters[SEND.errno + ENOBUFS]);
  assert.equal(counters[SEND.abandoned], 0);
});

Deno.test("SendLoop.run() gives up only the frame that is refused for a reason of its own", () => {
  const { sink, counters } = runLoop(30, (_count, call) => {
    if (call >= 10 && call <= 12) return -EPERM;
    return 1;
  });
  assert.equal(sink.taken.length, 29);
  assert.equal(new Set(sink.taken).size, 29);
  assert.equal(counters[SEND.abandoned], 1);
  assert.equal(counters[SEND.errno + EPERM], 3);
  assert.equal(
    counters[SEND.made],
    counters[SEND.accepted]! + counters[SEND.abandoned]!,
  );
});

Deno.test("SendLoop.run() mixes follow-ups among the targets and counts them apart", () => {
  const { sink, counters } = runLoop(400, (count) => count, { followUps: 20 });
  assert.equal(sink.taken.length, 420);
  assert.equal(new Set(sink.taken).size, 400);
  assert.equal(counters[SEND.followUps], 20);
  assert.equal(counters[SEND.accepted], 420);
  assert.equal(counters[SEND.done], 400);
});

Deno.test("SendLoop.run() sends follow-ups that are left when the targets are done", () => {
  const { sink, counters } = runLoop(3, () => 1, { followUps: 3 });
  assert.equal(sink.taken.length, 6);
  assert.equal(counters[SEND.done], 3);
});

Deno.test("SendLoop.run() fills no more slots than are free, and waits when none is", () => {
  const { sink, counters } = runLoop(60, (count) => count, {
    free: (most, batch) => batch % 3 === 0 ? 0 : Math.min(most, 2),
  });
  assertEachOnce(sink, 60);
  assert.equal(counters[SEND.made], 60);
  assert.equal(counters[SEND.errno + EAGAIN], 15, "one for each full ring");
});

Deno.test("SendLoop.run() counts frames that are taken later than they were offered", () => {
  const bucket = makeSharedBucketMemory(100_000);
  const offered: number[] = [];
  const { sink, counters } = runLoop(20, (count, call) => {
    offered.push(count);
    if (call > 0) return call === 1 ? offered[0]! : count;
    orderRate(bucket, 400);
    return -ENOBUFS;
  }, { bucket });
  assert.ok(offered[0]! > offered[1]!, "more was offered than is allowed now");
  assertEachOnce(sink, 20);
  assert.equal(counters[SEND.made], 20);
  assert.equal(counters[SEND.accepted], 20);
  assert.equal(bucket.state[0]! < 0, false, "the debt was waited for");
});

Deno.test("SendLoop.run() corrects its counts by what draining the sink has shown", () => {
  const { sink, counters } = runLoop(20, (count) => count, { late: -3 });
  assert.equal(sink.drains, 1);
  assert.equal(counters[SEND.accepted], 17);
  assert.equal(counters[SEND.pending], 3);
  assert.equal(counters[SEND.made], 20);
});

Deno.test("SendLoop.run() sends to the next hop's new hardware address once it has changed", () => {
  const nextHops = makeNextHopMemory([new Uint8Array(6)]);
  const { sink } = runLoop(64, (count, call) => {
    if (call === 3) {
      new NextHops(nextHops).setMac(0, Uint8Array.of(2, 0, 0, 0, 0, 9));
    }
    return count;
  }, { nextHops });
  assertEachOnce(sink, 64);
  const changedAt = sink.hops.indexOf(9);
  assert.equal(changedAt, 4 * 8);
  assert.ok(sink.hops.slice(changedAt).every((hop) => hop === 9));
});
