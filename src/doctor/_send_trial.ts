import type { PacketSink } from "../backend/mod.ts";
import type { Clock } from "../base/mod.ts";
import type { Probe } from "../probe/mod.ts";
import { makeSharedBucketMemory, SendLoop, SharedBucket } from "../send/mod.ts";
import {
  Command,
  giveCommand,
  makeControl,
  makeCounters,
  makeWorkQueueMemory,
  SEND,
  SEND_SLOTS,
  WorkQueue,
} from "../shm/mod.ts";
import { sendsTo } from "./_trial_targets.ts";
import { type FamilyPlan, orderOf } from "./family_scan.ts";

/** Further tries for a frame that was refused for a reason of its own. */
const RETRIES = 2;
/** Pieces of work that wait at least: the loop would sleep without one. */
const LEAST_WORK = 2;

/** What is sent, and through what. */
export interface SendTrialParts {
  readonly sink: PacketSink;
  /** Most frames that are filled and offered at a time. */
  readonly batch: number;
  readonly probe: Probe;
  /** Of the probe's family. */
  readonly plan: FamilyPlan;
  readonly clock: Clock;
}

/** The real send loop, run by the calling thread for so long, at no limit; targets in their order, again and again. */
export class SendTrial {
  readonly #clock: Clock;
  readonly #control = makeControl();
  readonly #counters = makeCounters(SEND_SLOTS);
  readonly #work = new WorkQueue(makeWorkQueueMemory());
  readonly #plan: FamilyPlan;
  readonly #loop: SendLoop;
  #deadlineNs = 0;
  #latestNs = 0;

  constructor(parts: SendTrialParts) {
    const { batch, clock, plan, probe, sink } = parts;
    this.#clock = clock;
    this.#plan = plan;
    this.#loop = new SendLoop({
      sink,
      batch,
      ...sendsTo(plan),
      probe,
      bucket: new SharedBucket(makeSharedBucketMemory(0)),
      nextHops: null,
      backlog: null,
      clock: {
        nowNs: () => this.#look(),
        wallClock: (out) => clock.wallClock(out),
        sleepUntil: (deadlineNs) => clock.sleepUntil(deadlineNs),
      },
      control: this.#control,
      counters: this.#counters,
      queue: this.#work,
      followUps: new WorkQueue(makeWorkQueueMemory()),
      validationKey: crypto.getRandomValues(new Uint32Array(4)),
      retries: RETRIES,
    });
  }

  /** Sends for `milliseconds`. Returns how many packets per second the sink took. */
  run(milliseconds: number): number {
    const before = this.#counters[SEND.accepted]!;
    const startNs = this.#clock.nowNs();
    this.#deadlineNs = startNs + milliseconds * 1e6;
    this.#addWork();
    giveCommand(this.#control, Command.run);
    this.#loop.run();
    const taken = this.#counters[SEND.accepted]! - before;
    return Math.max(taken, 0) / (this.#latestNs - startNs) * 1e9;
  }

  /** The loop looks at the clock before each batch and behind it, and at its command and its work in between. */
  #look(): number {
    this.#latestNs = this.#clock.nowNs();
    this.#addWork();
    if (this.#latestNs >= this.#deadlineNs) {
      giveCommand(this.#control, Command.stop);
    }
    return this.#latestNs;
  }

  #addWork(): void {
    const { endPosition: end, firstPosition: first } = orderOf(this.#plan);
    while (this.#work.length < LEAST_WORK) {
      this.#work.push({ first, end, probeNumber: 0 }, this.#control);
    }
  }
}
