import { markAll, PositionMarks } from "./_position_marks.ts";
import {
  countPositions,
  joinRanges,
  type PositionRange,
} from "./position_range.ts";
import {
  cut,
  insert,
  insertJoined,
  isAtRest,
  sentOnce,
  type Stretch,
} from "./_stretch.ts";
import {
  fewerStretches,
  rememberedStretches,
  type RepairMemory,
  withoutRanges,
} from "./repair_memory.ts";
import type {
  Coverage,
  RepairOptions,
  RepairWork,
  Repeats,
} from "./repair_terms.ts";
import type { SliceVerdict } from "./slice.ts";

/** Positions that wait to be sent again for which it is known who has answered: a bit each. */
const MOST_KNOWN = 2 ** 28;

/**
 * Keeps account of which positions have to be sent again. What is left of the loss after several passes is
 * the product of their losses, as these strike at random. A position is settled when that product is within
 * the target, or after the last pass. Of what no evidence tells, nothing follows: it is not sent again, and counted
 * apart.
 *
 * Order: what was sent least often first, then by position. To be asked when the first pass is over:
 * by then the path is known best, and a disturbance has had time to pass.
 */
export class RepairPlan {
  readonly #options: RepairOptions;
  readonly #verdicts = new Map<number, SliceVerdict>();
  /** Stretches whose verdict is open, or that are being sent again, by position. */
  #moving: Stretch[] = [];
  /** Lossy ones that are to be sent again: by the number of passes, each by position. */
  readonly #waiting: Stretch[][];
  /** Sent often enough, and not covered. */
  #uncovered: Stretch[] = [];
  #settledPositions = 0;
  #settledLoss = 0;
  #unknownPositions = 0;
  /** Of slices that were sent again, the targets that had answered before, and those that have answered to it. */
  readonly #again = new Map<
    number,
    { readonly alive: PositionMarks; readonly heard: PositionMarks }
  >();

  /** Knows of nothing to send again yet. */
  constructor(options: RepairOptions) {
    this.#options = options;
    this.#waiting = Array.from({ length: options.maxPasses }, () => []);
    const { before = null } = options;
    if (before === null) return;
    this.#settledPositions = before.memory.settledPositions;
    this.#settledLoss = before.memory.settledLoss;
    this.#unknownPositions = before.memory.unknownPositions;
    for (const stretch of rememberedStretches(before)) {
      insert(this.#moving, stretch);
    }
    this.#settle();
  }

  /**
   * What a later run of the scan has to know, in view of the present verdicts: at most `most` stretches.
   *
   * @param unsent what that run will send as if it were for the first time, in order
   */
  memory(most: number, unsent: readonly PositionRange[]): RepairMemory {
    let [settled, loss, unknown] = [
      this.#settledPositions,
      this.#settledLoss,
      this.#unknownPositions,
    ];
    const open: Stretch[] = [...this.#uncovered, ...this.#waiting.flat()];
    for (const stretch of this.#moving) {
      const length = countPositions(withoutRanges(stretch, unsent));
      const isKnown = this.#isKnown(stretch);
      const residual = this.#residual(stretch);
      if (stretch.isTaken || (isKnown && residual > this.#options.lossTarget)) {
        open.push({ ...stretch, residual, isKnown, open: [], isTaken: false });
      } else if (isKnown) {
        settled += length;
        loss += length * residual;
      } else unknown += length;
    }
    return {
      settledPositions: settled,
      settledLoss: loss,
      unknownPositions: unknown,
      stretches: fewerStretches(open, most),
    };
  }

  /** Slices whose verdict may still change; the driver asks for these and calls `judge`. */
  get openSlices(): readonly number[] {
    return [...this.#verdicts.keys()];
  }

  /** What became of the targets of a slice that had answered before it was sent; null: it is not known. */
  repeatsOf(id: number): Repeats | null {
    const again = this.#again.get(id);
    if (again === undefined) return null;
    const { alive, heard } = again;
    return alive.isComplete && heard.isComplete
      ? { asked: alive.count, answered: alive.countIn(heard) }
      : null;
  }

  /** Whether some verdict is still to come. */
  get isWaiting(): boolean {
    return this.#verdicts.size > 0;
  }

  /**
   * Learns that the slice `id` has sent these positions.
   *
   * @param heard grows as their targets answer
   */
  add(
    id: number,
    ranges: readonly PositionRange[],
    heard: PositionMarks = new PositionMarks(ranges),
  ): void {
    this.#verdicts.set(id, {
      kind: "unknown",
      loss: 1,
      estimate: null,
      isRipe: false,
      isFinal: false,
    });
    const alive = new PositionMarks(ranges);
    for (const range of ranges) {
      if (range.end > range.first) this.#cover(id, { alive, heard, range });
    }
  }

  /**
   * Learns that the slice `id` went nowhere, whatever the path lets through: it counts as not sent. Returns what has
   * thereby not been sent at all, and is not sent again unless the driver does it; null: the slice is settled.
   */
  takeBack(id: number): readonly PositionRange[] | null {
    if (!this.#verdicts.delete(id)) return null;
    this.#again.delete(id);
    const unsent: PositionRange[] = [];
    this.#moving = this.#moving.flatMap((stretch): Stretch[] => {
      if (!stretch.open.includes(id)) return [stretch];
      const { first, end, passes } = stretch;
      if (passes === 1) {
        unsent.push({ first, end });
        return [];
      }
      const open = stretch.open.filter((one) => one !== id);
      return [{ ...stretch, passes: passes - 1, open }];
    });
    this.#settle();
    return joinRanges(unsent);
  }

  /** Learns the present verdict on a slice. */
  judge(id: number, verdict: SliceVerdict): void {
    if (!this.#verdicts.has(id)) return;
    if (!verdict.isFinal) {
      this.#verdicts.set(id, verdict);
      return;
    }
    this.#verdicts.delete(id);
    this.#again.delete(id);
    const isKnown = isEvidence(verdict);
    this.#moving = this.#moving.map((stretch) =>
      stretch.open.includes(id)
        ? {
          ...stretch,
          residual: stretch.residual * (isKnown ? verdict.loss : 1),
          isKnown: stretch.isKnown || isKnown,
          open: stretch.open.filter((one) => one !== id),
        }
        : stretch
    );
    this.#settle();
  }

  /**
   * The next range to send again, of at most `most` positions, or null: then nothing is left if `isWaiting`
   * is false. What is handed out has to be sent and reported with `add`.
   */
  next(most: number): RepairWork | null {
    const ripe = this.#moving.filter((stretch) => this.#isReady(stretch));
    const heads = this.#waiting.flatMap((list) => list.slice(0, 1));
    let chosen: Stretch | undefined = undefined;
    for (const one of [...heads, ...ripe]) {
      if (chosen === undefined || comesBefore(one, chosen)) chosen = one;
    }
    if (chosen === undefined) return null;
    const { first, passes } = chosen;
    const end = Math.min(chosen.end, first + Math.max(1, most));
    const rest = { ...chosen, first: end };
    const list = this.#waiting[passes]!;
    if (list[0] === chosen) {
      if (end < chosen.end) list[0] = rest;
      else list.shift();
    } else {
      const at = this.#moving.indexOf(chosen);
      this.#moving.splice(at, 1, ...(end < chosen.end ? [rest] : []));
    }
    insert(this.#moving, { ...chosen, end, isTaken: true });
    return { first, end, pass: passes };
  }

  /** What would be sent again if all verdicts stayed as they are, in order, but for what is handed out. */
  wanted(): readonly RepairWork[] {
    const { lossTarget, maxPasses } = this.#options;
    const wanted = [...this.#waiting.flat(), ...this.#moving].filter((one) =>
      !one.isTaken && one.passes < maxPasses && this.#isKnown(one) &&
      this.#residual(one) > lossTarget
    );
    return wanted.map(({ end, first, passes }) => ({
      first,
      end,
      pass: passes,
    })).sort((a, b) => a.pass - b.pass || a.first - b.first);
  }

  /** How much was covered, in view of the present verdicts. */
  coverage(): Coverage {
    let known = this.#settledPositions;
    let covered = known;
    let lost = this.#settledLoss;
    let unknown = this.#unknownPositions;
    const uncovered: PositionRange[] = [];
    for (
      const stretch of [
        ...this.#uncovered,
        ...this.#waiting.flat(),
        ...this.#moving,
      ]
    ) {
      const length = stretch.end - stretch.first;
      if (!this.#isKnown(stretch)) {
        unknown += length;
        continue;
      }
      const residual = this.#residual(stretch);
      known += length;
      lost += length * residual;
      if (residual <= this.#options.lossTarget) covered += length;
      else uncovered.push(stretch);
    }
    uncovered.sort((a, b) => a.first - b.first);
    return {
      covered: known === 0 ? 0 : covered / known,
      loss: known === 0 ? 0 : lost / known,
      unknown: known + unknown === 0 ? 0 : unknown / (known + unknown),
      uncovered: joinRanges(uncovered),
    };
  }

  /** Whether a stretch may be sent again: its verdicts are final, or at least good enough to act on. */
  #isReady(stretch: Stretch): boolean {
    const { open, passes, isTaken } = stretch;
    if (isTaken || passes >= this.#options.maxPasses) return false;
    return open.every((id) => this.#verdicts.get(id)?.isRipe ?? true) &&
      this.#isKnown(stretch) &&
      this.#residual(stretch) > this.#options.lossTarget;
  }

  #isKnown({ isKnown, open }: Stretch): boolean {
    return isKnown ||
      open.some((id) => {
        const verdict = this.#verdicts.get(id);
        return verdict !== undefined && isEvidence(verdict);
      });
  }

  #residual({ residual, open }: Stretch): number {
    let product = residual;
    for (const id of open) {
      const verdict = this.#verdicts.get(id);
      if (verdict !== undefined && isEvidence(verdict)) product *= verdict.loss;
    }
    return product;
  }

  #cover(
    id: number,
    { alive, heard, range }: {
      readonly range: PositionRange;
      readonly alive: PositionMarks;
      readonly heard: PositionMarks;
    },
  ): void {
    const { first, end } = range;
    let at = first;
    const covered: Stretch[] = [];
    const take = (list: readonly Stretch[]): Stretch[] =>
      list.flatMap((stretch) => {
        const parts = cut(stretch, range);
        if (parts.inside !== null) covered.push(parts.inside);
        return parts.outside;
      });
    this.#moving = take(this.#moving);
    // What was handed out is moving: then there is no need to look further.
    if (countPositions(covered) < end - first) {
      for (const [passes, list] of this.#waiting.entries()) {
        const overlaps = list.length > 0 && list[0]!.first < end &&
          list.at(-1)!.end > first;
        if (overlaps) this.#waiting[passes] = take(list);
      }
    }
    for (const stretch of covered) {
      const isKnown = stretch.heard !== null &&
        markAll(alive, stretch, stretch.heard);
      alive.isComplete &&= isKnown;
      this.#again.set(id, { alive, heard });
    }
    for (const stretch of covered.sort((a, b) => a.first - b.first)) {
      if (at < stretch.first) {
        const between = { first: at, end: stretch.first };
        insert(this.#moving, sentOnce(id, heard, between));
      }
      insert(this.#moving, {
        ...stretch,
        passes: stretch.passes + 1,
        heard: stretch.heard === null ? null : [...stretch.heard, heard],
        open: [...stretch.open, id],
        isTaken: false,
      });
      at = stretch.end;
    }
    if (at < end) insert(this.#moving, sentOnce(id, heard, { first: at, end }));
  }

  /** Takes out what is settled, and joins neighbours that have become alike. */
  #settle(): void {
    const { lossTarget, maxPasses } = this.#options;
    const kept: Stretch[] = [];
    for (const stretch of this.#moving) {
      const { first, end, residual, passes, isKnown } = stretch;
      if (!isAtRest(stretch)) {
        kept.push(stretch);
      } else if (!isKnown) {
        this.#unknownPositions += end - first;
      } else if (residual <= lossTarget) {
        this.#settledPositions += end - first;
        this.#settledLoss += (end - first) * residual;
      } else if (passes >= maxPasses) {
        const last = { ...stretch, heard: null };
        this.#uncovered = insertJoined(this.#uncovered, last);
      } else {
        const list = this.#waiting[passes]!;
        const isMuch = countPositions(this.#waiting.flat()) > MOST_KNOWN;
        const next = isMuch ? { ...stretch, heard: null } : stretch;
        this.#waiting[passes] = insertJoined(list, next);
      }
    }
    this.#moving = kept;
  }
}

/** Whether a verdict says more than what was thought before there were data. */
function isEvidence({ kind, estimate }: SliceVerdict): boolean {
  return kind !== "unknown" || estimate !== null;
}

/** What was sent least often comes first, then what lies before. */
function comesBefore(a: Stretch, b: Stretch): boolean {
  return a.passes < b.passes || (a.passes === b.passes && a.first < b.first);
}
