import type { PositionRange } from "../loss/mod.ts";
import { SEND, WorkQueue } from "../shm/mod.ts";
import { FirstProbes } from "./first_probes.ts";
import type { Lease, WorkSource } from "./work_source.ts";
import type { SenderMemory } from "./scan_memory.ts";

/** Time of sending that the senders have ahead, so that none runs dry while the main thread is busy. */
const AHEAD_S = 2;
/** Parts that this time is given in. */
const LEASES_AHEAD = 4;
/** Positions that a sender gets at least, and while nothing limits the rate, at least and at most. */
const LEAST_LEASE = 16;
const LEAST_FAST_LEASE = 1 << 12;
const LARGEST_LEASE = 1 << 20;
/** Pieces of work that wait for one sender at most, below what its queue holds. */
const MOST_QUEUED = 1024;

/**
 * Gives the senders their work in small leases as they go, so that one that is slower does less, and all end
 * together.
 */
export class Dispatcher {
  readonly #source: WorkSource;
  readonly #senders: readonly SenderMemory[];
  readonly #queues: readonly WorkQueue[];
  readonly #given: number[];
  readonly #firstProbes: FirstProbes;

  constructor(source: WorkSource, senders: readonly SenderMemory[]) {
    this.#source = source;
    this.#senders = senders;
    this.#queues = senders.map(({ work }) => new WorkQueue(work));
    this.#given = senders.map(() => 0);
    this.#firstProbes = new FirstProbes(senders.length);
  }

  /** Positions that were sent, by sender. */
  get doneBySender(): number[] {
    return this.#senders.map(({ counters }) => counters[SEND.done]!);
  }

  /** Positions that were sent, of all passes. */
  get done(): number {
    return sum(this.doneBySender);
  }

  /** Positions whose first probe was given out, and is not sent. */
  get firstProbesUnderWay(): readonly PositionRange[] {
    return this.#firstProbes.underWay(this.doneBySender);
  }

  /** Positions that were given out, of all passes. */
  get given(): number {
    return sum(this.#given);
  }

  /** Positions that are still to be sent, of all passes, as far as is known. */
  get remaining(): number {
    return this.#source.waiting + sum(this.#given) - this.done;
  }

  /** All work is done. */
  get isIdle(): boolean {
    return this.remaining === 0;
  }

  /**
   * Gives out what the senders need to go on.
   *
   * @param ratePps the rate of all senders, 0 for no limit
   * @param onGive learns of each piece and which sender has it
   * @param mostGiven positions that may have been given out at most, in all
   */
  feed(
    ratePps: number,
    onGive: (sender: number, work: Lease) => void = () => {},
    mostGiven: number = Infinity,
  ): void {
    const most = this.#leaseSize(ratePps);
    for (;;) {
      const sender = this.#neediest();
      const outstanding = this.#given[sender]! - this.doneBySender[sender]!;
      if (
        outstanding >= most * LEASES_AHEAD ||
        this.#queues[sender]!.length >= MOST_QUEUED
      ) return;
      const allowed = mostGiven - this.given;
      if (allowed <= 0) return;
      const lease = this.#source.take(Math.min(most, allowed));
      if (lease === null) return;
      this.#queues[sender]!.push(lease, this.#senders[sender]!.control);
      this.#firstProbes.give(sender, lease, {
        given: this.#given[sender]!,
        done: this.#senders[sender]!.counters[SEND.done]!,
      });
      this.#given[sender]! += lease.end - lease.first;
      onGive(sender, lease);
    }
  }

  #leaseSize(ratePps: number): number {
    const count = this.#senders.length;
    const wanted = ratePps === 0
      ? LARGEST_LEASE
      : Math.ceil(ratePps * AHEAD_S / count / LEASES_AHEAD);
    // Towards the end of the work, each gets its part of the rest.
    const left = count === 1
      ? LARGEST_LEASE
      : Math.ceil(this.remaining / count / LEASES_AHEAD);
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
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
