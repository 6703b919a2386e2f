/** A range of positions, from `first` up to `end`. */
export interface PositionRange {
  readonly first: number;
  readonly end: number;
}

/** Ratio of the losses of neighbours up to which they are joined, to keep the list short. */
const ALIKE_RATIO = 1.5;

/** A stretch of positions that were sent in the same slices. */
export interface Stretch {
  readonly first: number;
  readonly end: number;
  readonly passes: number;
  /** Product of the losses of all passes whose verdict is final. */
  readonly residual: number;
  /** Slices whose verdict may still change. */
  readonly open: readonly number[];
  /** Handed out to be sent again, not yet reported as sent. */
  readonly isTaken: boolean;
}

/** Positions that were sent in one slice only. */
export function sentOnce(id: number, first: number, end: number): Stretch {
  return { first, end, passes: 1, residual: 1, open: [id], isTaken: false };
}

/** Whether two stretches can be joined without forgetting much. */
export function isAlike(a: Stretch, b: Stretch): boolean {
  return a.end === b.first && a.passes === b.passes && !a.isTaken &&
    !b.isTaken && a.open.length === 0 && b.open.length === 0 &&
    Math.max(a.residual, b.residual) <
      ALIKE_RATIO * Math.min(a.residual, b.residual);
}

/** One stretch of two neighbours, with their mean loss. */
export function joined(a: Stretch, b: Stretch): Stretch {
  const [before, after] = [a.end - a.first, b.end - b.first];
  const residual = (a.residual * before + b.residual * after) /
    (before + after);
  return { ...a, end: b.end, residual };
}

/** The same positions in as few ranges as possible; `ranges` are in order. */
export function joinRanges(ranges: readonly PositionRange[]): PositionRange[] {
  const all: PositionRange[] = [];
  for (const { first, end } of ranges) {
    const last = all.at(-1);
    if (last !== undefined && last.end === first) {
      all[all.length - 1] = { first: last.first, end };
    } else all.push({ first, end });
  }
  return all;
}
