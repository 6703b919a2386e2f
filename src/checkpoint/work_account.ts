import type { PositionRange } from "../loss/mod.ts";
import { RangeSet, without } from "./range_set.ts";

/** Work that was given to a sender, or is to be given to one. */
export interface AccountedWork extends PositionRange {
  /** 0 when its targets are probed for the first time. */
  readonly pass: number;
  /** Which of several probes to the same target this is. */
  readonly probeNumber: number;
}

/** Ranges that are sent again in one pass. */
export interface RepairRanges {
  /** 1 for the first repetition. */
  readonly pass: number;
  readonly ranges: readonly PositionRange[];
}

/** What a scan that goes on from here still has to send. */
export interface UnsettledWork {
  /** For each probe to a target, from the first on, the positions that still need it. */
  readonly planned: readonly (readonly PositionRange[])[];
  /** What is sent again, by pass, with the first probe; nothing of it is in `planned`. */
  readonly repairs: readonly RepairRanges[];
  /**
   * Of what still needs the first probe, the positions that may have got one already: their hosts may have answered,
   * and been asked again, although nothing is known of that.
   *
   * @default {[]}
   */
  readonly touched?: readonly PositionRange[];
}

/** What a work account starts from. */
export interface WorkAccountOptions {
  readonly work: UnsettledWork;
  readonly senders: number;
  /** How long answers are waited for: the cooldown, in seconds. */
  readonly waitS: number;
}

/** Notes of progress within the time that answers are waited for; and the shortest time between two, in seconds. */
const NOTES = 64;
const SHORTEST_NOTE_S = 0.02;
/** Notes at most, while nothing is heard: then every second one is dropped. */
const MOST_NOTES = 1024;

/** Work of one sender, in the order in which it is sent. */
interface Given extends AccountedWork {
  /** How many positions the sender was given before it. */
  readonly startsAt: number;
  /** Positions that are to be sent again whatever becomes of it. */
  voided: PositionRange[];
}

/** How far each sender had come at some time. */
interface Note {
  readonly atS: number;
  readonly done: readonly number[];
}

/**
 * Knows at any moment which positions are settled: sent so long ago that no answer is waited for any more, with all
 * answers that came taken in. All others have to be sent by a scan that goes on from here.
 *
 * Each sender works off what it is given in order, so the number of positions that it has done says which. A
 * position counts as sent at the first look that found it done, which is late rather than early; looks may be left
 * out, as the next one is later still. Leases merge when they are settled: what is left is a few ranges.
 */
export class WorkAccount {
  readonly #waitS: number;
  readonly #planned: readonly RangeSet[];
  readonly #repairs = new Map<number, RangeSet>();
  /** Positions that were given out for the first probe, or may have been in an earlier run. */
  readonly #touched: RangeSet;
  readonly #given: Given[][];
  readonly #givenCount: number[];
  #notes: Note[] = [];

  constructor({ senders, waitS, work }: WorkAccountOptions) {
    this.#waitS = waitS;
    this.#planned = work.planned.map((ranges) => new RangeSet(ranges));
    for (const { pass, ranges } of work.repairs) {
      this.#repairs.set(pass, new RangeSet(ranges));
    }
    this.#touched = new RangeSet(work.touched);
    this.#given = Array.from({ length: senders }, () => []);
    this.#givenCount = this.#given.map(() => 0);
  }

  /** Learns that a sender was given work, behind all that it had. */
  give(sender: number, work: AccountedWork): void {
    const startsAt = this.#givenCount[sender]!;
    this.#givenCount[sender] = startsAt + work.end - work.first;
    this.#given[sender]!.push({ ...work, startsAt, voided: [] });
    if (work.probeNumber === 0) this.#touched.add(work);
  }

  /**
   * Learns that positions are to be sent, or sent again, by work that is given later. What was given of the same
   * pass before settles them no more.
   */
  again(work: AccountedWork): void {
    this.#setOf(work).add(work);
    for (const given of this.#given.flat()) {
      const isSame = given.probeNumber === work.probeNumber &&
        (given.probeNumber > 0 || given.pass === work.pass);
      if (!isSame || given.end <= work.first || given.first >= work.end) {
        continue;
      }
      given.voided.push({ first: work.first, end: work.end });
    }
  }

  /** Learns how many positions each sender has done by now. */
  progress(nowS: number, done: readonly number[]): void {
    const last = this.#notes.at(-1);
    const leastS = Math.max(this.#waitS / NOTES, SHORTEST_NOTE_S);
    if (last !== undefined && nowS - last.atS < leastS) return;
    if (last?.done.every((count, sender) => count === done[sender])) return;
    this.#notes.push({ atS: nowS, done: [...done] });
    if (this.#notes.length <= MOST_NOTES) return;
    this.#notes = this.#notes.filter((_, index) => index % 2 === 1);
  }

  /** Learns that all answers that had arrived by `heardS` are taken in. */
  settle(heardS: number): void {
    let reached: Note | null = null;
    while (
      this.#notes.length > 0 && this.#notes[0]!.atS + this.#waitS <= heardS
    ) reached = this.#notes.shift()!;
    if (reached === null) return;
    this.#given.forEach((given, sender) =>
      this.#settleSender(given, reached.done[sender]!)
    );
  }

  /**
   * What a scan that goes on from here has to send.
   *
   * @param ahead how many further positions may be given out before the next call
   */
  unsettled(ahead = 0): UnsettledWork {
    const first = this.#planned[0]?.ranges ?? [];
    const untouched = without(first, this.#touched.ranges);
    const repairs = [...this.#repairs].map(([pass, set]) => ({
      pass,
      ranges: without(set.ranges, first),
    }));
    return {
      planned: this.#planned.map(({ ranges }) => [...ranges]),
      touched: without(first, without(untouched, head(untouched, ahead))),
      repairs: repairs.filter(({ ranges }) => ranges.length > 0)
        .sort((a, b) => a.pass - b.pass),
    };
  }

  #settleSender(given: Given[], done: number): void {
    let whole = 0;
    for (const work of given) {
      const length = work.end - work.first;
      const sent = Math.min(length, done - work.startsAt);
      if (sent <= 0) break;
      const range = { first: work.first, end: work.first + sent };
      const set = this.#setOf(work);
      for (const part of without([range], work.voided)) {
        set.remove(part);
        // A position that is sent again needs no first probe any more.
        if (work.probeNumber === 0) this.#planned[0]!.remove(part);
      }
      if (sent < length) break;
      whole++;
    }
    given.splice(0, whole);
  }

  /** The positions for which this kind of work is waited for. */
  #setOf({ pass, probeNumber }: AccountedWork): RangeSet {
    if (probeNumber > 0 || pass === 0) return this.#planned[probeNumber]!;
    const found = this.#repairs.get(pass) ?? new RangeSet();
    this.#repairs.set(pass, found);
    return found;
  }
}

/** The first `count` positions of ranges. */
function head(
  ranges: readonly PositionRange[],
  count: number,
): readonly PositionRange[] {
  let left = count;
  return ranges.flatMap(({ end, first }) => {
    const to = Math.min(end, first + left);
    left -= Math.max(0, to - first);
    return to > first ? [{ first, end: to }] : [];
  });
}
