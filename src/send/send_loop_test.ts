import type { PacketSink } from "../backend/mod.ts";
import assert from "node:assert/strict";
import type { Clock } from "../base/mod.ts";
import { requireProbeModule } from "../probe/mod.ts";
import {
  Command,
  type Counters,
  giveCommand,
  makeControl,
  makeCounters,
  makeNextHopMemory,
  makeWorkQueueMemory,
  type NextHopMemory,
  NextHops,
  SEND,
  SEND_SLOTS,
  WorkQueue,
} from "../shm/mod.ts";
import {
  addressSet,
  makeNeighbours,
  makeTargetPlan,
  NO_HOP,
  ON_LINK,
  RangeBuilder,
  type TargetPlan,
  type TargetRoutes,
  TargetSpace,
} from "../targets/mod.ts";
import { SendLoop } from "./send_loop.ts";
import {
  makeSharedBucketMemory,
  orderRate,
  SharedBucket,
  type SharedBucketMemory,
} from "./shared_bucket.ts";

const EPERM = 1;
const EAGAIN = 11;
const ENOBUFS = 105;
const SLOT_BYTES = 128;
const FIRST = 0x0a00_0000;

/** Takes what `answer` says and stops the loop once all its answers are used up. */
class FakeSink implements PacketSink {
  readonly capacity = 8;
  readonly view = new DataView(new ArrayBuffer(this.capacity * SLOT_BYTES));
  readonly taken: number[] = [];
  /** Hardware address, its last byte, that each of them went to. */
  readonly hops: number[] = [];
  readonly #lengths: number[] = [];
  readonly #answer: (count: number, call: number) => number;
  /** How many slots are free at the n-th batch. */
  readonly #free: (most: number, batch: number) => number;
  /** What `drain` returns. */
  readonly #late: number;
  #calls = 0;
  #batches = 0;
  drains = 0;

  /** @param answer what `send` returns for a count of frames in its n-th call */
  constructor(
    answer: (count: number, call: number) => number,
    { free, late }: Pick<LoopOptions, "free" | "late"> = {},
  ) {
    this.#answer = answer;
    this.#free = free ?? ((most): number => most);
    this.#late = late ?? 0;
  }

  begin(most: number): number {
    return Math.min(this.#free(most, this.#batches++), this.capacity);
  }

  frameAt(slot: number): number {
    return slot * SLOT_BYTES;
  }

  setFrame(slot: number, lengthBytes: number, destination: number): void {
    this.#lengths[slot] = lengthBytes;
    assert.equal(this.view.getUint32(this.frameAt(slot) + 30), destination);
  }

  send(first: number, count: number): number {
    const result = this.#answer(count, this.#calls++);
    for (let slot = first; slot < first + result; slot++) {
      assert.ok(this.#lengths[slot]! >= 54);
      this.taken.push(this.view.getUint32(this.frameAt(slot) + 30));
      this.hops.push(this.view.getUint8(this.frameAt(slot) + 5));
    }
    return result;
  }

  waitWritable(): boolean {
    return true;
  }
  drain(): number {
    this.drains++;
    return this.#late;
  }
  close(): void {}
}

/** A clock that moves on by a fixed step at each reading. */
class SteppingClock implements Clock {
  #nowNs = 0;
  nowNs(): number {
    return this.#nowNs += 1e6;
  }
  wallClock(out: Uint32Array): void {
    out[0] = 1_700_000_000;
  }
  sleepUntil(): void {}
}

interface LoopOptions {
  retries?: number;
  followUps?: number;
  bucket?: SharedBucketMemory;
  nextHops?: NextHopMemory;
  routes?: TargetRoutes;
  free?: (most: number, batch: number) => number;
  late?: number;
}

function planOf(count: number): TargetPlan {
  const builder = new RangeBuilder();
  builder.addRange(FIRST, FIRST + count - 1);
  return makeTargetPlan({
    addresses: addressSet(builder),
    ports: Uint16Array.of(80),
    seed: 7n,
    shards: 1,
    shard: 0,
    maxTargets: null,
  });
}

function runLoop(
  count: number,
  answer: (count: number, call: number, counters: Counters) => number,
  options: LoopOptions = {},
): { sink: FakeSink; counters: Float64Array } {
  const plan = planOf(count);
  const control = makeControl();
  const counters = makeCounters(SEND_SLOTS);
  const queue = new WorkQueue(makeWorkQueueMemory());
  queue.push({ first: 0, end: count, probeNumber: 0 }, control);
  const followUps = new WorkQueue(makeWorkQueueMemory());
  const extra = options.followUps ?? 0;
  for (let i = 0; i < extra; i++) {
    followUps.push({ first: i, end: i + 1, probeNumber: 1 }, control);
  }
  // Targets without a next hop never reach the sink, so the end of the work ends the loop too.
  const shift = queue.shift.bind(queue);
  queue.shift = (work): boolean => {
    const isFound = shift(work);
    if (!isFound && followUps.length === 0) giveCommand(control, Command.stop);
    return isFound;
  };
  giveCommand(control, Command.run);
  const sink = new FakeSink((wanted, call) => {
    const result = answer(wanted, call, counters);
    const after = counters[SEND.accepted]! + counters[SEND.abandoned]! +
      Math.max(result, 0);
    if (after >= count + extra || call > 10_000) {
      giveCommand(control, Command.stop);
    }
    return result;
  }, options);
  const loop = new SendLoop({
    sink,
    batch: sink.capacity,
    space: new TargetSpace(plan),
    probe: requireProbeModule("tcp_synscan").create({
      linkHeader: new Uint8Array(14),
      sourcePortFirst: 32768,
      sourcePortLast: 61000,
      maxProbes: 2,
      ttl: 64,
      args: "",
    }),
    bucket: new SharedBucket(options.bucket ?? makeSharedBucketMemory(0)),
    nextHops: options.nextHops ?? null,
    routes: options.routes ?? null,
    clock: new SteppingClock(),
    control,
    counters,
    queue,
    followUps,
    sourceAddresses: Uint32Array.of(0xc000_0201),
    validationKey: Uint32Array.of(1, 2, 3, 4),
    retries: options.retries ?? 2,
  });
  loop.run();
  return { sink, counters };
}

function assertEachOnce(sink: FakeSink, count: number): void {
  assert.deepEqual(
    [...sink.taken].sort((a, b) => a - b),
    Array.from({ length: count }, (_, i) => FIRST + i),
  );
}

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
