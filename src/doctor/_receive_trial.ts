import type { PacketSource } from "../backend/mod.ts";
import type { Clock } from "../base/mod.ts";
import {
  ReceiveLoop,
  type ReceiveParts,
  RecentTargets,
  TargetSet,
} from "../receive/mod.ts";
import {
  Command,
  giveCommand,
  makeControl,
  makeCounters,
  makeRecordHead,
  makeRecordQueueMemory,
  RECEIVE,
  RECEIVE_SLOTS,
  RecordQueue,
} from "../shm/mod.ts";
import { answersOf } from "./_trial_targets.ts";
import type { FamilyPlan } from "./family_scan.ts";
import { ReplaySource } from "./_replay_source.ts";

/** Room for the records of one round: 2^19 words of 4 bytes, 1,000 of the longest datagrams. */
const QUEUE_WORD_BITS = 19;
/** How long an answer may take from who sends it to the capture, beyond what the capture holds back. */
const PATIENCE_NS = 20e6;
const LOOK_EVERY_NS = 50_000;
/** Targets that are remembered before the first round: no answer that is replayed is new. */
const WARM_UP_TARGETS = 2 ** 15;

/** What is received, and how. */
export interface ReceiveTrialParts extends
  Pick<
    ReceiveParts,
    "dedup" | "isPortChecked" | "probe" | "validationKey"
  > {
  readonly plan: FamilyPlan;
  /** As of `FamilyTargets`. */
  readonly isWide: boolean;
  readonly capture: PacketSource;
  readonly clock: Clock;
  /** Sends the answers of a round to where `capture` captures; returns how many. */
  send(): number;
  /** Answers of a round at most. */
  readonly batch: number;
  /** How often the answers of the first round are taken again, so that the code is compiled by then. */
  readonly replays: number;
  /** Rounds that are not measured, at least one, and those that are. */
  readonly warmUpRounds: number;
  readonly rounds: number;
}

/** What came of it. */
export interface ReceiveTrialResult {
  /** Answers that the loop has handed over while it was measured, and the time that it took for them. */
  readonly answers: number;
  readonly elapsedNs: number;
  /** Why the capture ended early, or null. */
  readonly error: string | null;
}

/**
 * Runs the real receive loop in the calling thread. Whenever it would sleep, the next answers are sent, and the
 * queue that it fills is emptied; only the time in between is measured.
 */
export function runReceiveTrial(parts: ReceiveTrialParts): ReceiveTrialResult {
  const trial = new ReceiveTrial(parts);
  const error = trial.run();
  return { answers: trial.answers, elapsedNs: trial.elapsedNs, error };
}

class ReceiveTrial {
  answers = 0;
  elapsedNs = 0;
  readonly #parts: ReceiveTrialParts;
  readonly #source: ReplaySource;
  readonly #control = makeControl();
  readonly #counters = makeCounters(RECEIVE_SLOTS);
  readonly #queue = new RecordQueue(makeRecordQueueMemory(QUEUE_WORD_BITS));
  readonly #head = makeRecordHead();
  readonly #loop: ReceiveLoop;
  #replays: number;
  #round = -1;
  /** Answers that had been seen when the round began, and that will have been when it is over. */
  #before = 0;
  #expected = 0;
  #handedOver = 0;
  /** When the loop last began to work, and when the round is over whatever is missing. */
  #startNs = 0;
  #deadlineNs = 0;

  constructor(parts: ReceiveTrialParts) {
    this.#parts = parts;
    this.#replays = parts.replays;
    this.#source = new ReplaySource(parts.capture, {
      feed: () => this.#whenIdle(),
      capacity: parts.batch,
      snapLengthBytes: parts.probe.snapLengthBytes,
    });
    const { dedup, isPortChecked, isWide, plan, probe, validationKey } = parts;
    this.#loop = new ReceiveLoop({
      ...answersOf(plan, probe, isWide),
      strays: null,
      dedup,
      isPortChecked,
      validationKey,
      source: this.#source,
      control: this.#control,
      counters: this.#counters,
      queue: this.#queue,
      // Answers that are replayed are repeats; all others are the first successes of their targets.
      filter: { isSuccessOnly: true, isUniqueOnly: false },
    });
  }

  run(): string | null {
    warmUpDedup(this.#parts);
    giveCommand(this.#control, Command.run);
    return this.#loop.run();
  }

  #whenIdle(): void {
    const { clock } = this.#parts;
    const nowNs = clock.nowNs();
    this.#account(nowNs);
    this.#emptyQueue();
    const isComplete = this.#counters[RECEIVE.seen]! >= this.#expected;
    if (isComplete || nowNs >= this.#deadlineNs) this.#goOn();
    else {
      // Some are still on their way: waiting for them is not the receiver's work.
      clock.sleepUntil(nowNs + LOOK_EVERY_NS);
    }
    this.#startNs = clock.nowNs();
  }

  #account(nowNs: number): void {
    const handedOver = this.#counters[RECEIVE.handedOver]!;
    const answers = handedOver - this.#handedOver;
    this.#handedOver = handedOver;
    if (this.#round < this.#parts.warmUpRounds || answers === 0) return;
    this.answers += answers;
    this.elapsedNs += nowNs - this.#startNs;
  }

  /** As the main thread does, which is another one in a scan. */
  #emptyQueue(): void {
    while (this.#queue.shift(this.#head) >= 0) this.#queue.release();
  }

  #goOn(): void {
    const { rounds, warmUpRounds } = this.#parts;
    const isFirst = this.#round < 0;
    const hasNothing = this.#counters[RECEIVE.seen]! === this.#before;
    if (!isFirst && hasNothing || this.#round + 1 === warmUpRounds + rounds) {
      giveCommand(this.#control, Command.stop);
    } else if (isFirst || this.#replays === 0) this.#beginRound();
    else {
      this.#replays--;
      this.#source.replay();
    }
  }

  #beginRound(): void {
    const { capture, clock, send } = this.#parts;
    this.#round++;
    this.#before = this.#counters[RECEIVE.seen]!;
    this.#expected = this.#before + send();
    this.#deadlineNs = clock.nowNs() + PATIENCE_NS + capture.holdMs * 1e6;
  }
}

/** Lets the code that remembers targets be compiled, with memory of its own. */
function warmUpDedup(
  { dedup, isWide }: Pick<ReceiveTrialParts, "dedup" | "isWide">,
): void {
  if (dedup.method === "none") return;
  const seen = dedup.method === "window"
    ? new RecentTargets(dedup.size, 0)
    : new TargetSet(isWide, 0);
  for (let address = 0; address < WARM_UP_TARGETS; address++) {
    if (!seen.has(address, 0)) seen.add(address, 0);
  }
}
