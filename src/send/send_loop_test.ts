import assert from "node:assert/strict";
import {
  Backlog,
  Command,
  giveCommand,
  makeControl,
  makeNextHopMemory,
  makeRecordHead,
  makeRecordQueueMemory,
  NextHops,
  RecordQueue,
  SEND,
} from "../shm/mod.ts";
import { makeSharedBucketMemory, orderRate } from "./shared_bucket.ts";
import { assertEachOnce, runLoop } from "./_test_loop.ts";

const EPERM = 1;
const EAGAIN = 11;
const EMSGSIZE = 90;
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
  // The second batch is cut short at the frame.
  const { sink, counters } = runLoop(30, (count, call) => {
    if (call === 1) return 3;
    return call >= 2 && call <= 4 ? -EPERM : count;
  });
  assert.equal(sink.taken.length, 29);
  assert.equal(new Set(sink.taken).size, 29);
  assert.equal(counters[SEND.abandoned], 1);
  assert.equal(counters[SEND.abandonedErrno + EPERM], 1);
  assert.equal(counters[SEND.refused], 0, "none that was sent again");
  assert.equal(
    counters[SEND.made],
    counters[SEND.accepted]! + counters[SEND.abandoned]!,
  );
});

Deno.test("SendLoop.run() counts as refused what is taken in the end", () => {
  const { sink, counters } = runLoop(30, (count, call) => {
    if (call === 1) return -EPERM;
    if (call === 2) return -EMSGSIZE;
    return count;
  });
  assertEachOnce(sink, 30);
  assert.equal(counters[SEND.abandoned], 0);
  assert.equal(counters[SEND.refused], 2);
  assert.equal(counters[SEND.errno + EPERM], 1);
  assert.equal(counters[SEND.errno + EMSGSIZE], 1);
});

Deno.test("SendLoop.run() gives up frames without buffers only where a filter is the cause", () => {
  const isRefused = (call: number): boolean => call >= 1 && call <= 6;
  const full = runLoop(30, (count, call) => isRefused(call) ? -ENOBUFS : count);
  assertEachOnce(full.sink, 30);
  assert.equal(full.counters[SEND.errno + ENOBUFS], 6);
  const filtered = runLoop(
    30,
    (count, call) => isRefused(call) ? -ENOBUFS : count,
    { isFiltered: true },
  );
  assert.equal(filtered.sink.taken.length, 28);
  assert.equal(filtered.counters[SEND.abandoned], 2);
  assert.equal(filtered.counters[SEND.abandonedErrno + ENOBUFS], 2);
  assert.equal(filtered.counters[SEND.refused], 0);
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

Deno.test("SendLoop.run() drains the sink once, as soon as all is sent", () => {
  const { sink, counters } = runLoop(20, (count) => count, {
    late: -3,
    isCooling: true,
  });
  assert.equal(sink.drains, 1);
  assert.equal(counters[SEND.accepted], 17);
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

Deno.test("SendLoop.run() pauses by itself while responses pile up, and then sends the rest", () => {
  const memory = makeRecordQueueMemory(8);
  const queue = new RecordQueue(memory);
  const head = makeRecordHead();
  const packet = new DataView(new ArrayBuffer(8));
  /** Each probe is answered; the output takes something only while the sender pauses. */
  const answer = (count: number): number => {
    assert.ok(queue.fill <= 0.5, `${queue.fill}`);
    for (let i = 0; i < count; i++) {
      assert.ok(queue.push(head, packet, 0, 8), "a response found no room");
    }
    return count;
  };
  const lowest: number[] = [];
  const backlog = new Backlog(memory);
  const isHigh = (): boolean => {
    if (!backlog.isHigh()) return false;
    queue.shift(head);
    queue.release();
    lowest.push(queue.fill);
    return true;
  };
  const { sink, counters } = runLoop(200, answer, { backlog: { isHigh } });
  assertEachOnce(sink, 200);
  assert.ok(counters[SEND.holds]! > 1);
  assert.equal(counters[SEND.held], 0);
  const least = Math.min(...lowest);
  assert.ok(
    least > 0.125 && least < 0.25,
    `${least}: a quarter or little less`,
  );
});

Deno.test("SendLoop.run() ends while it pauses when it is told to", () => {
  const control = makeControl();
  const isHigh = (): boolean => {
    giveCommand(control, Command.stop);
    return true;
  };
  const { counters, sink } = runLoop(100, (count) => count, {
    backlog: { isHigh },
    control,
  });
  assert.equal(sink.taken.length, 0);
  assert.equal(counters[SEND.held], 1);
});
