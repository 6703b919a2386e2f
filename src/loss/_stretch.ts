import type { PositionRange } from "./position_range.ts";

/** Ratio of the losses of neighbours up to which they are joined, to keep the list short. */
const ALIKE_RATIO = 1.5;

/** A stretch of positions that were sent in the same slices. */
export interface Stretch extends PositionRange {
  readonly passes: number;
  /** Product of the losses of all passes whose verdict is final. */
  readonly residual: number;
  /** Whether one of these verdicts rests on evidence. */
  readonly isKnown: boolean;
  /** Slices whose verdict may still change. */
  readonly open: readonly number[];
  /** Handed out to be sent again, not yet reported as sent. */
  readonly isTaken: boolean;
}

/** Positions that were sent in one slice only. */
export function sentOnce(id: number, first: number, end: number): Stretch {
  return {
    first,
    end,
    passes: 1,
    residual: 1,
    isKnown: false,
    open: [id],
    isTaken: false,
  };
}

/** Whether two stretches can be joined without forgetting much. */
export function isAlike(a: Stretch, b: Stretch): boolean {
  return a.end === b.first && isAtRest(a) && isAtRest(b) &&
    a.passes === b.passes && a.isKnown === b.isKnown &&
    Math.max(a.residual, b.residual) <
      ALIKE_RATIO * Math.min(a.residual, b.residual);
}

/** One stretch of two neighbours and of what lies between them, with their mean loss. */
export function joined(a: Stretch, b: Stretch): Stretch {
  const [before, after] = [a.end - a.first, b.end - b.first];
  return {
    ...a,
    end: b.end,
    passes: Math.min(a.passes, b.passes),
    residual: (a.residual * before + b.residual * after) / (before + after),
    isKnown: a.isKnown && b.isKnown,
  };
}

/** Waits for nothing: neither a verdict nor that it is sent. */
export function isAtRest({ open, isTaken }: Stretch): boolean {
  return open.length === 0 && !isTaken;
}

/**
 * The same stretches, some of them joined across the gaps between them: the smallest gaps first, until at most `most`
 * are left or none can be joined. What lies in a gap is covered twice.
 */
export function thinOut(all: readonly Stretch[], most: number): Stretch[] {
  const gaps = all.slice(1).map((one, at) => one.first - all[at]!.end);
  const excess = all.length - most;
  if (excess <= 0) return [...all];
  const limit = gaps.toSorted((a, b) => a - b)[excess - 1]!;
  const kept: Stretch[] = [];
  for (const [at, one] of all.entries()) {
    const last = kept.at(-1);
    if (
      last !== undefined && gaps[at - 1]! <= limit && isAtRest(last) &&
      isAtRest(one)
    ) kept[kept.length - 1] = joined(last, one);
    else kept.push(one);
  }
  return kept;
}
