// HOT PATH
import type { PacketSink } from "../backend/mod.ts";
import { sendError } from "../backend/send_errors.ts";
import type { Clock } from "../base/mod.ts";
import {
  type Backlog,
  Command,
  type Control,
  type Counters,
  ERRNO_MAX,
  isFiltered,
  readCommand,
  readWakes,
  SEND,
  sleepUnlessWoken,
  type Work,
  type WorkQueue,
} from "../shm/mod.ts";
import { ExtraProbes, type ExtraQueues } from "./extra_probes.ts";
import {
  type LoopFrames,
  type LoopTargets,
  makeFrames,
} from "./loop_frames.ts";
import type { SharedBucket } from "./shared_bucket.ts";

/**
 * Packets per batch at `SINGLE_RATE_PPS`; they grow with the root of the rate. A wake-up costs some 30 us of
 * processor time on a virtual machine: 250 of them a second are what a slow scan can afford, while a fast
 * one has to be on time, since what a late wake-up can make good is bounded by the burst.
 */
const SMALLEST_BATCH = 4;
/** Below this rate packets leave one by one. */
const SINGLE_RATE_PPS = 1000;
/** Longest sleep from which a command need not wake: the cheaper way to sleep. */
const SHORT_SLEEP_NS = 20e6;
/** Sleep after a refusal, doubled up to the second number while nothing is taken. */
const FIRST_BACKOFF_MS = 0.2;
const LAST_BACKOFF_MS = 20;
/** Longest sleep: how late a command may be noticed that came without a wake-up. */
const IDLE_MS = 200;
/** How often a sender that pauses looks whether the output has caught up: nobody wakes it. */
const HOLD_MS = 5;
/** Messages that `sendmmsg` looks at in one call: UIO_MAXIOV, <linux/uio.h>. */
const MAX_MESSAGES = 1024;

/** How long the device may take, at the end, to be done with frames that closing would lose. */
const DRAIN_MS = 500;

/** <asm-generic/errno.h> */
const EAGAIN = 11;
const ENOBUFS = 105;

/** What a send loop works with, whatever the families of its targets. */
interface SendLoopParts extends ExtraQueues {
  readonly sink: PacketSink;
  /** Most frames that are filled and offered at a time, at most the sink's capacity. */
  readonly batch: number;
  readonly bucket: SharedBucket;
  /** Responses that wait for the output; null: nobody waits for responses. */
  readonly backlog: Pick<Backlog, "isHigh"> | null;
  readonly clock: Clock;
  readonly control: Control;
  readonly counters: Counters;
  readonly queue: WorkQueue;
  /** Key of the validation tags, 4 words. */
  readonly validationKey: Uint32Array;
  /** Further tries for a frame that was refused for a reason of its own. */
  readonly retries: number;
}

/** What a send loop works with. */
export type SendParts = SendLoopParts & LoopTargets;

/**
 * Sends probes to the positions that its queue names, at the pace of its bucket, until it is told to
 * stop. Frames are offered again until the kernel has taken them, so `made` = `accepted` + `abandoned` +
 * `pending` always holds, and no position is passed over silently: of those that are `done`, each has a frame that
 * was accepted or abandoned, or is counted as `noNeighbour`.
 */
export class SendLoop {
  readonly #parts: SendLoopParts;
  readonly #builder: LoopFrames["builder"];
  readonly #mixed: LoopFrames["mixed"];
  readonly #destinations: LoopFrames["destinations"];
  readonly #wall = new Uint32Array(2);
  readonly #work: Work = { first: 0, end: 0, probeNumber: 0 };
  readonly #extras: ExtraProbes;
  /** Next position of the current work that has no frame yet. */
  #next = 0;
  /** Slots from `#first` up to `#filled` hold frames that were not taken yet. */
  #first = 0;
  #filled = 0;
  /** The first order of the batch that is not finished. */
  #firstOrder = 0;
  /** Times that the first waiting frame was refused for a reason of its own, and the reason. */
  #refusals = 0;
  #refusedBy = 0;
  /** It was refused before, behind others that were taken, for a reason that is not known yet. */
  #isCutShort = false;
  #backoffMs = FIRST_BACKOFF_MS;
  /** What the last offer costs although nothing was taken: a frame that is unfit has to keep the pace. */
  #charge = 0;
  #isDrained = false;

  constructor(parts: SendParts) {
    this.#parts = parts;
    const { sink, validationKey } = parts;
    this.#extras = new ExtraProbes(parts, sink.capacity, validationKey[2]!);
    const frames = makeFrames(parts, parts);
    this.#builder = frames.builder;
    this.#mixed = frames.mixed;
    this.#destinations = frames.destinations;
  }

  /** Runs until the command is `stop`. */
  run(): void {
    const { bucket, clock, control } = this.#parts;
    for (;;) {
      const wakes = readWakes(control);
      const command = readCommand(control);
      if (command === Command.stop) return this.#drain();
      if (command === Command.cooldown) this.#drain();
      if (command === Command.run && this.#isHeld()) {
        sleepUnlessWoken(control, wakes, HOLD_MS);
        continue;
      }
      if (command !== Command.run || !this.#hasWork()) {
        sleepUnlessWoken(control, wakes, IDLE_MS);
        continue;
      }
      const most = this.#filled > this.#first
        ? this.#filled - this.#first
        : Math.min(
          this.#parts.batch,
          this.#work.end - this.#next + this.#extras.length,
        );
      const least = Math.min(most, this.#batchSize());
      const nowNs = clock.nowNs();
      const allowed = bucket.take(nowNs, least, most);
      if (allowed === 0) {
        const waitNs = bucket.waitNs(nowNs, least);
        if (waitNs <= SHORT_SLEEP_NS) clock.sleepUntil(nowNs + waitNs);
        else sleepUnlessWoken(control, wakes, Math.min(waitNs / 1e6, IDLE_MS));
        continue;
      }
      this.#charge = 0;
      this.#isDrained = false;
      const taken = this.#filled > this.#first || this.#begin(allowed)
        ? this.#offer(allowed)
        : 0;
      // Less than nothing where the kernel took frames that were offered, and paid back, before.
      const spent = taken === 0 ? this.#charge : taken;
      if (spent !== allowed) bucket.giveBack(nowNs, allowed - spent);
      if (taken > 0) bucket.left(clock.nowNs(), taken);
    }
  }

  /** Whether to pause, so that the responses to what is on its way find room. */
  #isHeld(): boolean {
    const { backlog, counters } = this.#parts;
    if (backlog === null) return false;
    const isHigh = backlog.isHigh();
    if (isHigh !== (counters[SEND.held] === 1)) {
      counters[SEND.held] = isHigh ? 1 : 0;
      if (isHigh) counters[SEND.holds]! += 1;
    }
    return isHigh;
  }

  #batchSize(): number {
    const ratePps = this.#parts.bucket.ratePps;
    if (ratePps === 0) return this.#parts.batch;
    if (ratePps < SINGLE_RATE_PPS) return 1;
    return Math.ceil(SMALLEST_BATCH * Math.sqrt(ratePps / SINGLE_RATE_PPS));
  }

  /** Whether a frame waits, the current work or else the next one has a position left, or a single probe waits. */
  #hasWork(): boolean {
    if (this.#filled > this.#first || this.#next < this.#work.end) return true;
    const isFound = this.#parts.queue.shift(this.#work);
    if (isFound) this.#next = this.#work.first;
    return isFound || this.#extras.length > 0;
  }

  /** Makes frames for `count` targets, which fill as many slots, or fewer where targets have no next hop. */
  #fill(count: number): void {
    const { clock, counters } = this.#parts;
    const extras = this.#extras;
    const builder = this.#builder;
    this.#destinations?.update();
    builder.begin();
    clock.wallClock(this.#wall);
    builder.setTime(this.#wall[0]!, this.#wall[1]!);
    const { end, probeNumber } = this.#work;
    let position = this.#next;
    let slot = 0;
    extras.begin();
    while (slot < count && extras.isWaiting) {
      if (extras.take(slot, position >= end)) {
        const { work } = extras;
        builder.add(slot++, work.first, work.probeNumber);
      } else {
        builder.add(slot++, position++, probeNumber);
      }
    }
    if (slot < count) {
      builder.addRange(slot, count - slot, position, probeNumber);
      position += count - slot;
    }
    builder.finish();
    this.#next = position;
    this.#first = 0;
    this.#firstOrder = 0;
    const { filled } = builder;
    this.#filled = filled;
    counters[SEND.made]! += filled;
    counters[SEND.pending] = filled;
    if (filled === 0) this.#leave(0);
  }

  /** Fills as many slots as are free, up to `most`; false when none is, or no target had a next hop. */
  #begin(most: number): boolean {
    const free = this.#parts.sink.begin(most);
    if (free === 0) this.#refused(EAGAIN);
    else this.#fill(free);
    return free > 0 && this.#filled > 0;
  }

  /** Offers up to `allowed` waiting frames once; returns how many the kernel took. */
  #offer(allowed: number): number {
    const { counters, sink } = this.#parts;
    const offered = Math.min(allowed, this.#filled - this.#first);
    const result = sink.send(this.#first, offered);
    if (result > 0) {
      this.#settleRefusals();
      if (result < offered && result < MAX_MESSAGES) this.#cutShort();
      this.#backoffMs = FIRST_BACKOFF_MS;
      counters[SEND.accepted]! += result;
      this.#leave(result);
    } else if (result < 0) {
      this.#refused(-result);
    }
    return Math.max(result, 0);
  }

  /** Moves on behind `count` frames that were taken or given up, and behind targets without a next hop. */
  #leave(count: number): void {
    const { counters } = this.#parts;
    const end = this.#first + count;
    const firstOrder = this.#firstOrder;
    const endOrder = this.#builder.orderAt(end);
    const extras = this.#extras.leave(firstOrder, endOrder, counters);
    if (this.#mixed !== null) {
      counters[SEND.sentIpv6]! += this.#mixed.countIpv6(this.#first, end);
    }
    this.#first = end;
    this.#firstOrder = endOrder;
    counters[SEND.pending] = this.#filled - end;
    counters[SEND.noNeighbour]! += endOrder - firstOrder - count;
    counters[SEND.done]! += endOrder - firstOrder - extras;
  }

  /** The kernel refused a frame behind others that it took, and does not say why: the next offer tells. */
  #cutShort(): void {
    if (this.#parts.sink.waitWritable(0)) this.#isCutShort = true;
    else this.#countRefusals(EAGAIN, 1);
  }

  /** Takes back the count of frames that were taken and not sent, and adds those taken since. */
  #drain(): void {
    if (this.#isDrained) return;
    this.#isDrained = true;
    const { counters, sink } = this.#parts;
    this.#settleRefusals();
    const change = sink.drain(DRAIN_MS);
    counters[SEND.accepted]! += change;
    counters[SEND.pending]! -= change;
  }

  #countRefusals(errno: number, count: number): void {
    const { counters } = this.#parts;
    counters[SEND.refused]! += count;
    counters[SEND.errno + (errno <= ERRNO_MAX ? errno : 0)]! += count;
  }

  /** Counts the refusals of a frame that is not given up after all. */
  #settleRefusals(): void {
    // What does not refuse it any more is most likely a queue that has room again.
    if (this.#isCutShort) this.#countRefusals(ENOBUFS, 1);
    this.#isCutShort = false;
    if (this.#refusals > 0) {
      this.#countRefusals(this.#refusedBy, this.#refusals);
    }
    this.#refusals = 0;
  }

  #refused(errno: number): void {
    const { control, counters, retries, sink } = this.#parts;
    if (
      sendError(errno).isPassing && !(errno === ENOBUFS && isFiltered(control))
    ) {
      this.#countRefusals(errno, this.#isCutShort ? 2 : 1);
      this.#isCutShort = false;
      if (errno === EAGAIN) sink.waitWritable(LAST_BACKOFF_MS);
      else sleepUnlessWoken(control, readWakes(control), this.#backoffMs);
      this.#backoffMs = Math.min(this.#backoffMs * 2, LAST_BACKOFF_MS);
      return;
    }
    this.#charge = 1;
    this.#isCutShort = false;
    if (errno !== this.#refusedBy) this.#settleRefusals();
    this.#refusedBy = errno;
    if (this.#refusals < retries) {
      this.#refusals++;
    } else {
      this.#refusals = 0;
      counters[SEND.abandoned]! += 1;
      counters[SEND.abandonedErrno + (errno <= ERRNO_MAX ? errno : 0)]! += 1;
      this.#leave(1);
    }
  }
}
