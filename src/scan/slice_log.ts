import type { PositionRange, SliceReport } from "../loss/mod.ts";
import type { AnswerMap } from "../shm/mod.ts";
import type { LossEvents } from "./loss_meter.ts";

/** A range that was given to a sender. */
export interface GivenWork extends PositionRange {
  /** 0 when its targets are probed for the first time. */
  readonly pass: number;
}

/** What is known at one moment of what has been sent. */
export interface SendMoment {
  readonly nowS: number;
  /** Positions finished by each sender, of all work so far. */
  readonly done: readonly number[];
  /** The rate that was asked for since the last moment. */
  readonly ratePps: number;
  /** Packets that the machine itself has lost so far. */
  readonly localLosses: number;
}

/** A slice closes after this time. */
const SLICE_S = 0.1;
/** A slice has at least this many blocks of the answer map, so that its edges matter little. */
const MIN_BLOCKS = 8;
/** A slice is reported for this long: answers that come later do not count. */
const REPORT_S = 8;

interface Slice {
  readonly id: number;
  readonly startS: number;
  readonly endS: number;
  readonly ratePps: number;
  readonly packets: number;
  readonly pass: number;
  readonly ranges: readonly PositionRange[];
  readonly localLosses: number;
  /** Answers that its ranges had before this pass. */
  readonly answersBefore: number;
  followUpsSent: number;
  followUpsAnswered: number;
  followUpsSilent: number;
}

interface FollowUp {
  slice: Slice | null;
  outcome: "open" | "answered" | "silent";
}

/** How far a sender has come. */
interface SenderCourse {
  /** Work that is not wholly in closed slices. */
  readonly works: GivenWork[];
  /** Positions of the first of it that are. */
  offset: number;
  doneAtClose: number;
}

/** Positions of one pass. */
interface Part {
  readonly pass: number;
  readonly ranges: PositionRange[];
  packets: number;
}

function count(slice: Slice, outcome: "answered" | "silent"): void {
  if (outcome === "answered") slice.followUpsAnswered++;
  else slice.followUpsSilent++;
}

/**
 * Cuts the scan into slices of time, each of which is a few ranges of positions, and knows of each what
 * the controller of the rate has to know.
 */
export class SliceLog {
  readonly #answers: AnswerMap;
  readonly #senders: SenderCourse[];
  #lossesAtClose = 0;
  #startS: number;
  #nextId = 0;
  #recent: Slice[] = [];
  /** Follow-ups that are not settled, by number. */
  readonly #followUps = new Map<number, FollowUp>();
  /** Those whose slice is not closed yet. */
  #unassigned: number[] = [];

  constructor(answers: AnswerMap, senders: number, nowS: number) {
    this.#answers = answers;
    this.#senders = Array.from(
      { length: senders },
      () => ({ works: [], offset: 0, doneAtClose: 0 }),
    );
    this.#startS = nowS;
  }

  /** Learns of a range, in the order in which its sender gets them. */
  give(sender: number, work: GivenWork): void {
    this.#senders[sender]!.works.push(work);
  }

  /** Closes the slice that has been sent since the last one if it is long enough, or if `isForced`. */
  advance(
    moment: SendMoment,
    isForced: boolean,
  ): { readonly id: number; readonly ranges: readonly PositionRange[] }[] {
    const count = this.#senders.reduce(
      (sum, { doneAtClose }, sender) =>
        sum + moment.done[sender]! - doneAtClose,
      0,
    );
    const isLong = moment.nowS - this.#startS >= SLICE_S &&
      count >= MIN_BLOCKS * this.#answers.blockSize;
    if (count === 0) {
      this.#startS = moment.nowS;
      return [];
    }
    if (!isLong && !isForced) return [];
    return this.#close(moment, count);
  }

  /** Learns what has happened to follow-ups. */
  follow({ answered, sent, settled }: LossEvents): void {
    for (const id of sent) {
      this.#followUps.set(id, { slice: null, outcome: "open" });
      this.#unassigned.push(id);
    }
    for (const id of answered) this.#conclude(id, "answered");
    for (const { id, isAnswered } of settled) {
      if (!isAnswered) this.#conclude(id, "silent");
      if (this.#followUps.get(id)?.slice !== null) this.#followUps.delete(id);
    }
  }

  /** The slices that ended in the last seconds before `nowS`, oldest first, with the present counts. */
  reports(nowS: number): SliceReport[] {
    while (
      this.#recent.length > 0 && nowS - this.#recent[0]!.endS > REPORT_S
    ) this.#recent.shift();
    const ended = this.#recent.filter(({ endS }) => endS <= nowS);
    return ended.map((slice) => ({
      ...slice,
      answers: this.#count(slice.ranges) - slice.answersBefore,
    }));
  }

  #close(
    moment: SendMoment,
    count: number,
  ): { id: number; ranges: readonly PositionRange[] }[] {
    const parts = this.#take(moment.done);
    const closed: { id: number; ranges: readonly PositionRange[] }[] = [];
    const seconds = moment.nowS - this.#startS;
    let startS = this.#startS;
    for (const { pass, ranges, packets } of parts) {
      const endS = startS + seconds * packets / count;
      const id = this.#nextId++;
      this.#recent.push({
        id,
        startS,
        endS,
        ratePps: moment.ratePps,
        packets,
        pass,
        ranges,
        localLosses: (moment.localLosses - this.#lossesAtClose) * packets /
          count,
        answersBefore: pass === 0 ? 0 : this.#count(ranges),
        followUpsSent: 0,
        followUpsAnswered: 0,
        followUpsSilent: 0,
      });
      closed.push({ id, ranges });
      startS = endS;
    }
    this.#assign(this.#recent.at(-1)!);
    this.#lossesAtClose = moment.localLosses;
    this.#startS = moment.nowS;
    return closed;
  }

  #conclude(id: number, outcome: "answered" | "silent"): void {
    const followUp = this.#followUps.get(id);
    if (followUp === undefined) return;
    followUp.outcome = outcome;
    if (followUp.slice !== null) count(followUp.slice, outcome);
  }

  #assign(slice: Slice): void {
    slice.followUpsSent = this.#unassigned.length;
    for (const id of this.#unassigned) {
      const followUp = this.#followUps.get(id)!;
      followUp.slice = slice;
      if (followUp.outcome !== "open") count(slice, followUp.outcome);
    }
    this.#unassigned = [];
  }

  /** What was sent since the last slice: one part for each pass, in the order of the passes. */
  #take(done: readonly number[]): Part[] {
    const parts: Part[] = [];
    this.#senders.forEach((course, sender) => {
      let left = done[sender]! - course.doneAtClose;
      course.doneAtClose = done[sender]!;
      while (left > 0) {
        const work = course.works[0]!;
        const first = work.first + course.offset;
        const end = Math.min(work.end, first + left);
        let part = parts.find(({ pass }) => pass === work.pass);
        if (part === undefined) {
          part = { pass: work.pass, packets: 0, ranges: [] };
          parts.push(part);
        }
        part.ranges.push({ first, end });
        part.packets += end - first;
        left -= end - first;
        course.offset += end - first;
        if (end === work.end) {
          course.works.shift();
          course.offset = 0;
        }
      }
    });
    return parts.sort((a, b) => a.pass - b.pass);
  }

  #count(ranges: readonly PositionRange[]): number {
    return ranges.reduce(
      (sum, { first, end }) => sum + this.#answers.count(first, end),
      0,
    );
  }
}
