import { joinRanges, type PositionRange } from "./position_range.ts";
import {
  isAlike,
  joined,
  sentOnce,
  type Stretch,
  thinOut,
} from "./_stretch.ts";
import type { SliceVerdict } from "./slice.ts";

/** A range to send again. */
export interface RepairWork extends PositionRange {
  /** 1 for the first repetition. */
  readonly pass: number;
}

/** What the repair plan has to know of the scan. */
export interface RepairOptions {
  /** Share of lost packets that is accepted. */
  readonly lossTarget: number;
  /** How often a position is sent at most, the first time included. */
  readonly maxPasses: number;
}

/** Stretches that are told apart at most: what is beyond is sent again together with what lies between. */
const MOST_STRETCHES = 1 << 14;

/** How much of the scan was covered. */
export interface Coverage {
  /** Share of the positions sent whose remaining loss is within the target. */
  readonly covered: number;
  /** Expected share of the round trips that were lost in every pass. */
  readonly loss: number;
  /** Share of the positions sent of whose loss nothing is known. */
  readonly unknown: number;
  /** Positions that were sent, but not covered, in order. */
  readonly uncovered: readonly PositionRange[];
}

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
  /** Not settled, by position. */
  #stretches: Stretch[] = [];
  /** Sent often enough, and not covered. */
  #uncovered: Stretch[] = [];
  #settledPositions = 0;
  #settledLoss = 0;
  #unknownPositions = 0;

  constructor(options: RepairOptions) {
    this.#options = options;
  }

  /** Slices whose verdict may still change; the driver asks for these and calls `judge`. */
  get openSlices(): readonly number[] {
    return [...this.#verdicts.keys()];
  }

  /** Whether some verdict is still to come. */
  get isWaiting(): boolean {
    return this.#verdicts.size > 0;
  }

  /** Learns that the slice `id` has sent these positions. */
  add(id: number, ranges: readonly PositionRange[]): void {
    this.#verdicts.set(id, {
      kind: "unknown",
      loss: 1,
      estimate: null,
      isRipe: false,
      isFinal: false,
    });
    for (const range of ranges) {
      if (range.end > range.first) this.#cover(id, range);
    }
  }

  /** Learns the present verdict on a slice. */
  judge(id: number, verdict: SliceVerdict): void {
    if (!this.#verdicts.has(id)) return;
    if (!verdict.isFinal) {
      this.#verdicts.set(id, verdict);
      return;
    }
    this.#verdicts.delete(id);
    const isKnown = isEvidence(verdict);
    this.#stretches = this.#stretches.map((stretch) =>
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
    let chosen: Stretch | null = null;
    let at = -1;
    for (const [index, stretch] of this.#stretches.entries()) {
      if (chosen !== null && stretch.passes >= chosen.passes) continue;
      if (!this.#isReady(stretch)) continue;
      chosen = stretch;
      at = index;
    }
    if (chosen === null) return null;
    const { first, passes } = chosen;
    const end = Math.min(chosen.end, first + Math.max(1, most));
    const parts = [{ ...chosen, end, isTaken: true }];
    if (end < chosen.end) parts.push({ ...chosen, first: end });
    this.#stretches.splice(at, 1, ...parts);
    return { first, end, pass: passes };
  }

  /** How much was covered, in view of the present verdicts. */
  coverage(): Coverage {
    let known = this.#settledPositions;
    let covered = known;
    let lost = this.#settledLoss;
    let unknown = this.#unknownPositions;
    const uncovered: PositionRange[] = [];
    for (const stretch of [...this.#uncovered, ...this.#stretches]) {
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

  #cover(id: number, { first, end }: PositionRange): void {
    const last = this.#stretches.at(-1);
    if (last === undefined || last.end <= first) {
      this.#stretches.push(sentOnce(id, first, end));
      return;
    }
    const kept: Stretch[] = [];
    let at = first;
    for (const stretch of this.#stretches) {
      const from = Math.max(stretch.first, first);
      const to = Math.min(stretch.end, end);
      if (from >= to) {
        kept.push(stretch);
        continue;
      }
      if (stretch.first < from) kept.push({ ...stretch, end: from });
      if (at < from) kept.push(sentOnce(id, at, from));
      kept.push({
        ...stretch,
        first: from,
        end: to,
        passes: stretch.passes + 1,
        open: [...stretch.open, id],
        isTaken: false,
      });
      if (to < stretch.end) kept.push({ ...stretch, first: to });
      at = to;
    }
    if (at < end) kept.push(sentOnce(id, at, end));
    kept.sort((a, b) => a.first - b.first);
    this.#stretches = kept;
  }

  /** Takes out what is settled, and joins neighbours that have become alike. */
  #settle(): void {
    const { lossTarget, maxPasses } = this.#options;
    const kept: Stretch[] = [];
    for (const stretch of this.#stretches) {
      const { first, end, residual, open, passes, isKnown, isTaken } = stretch;
      if (open.length > 0 || isTaken) {
        kept.push(stretch);
      } else if (!isKnown) {
        this.#unknownPositions += end - first;
      } else if (residual <= lossTarget) {
        this.#settledPositions += end - first;
        this.#settledLoss += (end - first) * residual;
      } else {
        pushJoined(passes >= maxPasses ? this.#uncovered : kept, stretch);
      }
    }
    this.#stretches = thinOut(kept, MOST_STRETCHES);
    this.#uncovered = thinOut(this.#uncovered, MOST_STRETCHES);
  }
}

/** Whether a verdict says more than what was thought before there were data. */
function isEvidence({ kind, estimate }: SliceVerdict): boolean {
  return kind !== "unknown" || estimate !== null;
}

function pushJoined(list: Stretch[], stretch: Stretch): void {
  const last = list.at(-1);
  if (last !== undefined && isAlike(last, stretch)) {
    list[list.length - 1] = joined(last, stretch);
  } else list.push(stretch);
}
