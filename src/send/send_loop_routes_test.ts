import assert from "node:assert/strict";
import { makeNextHopMemory, NextHops, SEND } from "../shm/mod.ts";
import {
  makeNeighbours,
  NO_HOP,
  ON_LINK,
  type TargetRoutes,
  TargetSpace,
} from "../targets/mod.ts";
import { assertEachOnce, FIRST, planOf, runLoop } from "./_test_loop.ts";

const ENOBUFS = 105;

/** Neighbours of their own for the targets at positions that `isReachable`; none for the others. */
function neighboursAt(
  count: number,
  isReachable: (position: number) => boolean,
): TargetRoutes {
  const plan = planOf(count);
  const space = new TargetSpace(plan);
  const neighbours = makeNeighbours(plan.addresses);
  for (let i = 0; i < count; i++) {
    if (!isReachable(space.positionOf(FIRST + i, 80))) continue;
    neighbours.macs.fill(100 + i, i * 6, i * 6 + 6);
  }
  return {
    starts: Uint32Array.of(0),
    hops: Int32Array.of(ON_LINK),
    neighbours,
  };
}

Deno.test("SendLoop.run() addresses each frame to its own next hop, and counts targets that have none", () => {
  const isReachable = (position: number): boolean =>
    position < 16 || position % 3 === 0;
  // Partial batches and refusals, so that batches end anywhere.
  const { sink, counters } = runLoop(
    64,
    (count, call) => call % 3 === 2 ? -ENOBUFS : Math.min(count, 1 + call % 4),
    {
      nextHops: makeNextHopMemory([]),
      routes: neighboursAt(64, isReachable),
      followUps: 16,
    },
  );
  assert.equal(counters[SEND.noNeighbour], 32);
  assert.equal(counters[SEND.followUps], 16);
  assert.equal(counters[SEND.done], 64);
  assert.equal(counters[SEND.pending], 0);
  assert.equal(counters[SEND.made], 32 + 16);
  assert.equal(counters[SEND.accepted], 32 + 16);
  const hops = sink.taken.map((address) => 100 + address - FIRST);
  assert.deepEqual(sink.hops, hops);
  assert.equal(new Set(sink.taken).size, 32);
});

Deno.test("SendLoop.run() finishes targets in their order, those without a next hop included", () => {
  const doneBefore: number[] = [];
  const { sink, counters } = runLoop(64, (_count, _call, counts) => {
    doneBefore.push(counts[SEND.done]!);
    return 1;
  }, {
    nextHops: makeNextHopMemory([]),
    routes: neighboursAt(64, (position) => position % 5 === 2),
  });
  assert.equal(counters[SEND.noNeighbour], 51);
  assert.equal(counters[SEND.done], 64);
  const space = new TargetSpace(planOf(64));
  const positions = sink.taken.map((address) => space.positionOf(address, 80));
  assert.deepEqual(positions, [
    2,
    7,
    12,
    17,
    22,
    27,
    32,
    37,
    42,
    47,
    52,
    57,
    62,
  ]);
  // While a frame waits, its own position is not done, and those before it of the same batch are at the latest then.
  positions.forEach((position, i) => {
    const done = doneBefore[i]!;
    const before = i === 0 ? -1 : positions[i - 1]!;
    assert.ok(done > before && done <= position, `${done} at ${position}`);
  });
});

Deno.test("SendLoop.run() ends when no target has a next hop", () => {
  const { sink, counters } = runLoop(64, (count) => count, {
    nextHops: makeNextHopMemory([]),
    routes: { ...neighboursAt(64, () => true), hops: Int32Array.of(NO_HOP) },
  });
  assert.deepEqual(sink.taken, []);
  assert.equal(counters[SEND.made], 0);
  assert.equal(counters[SEND.done], 64);
  assert.equal(counters[SEND.noNeighbour], 64);
});

Deno.test("SendLoop.run() follows each gateway that changes its hardware address", () => {
  const macs = [1, 2].map((byte) => new Uint8Array(6).fill(byte));
  const nextHops = makeNextHopMemory(macs);
  const { sink } = runLoop(64, (count, call) => {
    if (call === 3) new NextHops(nextHops).setMac(1, new Uint8Array(6).fill(9));
    return count;
  }, {
    nextHops,
    routes: {
      ...neighboursAt(64, () => true),
      starts: Uint32Array.of(0, FIRST + 32),
      hops: Int32Array.of(0, 1),
    },
  });
  assertEachOnce(sink, 64);
  sink.taken.forEach((address, i) => {
    const second = i < 4 * 8 ? 2 : 9;
    assert.equal(sink.hops[i], address < FIRST + 32 ? 1 : second);
  });
});
