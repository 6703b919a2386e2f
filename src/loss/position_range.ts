/** A range of positions, from `first` up to `end`. */
export interface PositionRange {
  /** The first position. */
  readonly first: number;
  /** One behind the last. */
  readonly end: number;
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

/** Number of positions in all ranges. */
export function countPositions(ranges: readonly PositionRange[]): number {
  return ranges.reduce((sum, { first, end }) => sum + end - first, 0);
}
