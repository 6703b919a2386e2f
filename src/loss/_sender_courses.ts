import type { PositionRange } from "./position_range.ts";

/** A range that was given to a sender. */
export interface GivenWork extends PositionRange {
  /** 0 when its targets are probed for the first time. */
  readonly pass: number;
  /** Which of several probes to a target it sends. */
  readonly probeNumber: number;
}

/** Positions of one pass and probe. */
export interface SentPart {
  readonly pass: number;
  readonly probeNumber: number;
  readonly ranges: PositionRange[];
  packets: number;
}

/** How far a sender has come. */
interface SenderCourse {
  /** Work that is not wholly in closed slices. */
  readonly works: GivenWork[];
  /** Positions of the first of it that are. */
  offset: number;
  /** Positions that were sent, of all work so far: when the last slice was closed, and as was told last. */
  doneAtClose: number;
  done: number;
}

/** What the senders were given, and how far they have come with it. */
export class SenderCourses {
  readonly #courses: readonly SenderCourse[];

  /** @param senders how many there are */
  constructor(senders: number) {
    this.#courses = Array.from(
      { length: senders },
      () => ({ works: [], offset: 0, doneAtClose: 0, done: 0 }),
    );
  }

  /** Learns of a range, in the order in which its sender gets them. */
  give(sender: number, work: GivenWork): void {
    this.#courses[sender]!.works.push(work);
  }

  /** Learns how many positions each sender has finished. */
  progress(done: readonly number[]): void {
    for (const [sender, course] of this.#courses.entries()) {
      course.done = done[sender]!;
    }
  }

  /** Positions that were sent since they were taken last. */
  get sent(): number {
    return this.#courses.reduce(
      (sum, { done, doneAtClose }) => sum + done - doneAtClose,
      0,
    );
  }

  /**
   * The work that holds a position and was not taken wholly; null where that is not sent yet, as far as is known:
   * `ahead` is how many positions more may be.
   */
  workUnderWay(position: number, ahead: number): GivenWork | null {
    for (const { done, doneAtClose, offset, works } of this.#courses) {
      let left = done - doneAtClose + ahead;
      for (const [index, work] of works.entries()) {
        if (left <= 0) break;
        const first = index === 0 ? work.first + offset : work.first;
        const end = Math.min(work.end, first + left);
        if (position >= first && position < end) return work;
        left -= end - first;
      }
    }
    return null;
  }

  /** What was sent since the last call: one part for each pass and probe number, in their order. */
  take(): SentPart[] {
    const parts: SentPart[] = [];
    for (const course of this.#courses) {
      let left = course.done - course.doneAtClose;
      course.doneAtClose = course.done;
      while (left > 0) {
        const work = course.works[0]!;
        const first = work.first + course.offset;
        const end = Math.min(work.end, first + left);
        const part = partOf(parts, work);
        part.ranges.push({ first, end });
        part.packets += end - first;
        left -= end - first;
        course.offset += end - first;
        if (end === work.end) {
          course.works.shift();
          course.offset = 0;
        }
      }
    }
    return parts.sort((a, b) =>
      a.pass - b.pass || a.probeNumber - b.probeNumber
    );
  }
}

function partOf(
  parts: SentPart[],
  { pass, probeNumber }: GivenWork,
): SentPart {
  const known = parts.find((part) =>
    part.pass === pass && part.probeNumber === probeNumber
  );
  if (known !== undefined) return known;
  const part = { pass, probeNumber, packets: 0, ranges: [] };
  parts.push(part);
  return part;
}
