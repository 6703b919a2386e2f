import { insert, isAlike, joined, type Stretch } from "./_stretch.ts";
import type { PositionRange } from "./position_range.ts";

/** Positions that were sent equally often, and what was lost of them. */
export interface SentStretch extends PositionRange {
  /** How often they were sent. */
  readonly passes: number;
  /** Expected share of their round trips that were lost in every pass. */
  readonly residual: number;
  /** Whether that rests on evidence. */
  readonly isKnown: boolean;
}

/** What a repair plan knows, for a later run of the scan. */
export interface RepairMemory {
  /** Positions of which no more is to be found out. */
  readonly settledPositions: number;
  /** Expected losses of `settledPositions`, added up. */
  readonly settledLoss: number;
  /** Positions of whose loss nothing is known. */
  readonly unknownPositions: number;
  /** Those of which too much was lost, in order; no two overlap. */
  readonly stretches: readonly SentStretch[];
}

/** What a run of a scan goes on from. */
export interface RepairBefore {
  /** What the plan of the run before knew. */
  readonly memory: RepairMemory;
  /** Positions that are sent once more as if it were for the first time. */
  readonly unsent: readonly PositionRange[];
  /** Positions that are sent again without being asked for, in order, and how often they had been sent before that. */
  readonly sentAgain: readonly (PositionRange & { readonly pass: number })[];
}

/**
 * The stretches that a plan begins with: those that are sent again anyway are taken. A pass in which a run was killed
 * is sent once more, and does not count twice.
 */
export function rememberedStretches(
  { memory, sentAgain, unsent }: RepairBefore,
): readonly Stretch[] {
  const stretches = memory.stretches.flatMap((one) =>
    withoutRanges(one, unsent)
  );
  return stretches.flatMap((one) => pieces(one, sentAgain)).map(
    ({ inside, stretch }) => ({
      ...stretch,
      passes: Math.min(stretch.passes, inside?.pass ?? Infinity),
      heard: null,
      open: [],
      isTaken: inside !== null,
    }),
  );
}

/** What of a stretch lies in none of these ranges, which are in order. */
export function withoutRanges<T extends PositionRange>(
  stretch: T,
  ranges: readonly PositionRange[],
): readonly T[] {
  return pieces(stretch, ranges).flatMap((piece) =>
    piece.inside !== null ? [] : [piece.stretch]
  );
}

/** The same stretches, at most so many of them: neighbours that differ least are joined. */
export function fewerStretches(
  all: readonly Stretch[],
  most: number,
): readonly SentStretch[] {
  let few: Stretch[] = [];
  for (const one of all.toSorted((a, b) => a.first - b.first)) {
    const last = few.at(-1);
    if (last !== undefined && isAlike(last, one)) {
      few.splice(-1, 1, joined(last, one));
    } else insert(few, one);
  }
  while (few.length > Math.max(1, most)) few = halved(few);
  return few.map(({ end, first, isKnown, passes, residual }) => ({
    first,
    end,
    passes,
    residual,
    isKnown,
  }));
}

/** Every second stretch joined to the one before, with what lies between them. */
function halved(all: readonly Stretch[]): Stretch[] {
  return all.flatMap((one, at) => {
    if (at % 2 === 1) return [];
    const next = all[at + 1];
    return next === undefined ? [one] : [joined(one, next)];
  });
}

/** A stretch cut at the edges of ranges that are in order, and in which of them each piece lies. */
function pieces<T extends PositionRange, R extends PositionRange>(
  stretch: T,
  ranges: readonly R[],
): readonly { readonly stretch: T; readonly inside: R | null }[] {
  const all: { stretch: T; inside: R | null }[] = [];
  let at = stretch.first;
  const add = (end: number, inside: R | null): void => {
    if (end <= at) return;
    all.push({ stretch: { ...stretch, first: at, end }, inside });
    at = end;
  };
  for (const range of ranges) {
    if (range.end <= at) continue;
    if (range.first >= stretch.end) break;
    add(Math.min(range.first, stretch.end), null);
    add(Math.min(range.end, stretch.end), range);
  }
  add(stretch.end, null);
  return all;
}
