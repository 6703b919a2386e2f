import type { PositionMarks } from "./_position_marks.ts";
import type { PositionRange } from "./position_range.ts";

/** Ratio of the losses of neighbours up to which they are joined, to keep the list short. */
const ALIKE_RATIO = 1.5;

/** Stretches of a list that are told apart: what is beyond is sent again together with what lies between. */
const MOST_STRETCHES = 1 << 14;

/** Slices of a stretch for which it is known who has answered. */
const MOST_HEARD = 64;

/** A stretch of positions that were sent in the same slices. */
export interface Stretch extends PositionRange {
  readonly passes: number;
  /** Product of the losses of all passes whose verdict is final. */
  readonly residual: number;
  /** Whether one of these verdicts rests on evidence. */
  readonly isKnown: boolean;
  /** Which of them have answered to each pass; null: nobody knows. */
  readonly heard: readonly PositionMarks[] | null;
  /** Slices whose verdict may still change. */
  readonly open: readonly number[];
  /** Handed out to be sent again, not yet reported as sent. */
  readonly isTaken: boolean;
}

/** Positions that were sent in one slice only. */
export function sentOnce(
  id: number,
  heard: PositionMarks,
  { end, first }: PositionRange,
): Stretch {
  return {
    first,
    end,
    passes: 1,
    residual: 1,
    isKnown: false,
    heard: [heard],
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
  const share = (one: number, other: number): number =>
    (one * before + other * after) / (before + after);
  return {
    ...a,
    end: b.end,
    passes: Math.min(a.passes, b.passes),
    residual: share(a.residual, b.residual),
    heard: heardOfBoth(a, b),
    isKnown: a.isKnown && b.isKnown,
  };
}

/** Nobody knows of what lies between two stretches; and of many slices, to look is slow. */
function heardOfBoth(a: Stretch, b: Stretch): Stretch["heard"] {
  if (a.heard === null || b.heard === null || a.end !== b.first) return null;
  const both = [...new Set([...a.heard, ...b.heard])];
  return both.length > MOST_HEARD ? null : both;
}

/** Waits for nothing: neither a verdict nor that it is sent. */
export function isAtRest({ open, isTaken }: Stretch): boolean {
  return open.length === 0 && !isTaken;
}

/** What of a stretch lies in a range, and what does not. */
export function cut(
  stretch: Stretch,
  { first, end }: PositionRange,
): { readonly inside: Stretch | null; readonly outside: Stretch[] } {
  const from = Math.max(stretch.first, first);
  const to = Math.min(stretch.end, end);
  if (from >= to) return { inside: null, outside: [stretch] };
  const outside: Stretch[] = [];
  if (stretch.first < from) outside.push({ ...stretch, end: from });
  if (to < stretch.end) outside.push({ ...stretch, first: to });
  return { inside: { ...stretch, first: from, end: to }, outside };
}

/** Inserts a stretch by its position; most come behind all others. */
export function insert(list: Stretch[], stretch: Stretch): void {
  let at = list.length;
  while (at > 0 && list[at - 1]!.first > stretch.first) at--;
  list.splice(at, 0, stretch);
}

/** The list with a stretch more, joined with the one before where they are alike; it stays short. */
export function insertJoined(list: Stretch[], stretch: Stretch): Stretch[] {
  const last = list.at(-1);
  if (last !== undefined && isAlike(last, stretch)) {
    list[list.length - 1] = joined(last, stretch);
  } else insert(list, stretch);
  return list.length > MOST_STRETCHES ? thinOut(list) : list;
}

/** Half as many stretches, joined across the smallest gaps between them. What lies in a gap is covered twice. */
function thinOut(all: readonly Stretch[]): Stretch[] {
  const gaps = all.slice(1).map((one, at) => one.first - all[at]!.end);
  const limit = gaps.toSorted((a, b) => a - b)[gaps.length >> 1]!;
  const kept: Stretch[] = [];
  for (const [at, one] of all.entries()) {
    const isNear = at > 0 && gaps[at - 1]! <= limit;
    if (isNear) kept[kept.length - 1] = joined(kept.at(-1)!, one);
    else kept.push(one);
  }
  return kept;
}
