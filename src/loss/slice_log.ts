import type { FollowUp, FollowUpEvents } from "./follow_ups.ts";
import { PositionIndex, sentAt, type SentRange } from "./position_index.ts";
import { PositionMarks } from "./_position_marks.ts";
import {
  type GivenWork,
  SenderCourses,
  type SentPart,
} from "./_sender_courses.ts";
import type { DelayCounts, ResponseDelay } from "./response_delay.ts";
import { SliceMemory } from "./_slice_memory.ts";
import type { Slice } from "./slice.ts";

/** What is known at one moment of what has been sent. */
export interface SendMoment {
  /** Monotonic time in seconds. */
  readonly nowS: number;
  /** Positions finished by each sender, of all work so far. */
  readonly done: readonly number[];
  /** The rate that was asked for since the last moment. */
  readonly ratePps: number;
  /** Packets that the machine itself has lost so far. */
  readonly localLosses: number;
}

/** What a target's first answer tells. One object serves a whole scan. */
export interface FirstAnswer {
  /** Time that it took at most, in seconds. */
  readonly delayS: number;
  /** 0 when its target was probed for the first time. */
  readonly pass: number;
}

/** How a scan is cut into slices. */
export interface SliceLogOptions {
  /** How many senders there are. */
  readonly senders: number;
  /** When sending begins. */
  readonly startS: number;
  /** Learns how long answers take. */
  readonly delay: ResponseDelay;
  /** How long an answer is waited for at most, in seconds. */
  readonly longestS: number;
}

/** A slice has at least so many packets, unless something else closes it: fewer are no rate. */
const LEAST_PACKETS = 8;

/** Positions that a sender may have sent beyond what it has counted: its batches, and those of the device. */
const ANSWERS_AHEAD = 4096;

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };
interface Entry {
  readonly slice: Writable<Slice>;
  readonly delays: DelayCounts;
}

/**
 * Cuts the scan into slices of time, each of which is a few ranges of positions, and counts for each what came of
 * it: an answer's position tells which slice sent its probe. Slices are kept as long as answers are waited for.
 */
export class SliceLog {
  readonly #options: SliceLogOptions;
  readonly #senders: SenderCourses;
  readonly #index = new PositionIndex<Entry>();
  #entries: Entry[] = [];
  /** What may have to be sent again, oldest first. */
  readonly #memory = new SliceMemory();
  readonly #answer: Writable<FirstAnswer> = { delayS: 0, pass: 0 };
  /** Whether answers to the slice under way were lost between the threads. */
  #isDisturbed = false;
  #lossesAtClose = 0;
  #startS: number;
  #nextId = 0;
  /** Answers to probes whose slice is not closed yet. */
  #early: { readonly positions: number[]; readonly timesS: number[] } = {
    positions: [],
    timesS: [],
  };
  /** The same of targets that had answered before. */
  #earlyAgain: number[] = [];
  readonly #sliceOf = new Map<FollowUp, Writable<Slice>>();
  /** Follow-ups whose slice is not closed yet. */
  #unassigned: FollowUp[] = [];

  /** Begins with no slice. */
  constructor(options: SliceLogOptions) {
    this.#options = options;
    this.#startS = options.startS;
    this.#senders = new SenderCourses(options.senders);
  }

  /** Learns of a range, in the order in which its sender gets them. */
  give(sender: number, work: GivenWork): void {
    this.#senders.give(sender, work);
  }

  /** Learns how many positions each sender has finished. */
  progress(done: readonly number[]): void {
    this.#senders.progress(done);
  }

  /**
   * Closes the slice that has been sent since the last one if it has lasted `leastS` seconds, or whatever its length if
   * that is 0; returns what was closed: one slice for each pass and probe number.
   */
  advance(moment: SendMoment, leastS: number): readonly Slice[] {
    this.progress(moment.done);
    const count = this.#senders.sent;
    if (count === 0) {
      this.#startS = moment.nowS;
      return [];
    }
    const isLong = count >= LEAST_PACKETS &&
      moment.nowS - this.#startS >= leastS;
    return isLong || leastS === 0 ? this.#close(moment, count) : [];
  }

  /**
   * Counts the first answer of the target at `position`; null when its probe was not sent lately, so that nothing
   * follows from it. What is returned holds until the next call.
   *
   * @param heardS all answers that had arrived by then were told of before, or are about to be
   */
  answered(position: number, heardS: number): FirstAnswer | null {
    const answer = this.#answer;
    // Looked at first, as what is sent again counts for its latest slice.
    const work = this.#senders.workUnderWay(position, ANSWERS_AHEAD);
    if (work !== null) {
      this.#early.positions.push(position);
      this.#early.timesS.push(heardS);
      answer.delayS = Math.max(0, heardS - this.#startS);
      answer.pass = work.pass;
      return answer;
    }
    const found = this.#index.find(position);
    if (found === undefined) return null;
    answer.delayS = this.#count(found, position, heardS);
    answer.pass = found.owner.slice.pass;
    return answer;
  }

  /**
   * Notes the answer of a target that had answered before: where its latest probe was sent in a later pass, it says
   * what became of that.
   */
  answeredAgain(position: number): void {
    const work = this.#senders.workUnderWay(position, ANSWERS_AHEAD);
    if (work !== null) this.#earlyAgain.push(position);
    else this.#countAgain(position);
  }

  /** Learns what has happened to follow-ups. */
  follow({ left, changed }: FollowUpEvents): void {
    for (const followUp of left) {
      if (followUp.outcome !== "void") this.#unassigned.push(followUp);
    }
    for (const { followUp, before } of changed) {
      const slice = this.#sliceOf.get(followUp);
      if (slice === undefined) continue;
      count(slice, before, -1);
      count(slice, followUp.outcome, 1);
      if (followUp.outcome === "void") slice.followUpsSent--;
    }
  }

  /** Learns that answers were lost between the threads: what may have been among them tells nothing. */
  disturb(nowS: number): void {
    const oldestS = nowS - this.#options.delay.timeoutS;
    for (const { slice } of this.#entries) {
      if (slice.endS < oldestS) continue;
      slice.isDisturbed = true;
      slice.heard.isComplete = false;
    }
    this.#isDisturbed = true;
  }

  /** The slices of the last minute that were not taken back, oldest first, whether or not all answers are counted. */
  get remembered(): readonly Slice[] {
    return this.#memory.slices;
  }

  /**
   * Learns that what was sent since `sinceS` went nowhere, whatever the path lets through: it tells nothing. Returns
   * the slices that sent it; to be called when the slice under way was closed.
   *
   * @param localLosses packets that the machine itself has lost so far
   */
  takeBack(sinceS: number, localLosses: number): readonly Slice[] {
    this.#lossesAtClose = localLosses;
    const taken = this.#memory.takeBack(sinceS);
    const gone = new Set<Slice>(taken);
    for (const [followUp, slice] of this.#sliceOf) {
      if (gone.has(slice)) this.#sliceOf.delete(followUp);
    }
    return taken;
  }

  /** Learns how long answers take from the slices that have ended by `heardS`, and forgets the oldest ones. */
  age(heardS: number): void {
    const { delay, longestS } = this.#options;
    for (const { slice, delays } of this.#entries) {
      if (slice.pass === 0 && !slice.isDisturbed) {
        delay.pass(delays, heardS - slice.endS);
      }
    }
    for (const { slice, delays } of this.#entries) {
      slice.lateAnswers = delay.unknown(delays);
    }
    delay.update(heardS);
    const oldestS = heardS - longestS;
    const oldest = this.#entries[0];
    if (oldest === undefined || oldest.slice.endS >= oldestS) return;
    this.#entries = this.#entries.filter(({ slice }) => slice.endS >= oldestS);
    this.#index.forget(oldestS);
    for (const [followUp, slice] of this.#sliceOf) {
      if (slice.endS >= oldestS - longestS) break;
      this.#sliceOf.delete(followUp);
    }
  }

  /** The slices that have ended by `heardS` and whose answers are still waited for, oldest first. */
  ended(heardS: number): readonly Slice[] {
    return this.#entries.map(({ slice }) => slice).filter(({ endS }) =>
      endS <= heardS
    );
  }

  #count(
    range: SentRange<Entry>,
    position: number,
    heardS: number,
  ): number {
    const { delays, slice } = range.owner;
    const delayS = Math.max(0, heardS - sentAt(range, position));
    slice.answers++;
    slice.heard.mark(position);
    if (slice.pass === 0) this.#options.delay.add(delays, delayS);
    return delayS;
  }

  #countAgain(position: number): void {
    const slice = this.#index.find(position)?.owner.slice;
    if (slice !== undefined && slice.pass > 0) slice.heard.mark(position);
  }

  #close(moment: SendMoment, total: number): Slice[] {
    const parts = this.#senders.take();
    const seconds = moment.nowS - this.#startS;
    let startS = this.#startS;
    const closed: Slice[] = [];
    for (const part of parts) {
      const endS = startS + seconds * part.packets / total;
      closed.push(this.#open(part, { moment, startS, endS, total }));
      startS = endS;
    }
    this.#isDisturbed = false;
    this.#lossesAtClose = moment.localLosses;
    this.#startS = moment.nowS;
    this.#assignFollowUps(this.#entries.at(-1)!.slice);
    this.#takeEarly();
    return closed;
  }

  /** Counts the answers to what is in a closed slice by now; others came before their probe was known to be sent. */
  #takeEarly(): void {
    const { positions, timesS } = this.#early;
    this.#early = { positions: [], timesS: [] };
    for (const [at, position] of positions.entries()) {
      const found = this.#index.find(position);
      if (found !== undefined) this.#count(found, position, timesS[at]!);
      else if (this.#senders.workUnderWay(position, Infinity) !== null) {
        this.#early.positions.push(position);
        this.#early.timesS.push(timesS[at]!);
      }
    }
    const again = this.#earlyAgain;
    this.#earlyAgain = [];
    for (const position of again) {
      const work = this.#senders.workUnderWay(position, Infinity);
      if (work !== null) this.#earlyAgain.push(position);
      else this.#countAgain(position);
    }
  }

  #open(
    { packets, pass, probeNumber, ranges }: SentPart,
    { moment, startS, endS, total }: {
      readonly moment: SendMoment;
      readonly startS: number;
      readonly endS: number;
      readonly total: number;
    },
  ): Slice {
    const lost = moment.localLosses - this.#lossesAtClose;
    const slice: Writable<Slice> = {
      id: this.#nextId++,
      startS,
      endS,
      ratePps: moment.ratePps,
      packets,
      pass,
      probeNumber,
      ranges,
      localLosses: lost * packets / total,
      answers: 0,
      heard: new PositionMarks(ranges),
      lateAnswers: 0,
      isDisturbed: this.#isDisturbed,
      followUpsSent: 0,
      followUpsAnswered: 0,
      followUpsSilent: 0,
    };
    slice.heard.isComplete = !slice.isDisturbed;
    const entry = { slice, delays: this.#options.delay.newCounts() };
    this.#entries.push(entry);
    this.#memory.add(slice);
    for (const { first, end } of ranges) {
      this.#index.add({ first, end, startS, endS, owner: entry });
    }
    return slice;
  }

  #assignFollowUps(slice: Writable<Slice>): void {
    for (const followUp of this.#unassigned) {
      if (followUp.outcome === "void") continue;
      slice.followUpsSent++;
      count(slice, followUp.outcome, 1);
      this.#sliceOf.set(followUp, slice);
    }
    this.#unassigned = [];
  }
}

function count(
  slice: Writable<Slice>,
  outcome: FollowUp["outcome"],
  by: number,
): void {
  if (outcome === "answered") slice.followUpsAnswered += by;
  else if (outcome === "silent") slice.followUpsSilent += by;
}
