import type { PositionRange } from "../loss/mod.ts";
import { SEND, WorkQueue } from "../shm/mod.ts";
import type { SenderMemory } from "./workers.ts";

/** A range of positions to be sent. */
export interface SendWork extends PositionRange {
  /** 0 when its targets are probed for the first time. */
  readonly pass: number;
  /** Which of several probes to the same target this is. */
  readonly probeNumber: number;
}

/** Time of sending that each of several senders has ahead, so that none runs dry. */
const AHEAD_S = 1;
/** Parts that this time is given in. */
const LEASES_AHEAD = 4;
/** Positions that several senders get at least, and while nothing limits the rate, at least and at most. */
const LEAST_LEASE = 16;
const LEAST_FAST_LEASE = 1 << 12;
const LARGEST_LEASE = 1 << 18;
/** Pieces of work that wait for one sender at most. */
const MOST_QUEUED = 1024;

/**
 * Gives the senders their work. A single sender gets each range whole; several get small leases as they
 * go, so that one that is slower does less, and all end together.
 */
export class Dispatcher {
  readonly #senders: readonly SenderMemory[];
  readonly #queues: readonly WorkQueue[];
  readonly #given: number[];
  /** What no sender has yet, in order. */
  readonly #waiting: SendWork[] = [];
  #planned = 0;

  constructor(senders: readonly SenderMemory[]) {
    this.#senders = senders;
    this.#queues = senders.map(({ work }) => new WorkQueue(work));
    this.#given = senders.map(() => 0);
  }

  /** Positions that were sent, by sender. */
  get doneBySender(): number[] {
    return this.#senders.map(({ counters }) => counters[SEND.done]!);
  }

  /** Positions that were sent, of all passes. */
  get done(): number {
    return this.doneBySender.reduce((sum, done) => sum + done, 0);
  }

  /** Positions that were sent or are to be. */
  get planned(): number {
    return this.#planned;
  }

  /** All that was planned is sent. */
  get isIdle(): boolean {
    return this.done === this.#planned;
  }

  /** Plans a range, behind all others. */
  add(work: SendWork): void {
    if (work.end <= work.first) return;
    this.#waiting.push(work);
    this.#planned += work.end - work.first;
  }

  /**
   * Gives out what the senders need to go on.
   *
   * @param ratePps the rate of all senders, 0 for no limit
   * @param onGive learns of each piece and which sender has it
   */
  feed(
    ratePps: number,
    onGive: (sender: number, work: SendWork) => void,
  ): void {
    const lease = this.#lease(ratePps);
    for (;;) {
      const sender = this.#neediest();
      const outstanding = this.#given[sender]! - this.doneBySender[sender]!;
      const work = this.#waiting[0];
      if (
        work === undefined || outstanding >= lease * LEASES_AHEAD ||
        this.#queues[sender]!.length >= MOST_QUEUED
      ) return;
      const part = this.#carve(work, lease);
      this.#queues[sender]!.push(part, this.#senders[sender]!.control);
      this.#given[sender]! += part.end - part.first;
      onGive(sender, part);
    }
  }

  #lease(ratePps: number): number {
    const count = this.#senders.length;
    if (count === 1) return Infinity;
    // Towards the end of the work, each gets its part of the rest.
    const left = Math.ceil((this.#planned - this.done) / count / LEASES_AHEAD);
    const wanted = ratePps === 0
      ? LARGEST_LEASE
      : Math.ceil(ratePps * AHEAD_S / count / LEASES_AHEAD);
    const lease = Math.min(wanted, left, LARGEST_LEASE);
    return Math.max(ratePps === 0 ? LEAST_FAST_LEASE : LEAST_LEASE, lease);
  }

  /** The sender with the least work. */
  #neediest(): number {
    const done = this.doneBySender;
    let neediest = 0;
    let least = Infinity;
    this.#given.forEach((given, sender) => {
      const outstanding = given - done[sender]!;
      if (outstanding >= least) return;
      least = outstanding;
      neediest = sender;
    });
    return neediest;
  }

  #carve(work: SendWork, lease: number): SendWork {
    const end = Math.min(work.end, work.first + lease);
    if (end === work.end) this.#waiting.shift();
    else this.#waiting[0] = { ...work, first: end };
    return { ...work, end };
  }
}
