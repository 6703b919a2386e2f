/** The real send loop, run for so many packets at a time, and its floor: constant packets. */
import { MonotonicClock } from "../../ffi/clock.ts";
import type { PacketSink } from "../../src/backend/mod.ts";
import { type Probe, requireProbeModule } from "../../src/probe/mod.ts";
import {
  makeSharedBucketMemory,
  SendLoop,
  SharedBucket,
} from "../../src/send/mod.ts";
import {
  Command,
  giveCommand,
  makeControl,
  makeCounters,
  makeWorkQueueMemory,
  SEND,
  SEND_SLOTS,
  WorkQueue,
} from "../../src/shm/mod.ts";
import {
  type AddressSet,
  makeTargetPlan,
  parsePorts,
  type TargetPlan,
  TargetSpace,
} from "../../src/targets/mod.ts";

/** An Ethernet header between two local addresses. */
export const LINK_HEADER: Uint8Array = Uint8Array.of(
  ...[2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0],
);
/** The scanner's address (RFC 5737). */
export const SOURCE = 0xc000_0201;
const FIRST_TARGET = 0x0b00_0000;

const clock = new MonotonicClock();

/** All targets of a scan, in one shard. */
export function planOf(addresses: AddressSet, ports: string): TargetPlan {
  return makeTargetPlan({
    addresses,
    ports: parsePorts(ports),
    seed: 7n,
    shards: 1,
    shard: 0,
    maxTargets: null,
  });
}

/** The default kind of probe. */
export function makeProbe(): Probe {
  return requireProbeModule("tcp_synscan").create({
    linkHeader: LINK_HEADER,
    sourcePortFirst: 32768,
    sourcePortLast: 61000,
    maxProbes: 1,
    ttl: 255,
    args: "",
  });
}

/** Takes all frames and does nothing with them. */
export class NoSink implements PacketSink {
  readonly capacity: number;
  readonly view: DataView;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.view = new DataView(new ArrayBuffer(capacity * 128));
  }
  begin(most: number): number {
    return Math.min(most, this.capacity);
  }
  frameAt(slot: number): number {
    return slot * 128;
  }
  setFrame(): void {}
  send(_first: number, count: number): number {
    return count;
  }
  waitWritable(): boolean {
    return true;
  }
  drain(): number {
    return 0;
  }
  close(): void {}
  [Symbol.dispose](): void {}
}

/** A send loop that stops after so many packets, and goes on when asked again. */
export function makeLoop(
  sink: PacketSink,
  batch: number,
  { plan, probe }: { plan: TargetPlan; probe: Probe },
): { send(count: number): number } {
  const control = makeControl();
  const counters = makeCounters(SEND_SLOTS);
  const queue = new WorkQueue(makeWorkQueueMemory());
  for (let pass = 0; pass < 64; pass++) {
    const { firstPosition: first, endPosition: end } = plan;
    queue.push({ first, end, probeNumber: 0 }, control);
  }
  let goal = 0;
  const loop = new SendLoop({
    sink,
    batch,
    space: new TargetSpace(plan),
    probe,
    bucket: new SharedBucket(makeSharedBucketMemory(0)),
    nextHops: null,
    backlog: null,
    routes: null,
    // The loop reads the clock once or twice a batch.
    clock: {
      nowNs(): number {
        if (counters[SEND.accepted]! >= goal) {
          giveCommand(control, Command.stop);
        }
        return clock.nowNs();
      },
      wallClock: (out) => clock.wallClock(out),
      sleepUntil: (deadlineNs) => clock.sleepUntil(deadlineNs),
    },
    control,
    counters,
    queue,
    followUps: new WorkQueue(makeWorkQueueMemory()),
    sourceAddresses: Uint32Array.of(SOURCE),
    validationKey: crypto.getRandomValues(new Uint32Array(4)),
    retries: 2,
  });
  return {
    send(count): number {
      const before = counters[SEND.accepted]!;
      goal = before + count;
      giveCommand(control, Command.run);
      loop.run();
      return counters[SEND.accepted]! - before;
    },
  };
}

/** Sends what is in the slots, again and again. */
export function sendConstant(
  sink: PacketSink,
  batch: number,
  lengthBytes: number,
  count: number,
): number {
  let sent = 0;
  while (sent < count) {
    const free = sink.begin(batch);
    if (free === 0) sink.waitWritable(1);
    for (let slot = 0; slot < free; slot++) {
      sink.setFrame(slot, lengthBytes, FIRST_TARGET);
    }
    for (let first = 0; first < free;) {
      const taken = sink.send(first, free - first);
      if (taken > 0) first += taken;
      else sink.waitWritable(1);
    }
    sent += free;
  }
  return sent;
}
