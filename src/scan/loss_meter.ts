import { type FollowUpOutcome, FollowUps } from "../loss/mod.ts";
import {
  AnswerMap,
  makeRecordHead,
  type RecordHead,
  RecordQueue,
  type RecordQueueMemory,
  SEND,
  WorkQueue,
} from "../shm/mod.ts";
import type { AnswerMapMemory } from "../shm/mod.ts";
import type { TargetSpace } from "../targets/mod.ts";
import type { SenderMemory } from "./workers.ts";

/** Follow-ups that wait for the sender at most, so that none is old when it leaves. */
const MAX_QUEUED = 256;

/** What has happened to follow-ups, by their numbers. */
export interface LossEvents {
  /** Answered just now. */
  readonly answered: readonly number[];
  /** Handed to the sender just now. */
  readonly sent: readonly number[];
  /** Old enough to be silent if they are not answered: each follow-up once, in the order of sending. */
  readonly settled: readonly FollowUpOutcome[];
}

/** What a loss meter works with. */
export interface LossMeterParts {
  readonly answers: AnswerMapMemory;
  readonly samples: RecordQueueMemory;
  readonly senders: readonly SenderMemory[];
  readonly space: TargetSpace;
  /** Number of the first probe that is a follow-up. */
  readonly firstFollowUp: number;
  /** Share of all packets that may be follow-ups; 0 for none, for `offReason`. */
  readonly share: number;
  readonly offReason: string;
}

/**
 * Asks a sample of the hosts that have answered once more, by way of the sender, and gathers what came
 * of it: the loss of the round trip, measured while scanning.
 */
export class LossMeter {
  /** First answers by position. */
  readonly answers: AnswerMap;
  readonly #followUps: FollowUps;
  readonly #samples: RecordQueue;
  readonly #queues: readonly WorkQueue[];
  readonly #parts: LossMeterParts;
  readonly #head: RecordHead = makeRecordHead();

  /** Why no follow-ups are sent, or an empty string. */
  get offReason(): string {
    return this.#parts.share > 0 ? "" : this.#parts.offReason;
  }

  constructor(parts: LossMeterParts) {
    this.#parts = parts;
    this.answers = new AnswerMap(parts.answers);
    this.#samples = new RecordQueue(parts.samples);
    this.#queues = parts.senders.map(({ followUps }) =>
      new WorkQueue(followUps)
    );
    this.#followUps = new FollowUps({
      share: parts.share,
      firstProbeNumber: parts.firstFollowUp,
    });
  }

  /**
   * Takes in what has been answered, hands out follow-ups that are due, and tells what has happened since
   * the last call.
   *
   * @param heardS all answers that had arrived by then are in the queue of samples
   * @param isSending false: no further follow-ups, since their loss would not be that of the scan
   */
  update(
    nowS: number,
    heardS: number,
    packetsSent: number,
    isSending: boolean,
  ): LossEvents {
    const answered = this.#takeSamples(nowS);
    const sent: number[] = [];
    while (isSending) {
      const sender = this.#followUps.spent % this.#queues.length;
      const queue = this.#queues[sender]!;
      if (queue.length >= MAX_QUEUED) break;
      const next = this.#followUps.take(nowS, packetsSent);
      if (next === null) break;
      const { id, position, probeNumber } = next;
      const work = { first: position, end: position + 1, probeNumber };
      queue.push(work, this.#parts.senders[sender]!.control);
      sent.push(id);
    }
    const settled = this.#followUps.settle(nowS, this.#left(), heardS);
    return { answered, sent, settled };
  }

  /** Follow-ups that have left, up to the first that has not; the senders get them in turn. */
  #left(): number {
    const { senders } = this.#parts;
    const firstHeld = senders.map(({ counters }, sender) =>
      sender + counters[SEND.followUps]! * senders.length
    );
    return Math.min(this.#followUps.spent, ...firstHeld);
  }

  /** Takes in the answers; returns the numbers of the follow-ups among what was answered. */
  #takeSamples(nowS: number): number[] {
    const { firstFollowUp, space } = this.#parts;
    const head = this.#head;
    const answered: number[] = [];
    while (this.#samples.shift(head) >= 0) {
      const position = space.positionOf(head.targetAddress, head.targetPort);
      if (head.probeNumber >= firstFollowUp) {
        const id = this.#followUps.followUpAnswered(
          position,
          head.probeNumber,
          nowS,
        );
        if (id >= 0) answered.push(id);
      } else {
        this.#followUps.answered(position, nowS);
      }
      this.#samples.release();
    }
    return answered;
  }
}
