/**
 * The proof that shards covered all positions of a scan. Each shard says which range was its own, and which positions of
 * it got no probe; the boundaries of all these ranges cut the scan into pieces, in each of which nothing changes. One
 * walk over the pieces in order, with the set of shards that cover each, tells every position apart: it costs time in
 * proportion to the ranges, whatever the number of positions.
 */
import { RangeSet, without } from "../checkpoint/mod.ts";
import { countPositions, type PositionRange } from "../loss/mod.ts";
import { shardRange } from "../targets/mod.ts";

/** What one shard says of its positions. */
export interface ShardCover extends PositionRange {
  /** Positions that got no first probe; null: not known. */
  readonly unsent: readonly PositionRange[] | null;
  /** Positions whose loss stayed above the target. */
  readonly uncovered: readonly PositionRange[];
}

/** Positions, and the shards (by index) that it is about. */
export interface CoverRange extends PositionRange {
  readonly shards: readonly number[];
}

/** Positions that nobody has probed. */
export interface MissingRange extends CoverRange {
  /**
   * `unsent`: these shards, by index, say that they have not; `left-out`: the shards of these numbers were to, as it
   * follows from the numbers, and end before; `absent`: nothing is known of the shards of these numbers.
   */
  readonly cause: "absent" | "left-out" | "unsent";
}

/** Which positions of a scan were covered. All ranges are in order. */
export interface Coverage {
  readonly total: number;
  /** Number of positions that at least one shard has probed. */
  readonly covered: number;
  readonly missing: readonly MissingRange[];
  /** Positions that nobody has probed for certain, and these shards may have. */
  readonly unknown: readonly CoverRange[];
  /** Positions that several shards have probed. */
  readonly doubled: readonly CoverRange[];
  /** Positions that were probed only where too much was lost. */
  readonly uncovered: readonly PositionRange[];
}

/** How the positions were meant to be cut, to name what is missing. */
export interface ShardCut {
  /** Number of shards; null: the shards do not agree on it. */
  readonly shards: number | null;
  /** The number of each shard that there is; null: it has none. */
  readonly numbers: readonly (number | null)[];
}

/** Which of these shards own, cover and may have covered a position. */
interface Here {
  readonly owners: Set<number>;
  readonly covers: Set<number>;
  readonly maybe: Set<number>;
}

interface Boundary {
  readonly at: number;
  readonly set: keyof Here;
  readonly shard: number;
  readonly isStart: boolean;
}

/**
 * Tells which positions from 0 up to `total` were covered.
 *
 * @throws {RangeError} when a range reaches beyond these positions, or beyond those of its shard
 */
export function proveCoverage(
  covers: readonly ShardCover[],
  total: number,
  cut: ShardCut,
): Coverage {
  covers.forEach((cover) => checkRanges(cover, total));
  const boundaries = boundariesOf(covers).sort((a, b) => a.at - b.at);
  const here: Here = {
    owners: new Set(),
    covers: new Set(),
    maybe: new Set(),
  };
  const missing: MissingRange[] = [];
  const unknown: CoverRange[] = [];
  const doubled: CoverRange[] = [];
  let covered = 0;
  let from = 0;
  const walkTo = (end: number): void => {
    const piece = { first: from, end };
    from = end;
    if (piece.first === end) return;
    if (here.covers.size > 0) covered += end - piece.first;
    if (here.covers.size > 1) append(doubled, piece, here.covers);
    if (here.covers.size > 0) return;
    if (here.maybe.size > 0) append(unknown, piece, here.maybe);
    else if (here.owners.size > 0) {
      appendMissing(missing, { ...piece, cause: "unsent" }, here.owners);
    } else nameAbsent(missing, piece, { total, cut });
  };
  for (const { at, isStart, set, shard } of boundaries) {
    walkTo(at);
    if (isStart) here[set].add(shard);
    else here[set].delete(shard);
  }
  walkTo(total);
  const uncovered = uncoveredOf(covers);
  return { total, covered, missing, unknown, doubled, uncovered };
}

/** Number of positions of each kind. */
export function coverageCounts(
  { doubled, missing, uncovered, unknown }: Coverage,
): Record<"doubled" | "missing" | "uncovered" | "unknown", number> {
  return {
    missing: countPositions(missing),
    unknown: countPositions(unknown),
    doubled: countPositions(doubled),
    uncovered: countPositions(uncovered),
  };
}

function checkRanges(cover: ShardCover, total: number): void {
  const { end, first, uncovered, unsent } = cover;
  const isRange = (range: PositionRange, within: PositionRange): boolean =>
    Number.isSafeInteger(range.first) && Number.isSafeInteger(range.end) &&
    range.first < range.end && range.first >= within.first &&
    range.end <= within.end;
  if (!isRange(cover, { first: 0, end: total })) {
    throw new RangeError(
      `Positions ${first} to ${end} are none of a scan of ${total} positions`,
    );
  }
  if (unsent === null) return;
  for (const range of [...unsent, ...uncovered]) {
    if (isRange(range, cover)) continue;
    throw new RangeError(
      `Positions ${range.first} to ${range.end} are none of the shard's, which has ${first} to ${end}`,
    );
  }
}

function boundariesOf(covers: readonly ShardCover[]): Boundary[] {
  return covers.flatMap((cover, shard) => {
    const { unsent } = cover;
    const sets: [keyof Here, readonly PositionRange[]][] = [
      ["owners", [cover]],
      unsent === null ? ["maybe", [cover]] : ["covers", sentOf(cover)],
    ];
    return sets.flatMap(([set, ranges]) =>
      ranges.flatMap(({ end, first }) => [
        { at: first, set, shard, isStart: true },
        { at: end, set, shard, isStart: false },
      ])
    );
  });
}

function sentOf({ end, first, unsent }: ShardCover): readonly PositionRange[] {
  return without([{ first, end }], unsent ?? []);
}

/** What one shard has lost another may have covered. */
function uncoveredOf(covers: readonly ShardCover[]): readonly PositionRange[] {
  const known = covers.filter(({ unsent }) => unsent !== null);
  const lost = new RangeSet(
    known.flatMap(({ uncovered, unsent }) => without(uncovered, unsent!)),
  );
  if (lost.ranges.length === 0) return [];
  const well = known.flatMap((cover) =>
    without(sentOf(cover), cover.uncovered)
  );
  return without(lost.ranges, well);
}

/** Names the shards whose positions are missing without a trace. */
function nameAbsent(
  missing: MissingRange[],
  piece: PositionRange,
  { cut: { numbers, shards }, total }: {
    readonly total: number;
    readonly cut: ShardCut;
  },
): void {
  if (shards === null || shards > total) {
    appendMissing(missing, { ...piece, cause: "absent" }, []);
    return;
  }
  const present = new Set(numbers);
  for (let at = piece.first; at < piece.end;) {
    const shard = shardAt(at, total, shards);
    const { endPosition } = shardRange(total, {
      maxTargets: null,
      shard,
      shards,
    });
    const end = Math.min(piece.end, endPosition);
    const cause = present.has(shard) ? "left-out" : "absent";
    appendMissing(missing, { first: at, end, cause }, [shard]);
    at = end;
  }
}

/** The shard that a position belongs to: the first ones have one position more than the others (`shardRange`). */
export function shardAt(
  position: number,
  total: number,
  shards: number,
): number {
  const least = Math.floor(total / shards);
  const larger = total % shards;
  const inLarger = larger * (least + 1);
  return position < inLarger
    ? Math.floor(position / (least + 1))
    : larger + Math.floor((position - inLarger) / least);
}

/** Adds a piece, to the last range if it is of the same shards. */
function append(
  ranges: CoverRange[],
  piece: PositionRange,
  shards: ReadonlySet<number>,
): void {
  const sorted = [...shards].sort((a, b) => a - b);
  const last = ranges.at(-1);
  const isSame = last?.end === piece.first &&
    last.shards.length === sorted.length &&
    last.shards.every((shard, index) => shard === sorted[index]);
  if (last !== undefined && isSame) {
    ranges[ranges.length - 1] = { ...last, end: piece.end };
  } else ranges.push({ ...piece, shards: sorted });
}

/** Shards that are absent one after the other make one range. */
function appendMissing(
  missing: MissingRange[],
  { cause, end, first }: PositionRange & Pick<MissingRange, "cause">,
  shards: Iterable<number>,
): void {
  const last = missing.at(-1);
  const added = [...shards].sort((a, b) => a - b);
  const isNext = last?.end === first && last.cause === cause;
  if (isNext && cause === "absent") {
    // Its own list, which grows by one number after the other.
    for (const shard of added) {
      if (last.shards.at(-1) !== shard) (last.shards as number[]).push(shard);
    }
  } else if (!isNext || String(last.shards) !== String(added)) {
    missing.push({ first, end, shards: added, cause });
    return;
  }
  missing[missing.length - 1] = { ...last, end };
}
