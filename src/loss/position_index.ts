import type { PositionRange } from "./position_range.ts";

/** A range of positions that was sent at one time. */
export interface SentRange<Owner> extends PositionRange {
  readonly owner: Owner;
  /** Monotonic times in seconds between which its packets left, evenly. */
  readonly startS: number;
  readonly endS: number;
}

/**
 * Tells who sent a position last, and when: ranges that were sent lately, in order of position. What is sent again
 * takes the place of what was sent before. Memory follows the number of ranges, not their length.
 */
export class PositionIndex<Owner> {
  /** Disjoint, by position. */
  readonly #ranges: SentRange<Owner>[] = [];
  /** Where the last search ended: answers come nearly in the order of sending. */
  #hint = 0;

  /** Number of ranges that are known. */
  get size(): number {
    return this.#ranges.length;
  }

  /** Adds a range; what was known of its positions is forgotten. */
  add(range: SentRange<Owner>): void {
    const ranges = this.#ranges;
    const last = ranges.at(-1);
    if (last === undefined || last.end <= range.first) {
      ranges.push(range);
      return;
    }
    const from = this.#firstEndingBehind(range.first);
    let to = from;
    const kept: SentRange<Owner>[] = [];
    for (; to < ranges.length && ranges[to]!.first < range.end; to++) {
      const old = ranges[to]!;
      if (old.first < range.first) kept.push(part(old, old.first, range.first));
    }
    kept.push(range);
    const behind = ranges[to - 1];
    if (to > from && behind!.end > range.end) {
      kept.push(part(behind!, range.end, behind!.end));
    }
    ranges.splice(from, to - from, ...kept);
  }

  /** The range that holds a position, or undefined when it was not sent lately. */
  find(position: number): SentRange<Owner> | undefined {
    const ranges = this.#ranges;
    const hinted = ranges[this.#hint];
    if (
      hinted !== undefined && position >= hinted.first && position < hinted.end
    ) return hinted;
    const at = this.#firstEndingBehind(position);
    const found = ranges[at];
    if (found === undefined || found.first > position) return undefined;
    this.#hint = at;
    return found;
  }

  /** Forgets the ranges whose packets left before `oldestS`. */
  forget(oldestS: number): void {
    const ranges = this.#ranges;
    let kept = 0;
    for (const range of ranges) {
      if (range.endS >= oldestS) ranges[kept++] = range;
    }
    ranges.length = kept;
  }

  #firstEndingBehind(position: number): number {
    let low = 0;
    let high = this.#ranges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#ranges[middle]!.end <= position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** When a position of the range was sent, in seconds. */
export function sentAt<Owner>(
  { first, end, startS, endS }: SentRange<Owner>,
  position: number,
): number {
  return startS + (endS - startS) * (position + 1 - first) / (end - first);
}

function part<Owner>(
  range: SentRange<Owner>,
  first: number,
  end: number,
): SentRange<Owner> {
  return {
    ...range,
    first,
    end,
    startS: sentAt(range, first - 1),
    endS: sentAt(range, end - 1),
  };
}
