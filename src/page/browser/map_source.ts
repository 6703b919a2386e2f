import { blockBits, blockCount, MapLayer, type Region } from "../map_layer.ts";
import { unpackCounts } from "../packed_counts.ts";
import { regionText } from "../region.ts";
import type { MapPicture, PackedMap } from "../story.ts";

/** What is known of the blocks of a region, in the order of their addresses. */
export interface RegionBlocks {
  readonly region: Region;
  /** Prefix length of a block. */
  readonly bits: number;
  readonly probedShare: number;
  readonly targetsPerAddress: number;
  readonly planned: ArrayLike<number>;
  readonly answered: ArrayLike<number>;
  readonly uncovered: ArrayLike<number>;
}

/** Tells what is known of a region; null: nothing at the moment. */
export type MapSource = (region: Region) => Promise<RegionBlocks | null>;

/** Asks the running scan. */
export const liveMap: MapSource = async (region) => {
  const answer = await fetch(`api/map/${regionText(region)}`)
    .catch(() => null);
  if (answer === null || !answer.ok) return null;
  const picture: MapPicture = await answer.json();
  const unpack = (packed: string): Float64Array =>
    unpackCounts(packed, blockCount(region));
  return {
    region,
    bits: picture.block_bits,
    probedShare: picture.probed_share,
    targetsPerAddress: picture.targets_per_address,
    planned: unpack(picture.planned),
    answered: unpack(picture.answered),
    uncovered: unpack(picture.uncovered),
  };
};

/** Looks into the map that a report holds. */
export function reportMap(map: PackedMap): MapSource {
  const [planned, answered, uncovered] = [
    map.planned,
    map.answered,
    map.uncovered,
  ].map((layer) => MapLayer.unpack(layer));
  return (region) =>
    Promise.resolve({
      region,
      bits: blockBits(region),
      probedShare: map.probed_share,
      targetsPerAddress: map.targets_per_address,
      planned: planned!.counts(region),
      answered: answered!.counts(region),
      uncovered: uncovered!.counts(region),
    });
}
