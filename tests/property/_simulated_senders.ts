import { orderedRate } from "../../src/send/mod.ts";
import { SEND, type Work, WorkQueue } from "../../src/shm/mod.ts";
import type { ScanMemory, SenderMemory } from "../../src/scan/scan_memory.ts";
import type { SimulatedChance } from "./_simulated_chance.ts";

/** Chance of a follow-up to be next while others wait, as in the send loop. */
const FOLLOW_UP_CHANCE = 1 / 48;
/** Credit that may pile up, in seconds of the rate. */
const BURST_S = 0.01;

/** What left in a step: ranges of positions, follow-ups as ranges of one. */
export interface Batch {
  readonly works: Work[];
  count: number;
}

/** The senders of a scan: they take their work from shared memory and count it as the send loop does. */
export class SimulatedSenders {
  readonly #memory: ScanMemory;
  readonly #senders: readonly SimulatedSender[];
  readonly #fastestPps: number;
  #credit = 0;
  /** The sender that begins. */
  #turn = 0;

  /** @param fastestPps what all of them reach where nothing limits the rate */
  constructor(memory: ScanMemory, chance: SimulatedChance, fastestPps: number) {
    this.#memory = memory;
    this.#fastestPps = fastestPps;
    this.#senders = memory.senders.map((one) =>
      new SimulatedSender(one, chance)
    );
  }

  /** What leaves in the next `stepS` seconds. */
  send(stepS: number): Batch {
    const ordered = orderedRate(this.#memory.bucket);
    const ratePps = ordered === 0
      ? this.#fastestPps
      : Math.min(ordered, this.#fastestPps);
    this.#credit = Math.min(
      this.#credit + ratePps * stepS,
      1 + ratePps * (stepS + BURST_S),
    );
    const most = Math.floor(this.#credit);
    const batch = { works: [], count: 0 };
    const count = this.#senders.length;
    for (let at = 0; at < count; at++) {
      const sender = this.#senders[(this.#turn + at) % count]!;
      // What one has no work for is left to the next.
      sender.send(Math.ceil((most - batch.count) / (count - at)), batch);
    }
    this.#turn++;
    this.#credit -= batch.count;
    return batch;
  }
}

class SimulatedSender {
  readonly #memory: SenderMemory;
  readonly #chance: SimulatedChance;
  readonly #queue: WorkQueue;
  readonly #followUps: WorkQueue;
  readonly #work: Work = { first: 0, end: 0, probeNumber: 0 };
  readonly #followUp: Work = { first: 0, end: 0, probeNumber: 0 };
  #next = 0;

  constructor(memory: SenderMemory, chance: SimulatedChance) {
    this.#memory = memory;
    this.#chance = chance;
    this.#queue = new WorkQueue(memory.work);
    this.#followUps = new WorkQueue(memory.followUps);
  }

  send(most: number, batch: Batch): void {
    let left = most;
    while (left > 0) {
      const positions = this.#sendPositions(left, batch);
      left -= positions;
      if (left > 0 && this.#followUps.shift(this.#followUp)) {
        const { first, probeNumber } = this.#followUp;
        this.#count(batch, { first, end: first + 1, probeNumber });
        this.#memory.counters[SEND.followUps]! += 1;
        left--;
      } else if (positions === 0) break;
    }
  }

  /** Sends positions up to the next follow-up; returns how many. */
  #sendPositions(most: number, batch: Batch): number {
    if (this.#next === this.#work.end && this.#queue.shift(this.#work)) {
      this.#next = this.#work.first;
    }
    const { end, probeNumber } = this.#work;
    const before = this.#followUps.length > 0
      ? this.#chance.failures(FOLLOW_UP_CHANCE)
      : most;
    const first = this.#next;
    this.#next = Math.min(end, first + Math.min(most, before));
    if (this.#next === first) return 0;
    this.#count(batch, { first, end: this.#next, probeNumber });
    this.#memory.counters[SEND.done]! += this.#next - first;
    return this.#next - first;
  }

  #count(batch: Batch, work: Work): void {
    const count = work.end - work.first;
    batch.works.push(work);
    batch.count += count;
    this.#memory.counters[SEND.made]! += count;
    this.#memory.counters[SEND.accepted]! += count;
  }
}
