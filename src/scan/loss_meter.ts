import {
  deadSinceS,
  type FollowUpEvents,
  FollowUps,
  type GivenWork,
  type LossEstimate,
  LossWatch,
  type PathLoss,
  ResponseDelay,
  type SendMoment,
  type Slice,
  SliceLog,
} from "../loss/mod.ts";
import {
  type Answer,
  AnswerQueue,
  type AnswerQueueMemory,
  type Counters,
  RECEIVE,
  SEND,
  WorkQueue,
} from "../shm/mod.ts";
import { type MeasuredPath, MOST_EVIDENCE } from "../checkpoint/mod.ts";
import type { AskedOnce } from "./asked_once.ts";
import type { SenderMemory } from "./scan_memory.ts";

/** Follow-ups that wait for a sender at most, so that none is old when it leaves. */
const MOST_QUEUED = 256;

/** How the loss is measured. */
export interface LossMeterOptions {
  readonly answers: AnswerQueueMemory;
  readonly receiverCounters: Counters;
  readonly senders: readonly SenderMemory[];
  readonly probesPerTarget: number;
  /** Share of all packets that may be follow-ups; 0: there are none. */
  readonly followUpShare: number;
  /** How long an answer is waited for at most, in seconds. */
  readonly longestDelayS: number;
  /**
   * What earlier runs of the scan have found out.
   *
   * @default {null} there was no earlier run
   */
  readonly before?: Pick<MeasuredPath, "delay" | "evidence"> | null;
  /**
   * Who may be asked again in this run, as there may be several.
   *
   * @default {null} every host may
   */
  readonly asking?: AskedOnce | null;
}

/**
 * Measures the loss of the round trip while scanning: attributes each answer to the slice of the scan that asked for
 * it, asks a sample of the hosts that have answered once more, and gathers what came of it.
 */
export class LossMeter {
  /** How long answers take. */
  readonly delay: ResponseDelay;
  readonly #options: LossMeterOptions;
  readonly #answers: AnswerQueue;
  readonly #log: SliceLog;
  readonly #followUps: FollowUps;
  /** One for each probe to a target. */
  readonly #watches: readonly LossWatch[];
  readonly #queues: readonly WorkQueue[];
  readonly #answer: Answer = {
    position: 0,
    probeNumber: 0,
    isEligible: false,
    isAgain: false,
  };
  #refused = 0;
  /** Moments after which it is not known yet whether the receiver has caught up: time and its count. */
  readonly #unheard: { readonly nowS: number; readonly caughtUp: number }[] =
    [];
  #heardS = -Infinity;

  constructor(options: LossMeterOptions, startS: number) {
    const { followUpShare: share, longestDelayS: longestS } = options;
    const { before = null, probesPerTarget, senders } = options;
    this.#options = options;
    this.#answers = new AnswerQueue(options.answers);
    this.delay = new ResponseDelay(longestS);
    const { delay } = this;
    if (before !== null) delay.restore(before.delay);
    this.#log = new SliceLog({
      senders: senders.length,
      startS,
      delay,
      longestS,
    });
    this.#followUps = new FollowUps({
      share,
      firstProbeNumber: probesPerTarget,
      delay,
      longestS,
    });
    this.#watches = Array.from(
      { length: probesPerTarget },
      (_, number) => new LossWatch(delay, longestS, before?.evidence[number]),
    );
    this.#queues = senders.map(({ followUps }) => new WorkQueue(followUps));
  }

  /** All answers that had arrived by then are counted; -Infinity: nothing is known yet. */
  get heardS(): number {
    return this.#heardS;
  }

  /** Learns of work that a sender was given. */
  give(sender: number, work: GivenWork): void {
    this.#log.give(sender, work);
  }

  /** Learns that targets are probed again, in a pass above 0. */
  repeat(pass: number): void {
    this.#answers.pass = Math.max(this.#answers.pass, pass);
  }

  /** As `SliceLog.advance`. */
  advance(moment: SendMoment, leastS: number): readonly Slice[] {
    // First, as follow-ups that have left by now belong to the slice that may close.
    this.#log.follow(this.#settle(moment.nowS, this.#heardS));
    const closed = this.#log.advance(moment, leastS);
    for (const slice of closed) {
      // What is sent again has been watched when it was sent first.
      const isRepair = slice.pass > 0 && slice.probeNumber === 0;
      if (!isRepair) this.#watches[slice.probeNumber]!.add(slice);
    }
    return closed;
  }

  /**
   * Takes in what has been answered. To be called often: when an answer is taken tells how long it took.
   *
   * @param readDone reads the positions finished by each sender: after it is known which answers have come, so that
   * what they answer is known to be sent
   */
  collect(nowS: number, readDone: () => readonly number[]): void {
    this.#listen(nowS);
    const { length } = this.#answers;
    this.#log.progress(readDone());
    this.#takeAnswers(nowS, length);
  }

  /**
   * Hands out follow-ups that are due, and settles those whose time is over.
   *
   * @param isSending false: no further follow-ups, since their loss would not be that of the scan
   */
  update(nowS: number, isSending: boolean): void {
    if (isSending) this.#handOut(nowS);
    this.#log.follow(this.#settle(nowS, this.#heardS));
    if (this.#heardS === -Infinity) return;
    this.#log.age(this.#heardS);
    for (const watch of this.#watches) watch.update(this.#heardS);
  }

  /** Learns that no answer is waited for any more: what is open is silent, and no slice too young. */
  finish(nowS: number): void {
    this.#takeAnswers(nowS, this.#answers.length);
    this.#log.follow(this.#settle(nowS, Infinity));
    for (const watch of this.#watches) watch.update(Infinity);
  }

  /** The slices whose answers are still waited for, oldest first, as far as all that came is counted. */
  slices(): readonly Slice[] {
    return this.#log.ended(this.#heardS);
  }

  /** Since when next to nothing of what was sent has been answered; null: the latest slices do not tell. */
  deadSinceS(gateways: number): number | null {
    const { remembered } = this.#log;
    return deadSinceS(remembered, this.#heardS, this.delay.delayS, gateways);
  }

  /** Learns that what was sent since `sinceS` went nowhere, so that it tells nothing; returns what that was. */
  takeBack(sinceS: number, localLosses: number): readonly Slice[] {
    this.#followUps.discardOpen();
    return this.#log.takeBack(sinceS, localLosses);
  }

  /** Loss on the way in the last seconds; null: not enough data. */
  recent(): LossEstimate | null {
    return this.#watches.findLast((watch) => watch.hasBegun)?.recent() ?? null;
  }

  /** Loss on the way in the whole scan so far, earlier runs included, of each probe to a target. */
  whole(): readonly PathLoss[] {
    return this.#watches.map((watch) => watch.whole());
  }

  /** The same in this run. */
  ofRun(): readonly PathLoss[] {
    return this.#watches.map((watch) => watch.ofRun());
  }

  /** What a later run of the scan goes on from. */
  memory(): Pick<MeasuredPath, "delay" | "evidence"> {
    const most = Math.floor(MOST_EVIDENCE / this.#watches.length);
    return {
      delay: this.delay.memory(),
      evidence: this.#watches.map((watch) => watch.evidence(most)),
    };
  }

  /**
   * Finds out up to when answers are counted. A receiver that is late would look like loss: what matters is
   * the time up to which it has worked off all that was captured, which it has twice since then.
   */
  #listen(nowS: number): void {
    const caughtUp = this.#options.receiverCounters[RECEIVE.caughtUp]!;
    while (
      this.#unheard.length > 0 && caughtUp >= this.#unheard[0]!.caughtUp + 2
    ) this.#heardS = this.#unheard.shift()!.nowS;
    this.#unheard.push({ nowS, caughtUp });
  }

  #takeAnswers(nowS: number, most: number): void {
    const { asking = null, probesPerTarget } = this.#options;
    const answer = this.#answer;
    for (let taken = 0; taken < most; taken++) {
      this.#answers.shift(answer);
      const { isAgain, position, probeNumber } = answer;
      if (isAgain) {
        this.#log.answeredAgain(position);
        continue;
      }
      if (probeNumber >= probesPerTarget) {
        this.#followUps.followUpAnswered(position, probeNumber, nowS);
        continue;
      }
      // By the clock that ages are told by: what is heard late would look like a slow host.
      const first = this.#log.answered(position, nowS);
      // Later passes may meet hosts that were asked again before.
      if (first === null || first.pass > 0 || !answer.isEligible) continue;
      if (asking !== null && !asking.mayBeAsked(position)) continue;
      this.#followUps.answered(position, nowS, first.delayS);
    }
    const { refused } = this.#answers;
    if (refused === this.#refused) return;
    this.#refused = refused;
    this.#followUps.discardOpen();
    this.#log.disturb(nowS);
  }

  #handOut(nowS: number): void {
    const accepted = this.#sum(SEND.accepted);
    for (;;) {
      const sender = this.#followUps.spent % this.#queues.length;
      const queue = this.#queues[sender]!;
      if (queue.length >= MOST_QUEUED) return;
      const next = this.#followUps.take(nowS, accepted);
      if (next === null) return;
      const { position, probeNumber } = next;
      const work = { first: position, end: position + 1, probeNumber };
      queue.push(work, this.#options.senders[sender]!.control);
    }
  }

  /** Follow-ups have left up to the first that has not; the senders get them in turn. */
  #settle(nowS: number, heardS: number): FollowUpEvents {
    const { senders } = this.#options;
    const firstHeld = senders.map(({ counters }, sender) =>
      sender + counters[SEND.followUps]! * senders.length
    );
    const left = Math.min(this.#followUps.spent, ...firstHeld);
    return this.#followUps.settle(nowS, left, heardS);
  }

  #sum(slot: number): number {
    return this.#options.senders.reduce(
      (total, { counters }) => total + counters[slot]!,
      0,
    );
  }
}
