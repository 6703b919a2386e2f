import type { JobPart } from "../checkpoint/mod.ts";
import type { PositionRange } from "../loss/mod.ts";
import type { ScanTargets } from "./config.ts";

/** The scan that all shards are parts of, and the part that is this one. */
export interface WholeScan {
  /** SHA-256 of all that the shards have in common. */
  readonly digest: string;
  /** What they have in common, by option. */
  readonly parts: readonly JobPart[];
  /** Null: targets come while the scan runs, and nobody else can tell what their positions are. */
  readonly positions: ShardPositions | null;
}

/** Positions of one shard in the order of the whole scan. */
export interface ShardPositions extends PositionRange {
  /** Number of positions of the whole scan. */
  readonly total: number;
}

/** The job of a scan, as it is written to the metadata. */
export function jobMetadata(
  { digest, parts }: Pick<WholeScan, "digest" | "parts">,
): Record<string, unknown> {
  return {
    digest,
    options: parts.map(({ causes, digest, option, text }) => ({
      option,
      value: text === "" ? undefined : text,
      digest,
      causes,
    })),
  };
}

/**
 * What the positions of a scan are in the order of the whole scan, as against its own: a shard of both families that
 * has targets of one family only counts those.
 *
 * @returns null where a family was left out on this machine, so that its positions are not those of the shard
 */
export function shiftToWhole(
  { end, first }: PositionRange,
  { endPosition, firstPosition }: Pick<
    ScanTargets,
    "endPosition" | "firstPosition"
  >,
): number | null {
  return end - first === endPosition - firstPosition
    ? first - firstPosition
    : null;
}

/** The positions of a scan as its metadata have them; null: nothing is known of them. */
export function positionsMetadata(
  { positions }: Pick<WholeScan, "positions">,
  unsent: readonly PositionRange[] | null,
  targets: Pick<ScanTargets, "endPosition" | "firstPosition">,
): Record<string, unknown> | null {
  if (positions === null) return null;
  const { end, first, total } = positions;
  const shift = shiftToWhole(positions, targets);
  return {
    first,
    end,
    total,
    unsent: unsent === null || shift === null
      ? null
      : unsent.map((range) => [range.first + shift, range.end + shift]),
  };
}
