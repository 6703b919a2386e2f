import type { PacketSink } from "../backend/mod.ts";
import assert from "node:assert/strict";
import type { Clock } from "../base/mod.ts";
import { requireProbeModule } from "../probe/mod.ts";
import {
  type Backlog,
  Command,
  type Control,
  type Counters,
  giveCommand,
  makeControl,
  makeCounters,
  makeWorkQueueMemory,
  markFiltered,
  type NextHopMemory,
  SEND,
  SEND_SLOTS,
  WorkQueue,
} from "../shm/mod.ts";
import {
  addressSet,
  makeTargetPlan,
  RangeBuilder,
  type TargetPlan,
  type TargetRoutes,
  TargetSpace,
} from "../targets/mod.ts";
import { SendLoop } from "./send_loop.ts";
import {
  makeSharedBucketMemory,
  SharedBucket,
  type SharedBucketMemory,
} from "./shared_bucket.ts";

const SLOT_BYTES = 128;
/** The lowest target. */
export const FIRST = 0x0a00_0000;

/** Takes what `answer` says and stops the loop once all its answers are used up. */
export class FakeSink implements PacketSink {
  readonly capacity = 8;
  readonly view: DataView = new DataView(
    new ArrayBuffer(this.capacity * SLOT_BYTES),
  );
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
  /** Called when it has drained. */
  onDrain: () => void = () => {};

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
    this.onDrain();
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

/** What a loop is run with beyond the usual. */
export interface LoopOptions {
  retries?: number;
  followUps?: number;
  bucket?: SharedBucketMemory;
  nextHops?: NextHopMemory;
  /** All is sent, and senders are to wait before they stop. */
  isCooling?: boolean;
  routes?: TargetRoutes;
  backlog?: Pick<Backlog, "isHigh">;
  control?: Control;
  isFiltered?: boolean;
  free?: (most: number, batch: number) => number;
  late?: number;
}

/** So many targets from `FIRST` on, one port. */
export function planOf(count: number): TargetPlan {
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

/** Runs a loop over all targets until all is sent; `answer` is what the sink does. */
export function runLoop(
  count: number,
  answer: (count: number, call: number, counters: Counters) => number,
  options: LoopOptions = {},
): { sink: FakeSink; counters: Float64Array } {
  const plan = planOf(count);
  const control = options.control ?? makeControl();
  const counters = makeCounters(SEND_SLOTS);
  const queue = new WorkQueue(makeWorkQueueMemory());
  queue.push({ first: 0, end: count, probeNumber: 0 }, control);
  const followUps = new WorkQueue(makeWorkQueueMemory());
  const extra = options.followUps ?? 0;
  for (let i = 0; i < extra; i++) {
    followUps.push({ first: i, end: i + 1, probeNumber: 1 }, control);
  }
  const ending = options.isCooling ? Command.cooldown : Command.stop;
  // Targets without a next hop never reach the sink, so the end of the work ends the loop too.
  const shift = queue.shift.bind(queue);
  queue.shift = (work): boolean => {
    const isFound = shift(work);
    if (!isFound && followUps.length === 0) giveCommand(control, ending);
    return isFound;
  };
  markFiltered(control, options.isFiltered ?? false);
  giveCommand(control, Command.run);
  const sink = new FakeSink((wanted, call) => {
    const result = answer(wanted, call, counters);
    const after = counters[SEND.accepted]! + counters[SEND.abandoned]! +
      Math.max(result, 0);
    if (after >= count + extra || call > 10_000) {
      giveCommand(control, ending);
    }
    return result;
  }, options);
  sink.onDrain = (): void => giveCommand(control, Command.stop);
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
    backlog: options.backlog ?? null,
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

/** Each of the targets was sent once. */
export function assertEachOnce(sink: FakeSink, count: number): void {
  assert.deepEqual(
    [...sink.taken].sort((a, b) => a - b),
    Array.from({ length: count }, (_, i) => FIRST + i),
  );
}
