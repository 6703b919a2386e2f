import type { PositionRange, SliceReport } from "../../src/loss/mod.ts";
import type { SimulatedChance } from "./_simulated_network.ts";

/** A slice as the driver keeps it: the report with counts that grow, and the truth. */
export type SimulatedSlice =
  & { -readonly [Key in keyof SliceReport]: SliceReport[Key] }
  & {
    readonly ranges: PositionRange[];
    /** Packets sent, and how many of their round trips failed. */
    sent: number;
    lost: number;
  };

/** Length of a step of the simulation. */
export const STEP_S = 0.01;
const FOLLOW_UP_SPACING_STEPS = 100;
const FOLLOW_UP_TIMEOUT_STEPS = 100;
/** Classes that the round-trip times are spread over. */
const RTT_CLASSES = 8;

interface Arrival {
  readonly slice: SimulatedSlice;
  readonly answers: number;
  readonly followUpsAnswered: number;
  readonly followUpsSilent: number;
}

/** What was sent in a step. */
export interface SentStep {
  readonly step: number;
  readonly slice: SimulatedSlice;
  /** Share of the round trips that succeed, and time spent in a queue. */
  readonly share: number;
  readonly queueS: number;
  readonly followUps: number;
}

/** The hosts behind the network, and what comes back from them when. */
export class SimulatedHosts {
  readonly #chance: SimulatedChance;
  readonly #hitRate: number;
  readonly #rttS: readonly [number, number];
  readonly #isAlive: Uint8Array | null;
  readonly #isFound: Uint8Array | null;
  readonly #arrivals = new Map<number, Arrival[]>();
  /** Hosts that become due for a follow-up, by step. */
  readonly #due = new Map<number, number>();
  #responders = 0;

  constructor(
    chance: SimulatedChance,
    options: {
      readonly hitRate: number;
      readonly targets: number | null;
      readonly rttS: readonly [number, number];
    },
  ) {
    const { hitRate, targets, rttS } = options;
    this.#chance = chance;
    this.#hitRate = hitRate;
    this.#rttS = rttS;
    this.#isAlive = targets === null
      ? null
      : new Uint8Array(targets).map(() => chance.next() < hitRate ? 1 : 0);
    this.#isFound = targets === null ? null : new Uint8Array(targets);
  }

  /** Share of the live targets that have answered; 1 without targets. */
  get found(): number {
    if (this.#isAlive === null) return 1;
    let alive = 0;
    let found = 0;
    for (let at = 0; at < this.#isAlive.length; at++) {
      alive += this.#isAlive[at]!;
      found += this.#isFound![at]!;
    }
    return found / alive;
  }

  /** Hosts to send a follow-up to now, at most `most`. */
  takeFollowUps(most: number): number {
    const taken = Math.min(most, this.#responders);
    this.#responders -= taken;
    return taken;
  }

  /** Answers `count` probes to hosts that are not told apart, and the follow-ups. */
  answerMany(count: number, sent: SentStep): void {
    this.#answer(
      this.#chance.binomial(count, sent.share * this.#hitRate),
      sent,
    );
  }

  /** Answers probes to these targets, and the follow-ups. */
  answerTargets(ranges: readonly PositionRange[], sent: SentStep): void {
    const { share } = sent;
    let answers = 0;
    for (const { first, end } of ranges) {
      for (let at = first; at < end; at++) {
        if (this.#isAlive![at] === 0 || this.#isFound![at] === 1) continue;
        if (share < 1 && this.#chance.next() >= share) continue;
        this.#isFound![at] = 1;
        answers++;
      }
    }
    this.#answer(answers, sent);
  }

  /** Adds what arrives in this step to the counts of its slices. */
  receive(step: number): void {
    for (const arrival of this.#arrivals.get(step) ?? []) {
      const { slice, answers, followUpsAnswered, followUpsSilent } = arrival;
      slice.answers += answers;
      slice.followUpsAnswered += followUpsAnswered;
      slice.followUpsSilent += followUpsSilent;
      // Two follow-ups at most: half of the hosts that answered one had their first.
      const due = answers + Math.floor(followUpsAnswered / 2);
      const dueStep = step + FOLLOW_UP_SPACING_STEPS;
      this.#due.set(dueStep, (this.#due.get(dueStep) ?? 0) + due);
    }
    this.#arrivals.delete(step);
    this.#responders += this.#due.get(step) ?? 0;
    this.#due.delete(step);
  }

  #answer(answers: number, sent: SentStep): void {
    const { step, slice, share, queueS, followUps } = sent;
    const answered = this.#chance.binomial(followUps, share);
    const [shortestS, longestS] = this.#rttS;
    const classes = longestS > shortestS ? RTT_CLASSES : 1;
    let answersLeft = answers;
    let followUpsLeft = answered;
    for (let at = 0; at < classes; at++) {
      const spreadS = (longestS - shortestS) * (at + 0.5) / classes;
      const rttS = shortestS + spreadS + queueS;
      const part = 1 / (classes - at);
      const now = this.#chance.binomial(answersLeft, part);
      const followUpsNow = this.#chance.binomial(followUpsLeft, part);
      answersLeft -= now;
      followUpsLeft -= followUpsNow;
      this.#arrive(step + Math.max(1, Math.ceil(rttS / STEP_S)), {
        slice,
        answers: now,
        followUpsAnswered: followUpsNow,
        followUpsSilent: 0,
      });
    }
    this.#arrive(step + FOLLOW_UP_TIMEOUT_STEPS, {
      slice,
      answers: 0,
      followUpsAnswered: 0,
      followUpsSilent: followUps - answered,
    });
  }

  #arrive(step: number, arrival: Arrival): void {
    const list = this.#arrivals.get(step);
    if (list === undefined) this.#arrivals.set(step, [arrival]);
    else list.push(arrival);
  }
}
