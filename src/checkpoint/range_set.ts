import { countPositions, type PositionRange } from "../loss/mod.ts";

/** A set of positions, kept as the fewest ranges in order. Meant for few ranges: changing it takes time in proportion. */
export class RangeSet {
  #ranges: PositionRange[] = [];

  constructor(ranges: Iterable<PositionRange> = []) {
    for (const range of ranges) this.add(range);
  }

  /** Its ranges, in order; no two of them touch. */
  get ranges(): readonly PositionRange[] {
    return this.#ranges;
  }

  /** Number of positions. */
  get count(): number {
    return countPositions(this.#ranges);
  }

  /** Whether a position is in it. */
  has(position: number): boolean {
    const range = this.#ranges[this.#firstEndingAt(position + 1)];
    return range !== undefined && range.first <= position;
  }

  /** Adds all positions of a range; an empty one changes nothing. */
  add({ first, end }: PositionRange): void {
    if (end <= first) return;
    const ranges = this.#ranges;
    const from = this.#firstEndingAt(first);
    let to = from;
    while (to < ranges.length && ranges[to]!.first <= end) to++;
    const joined = to === from ? { first, end } : {
      first: Math.min(first, ranges[from]!.first),
      end: Math.max(end, ranges[to - 1]!.end),
    };
    ranges.splice(from, to - from, joined);
  }

  /** Takes out all positions of a range. */
  remove({ first, end }: PositionRange): void {
    if (end <= first) return;
    const ranges = this.#ranges;
    const from = this.#firstEndingAt(first + 1);
    let to = from;
    while (to < ranges.length && ranges[to]!.first < end) to++;
    if (to === from) return;
    const left = { first: ranges[from]!.first, end: first };
    const right = { first: end, end: ranges[to - 1]!.end };
    const rest = [left, right].filter((one) => one.end > one.first);
    ranges.splice(from, to - from, ...rest);
  }

  /** Index of the first range that ends at `position` or behind it. */
  #firstEndingAt(position: number): number {
    let low = 0;
    let high = this.#ranges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#ranges[middle]!.end < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The positions of `ranges` that are in none of `others`. */
export function without(
  ranges: readonly PositionRange[],
  others: Iterable<PositionRange>,
): readonly PositionRange[] {
  const set = new RangeSet(ranges);
  for (const other of others) set.remove(other);
  return set.ranges;
}

/**
 * At most `most` ranges that hold all positions of `ranges`, and as few others as possible: the smallest gaps are
 * closed.
 *
 * @param ranges in order, no two of which touch
 */
export function coarsen(
  ranges: readonly PositionRange[],
  most: number,
): readonly PositionRange[] {
  if (ranges.length <= most) return ranges;
  const gaps = ranges.slice(1).map(({ first }, i) => ({
    index: i + 1,
    size: first - ranges[i]!.end,
  }));
  gaps.sort((a, b) => a.size - b.size || a.index - b.index);
  const closed = new Set(
    gaps.slice(0, ranges.length - most).map(({ index }) => index),
  );
  const all: PositionRange[] = [];
  for (const [index, { first, end }] of ranges.entries()) {
    const last = all.at(-1);
    if (last !== undefined && closed.has(index)) {
      all[all.length - 1] = { first: last.first, end };
    } else all.push({ first, end });
  }
  return all;
}
