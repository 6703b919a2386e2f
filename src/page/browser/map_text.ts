import { formatIpv4 } from "../../base/ipv4.ts";
import { table } from "../parts.ts";
import { regionText } from "../region.ts";
import { countText, shareText } from "../units.ts";
import type { RegionBlocks } from "./map_source.ts";

/** Rows of the table at most. */
const MOST_ROWS = 16;

/** What is known of one block, in words. */
export function blockText(blocks: RegionBlocks, block: number): string {
  const size = 2 ** (32 - blocks.bits);
  const name = `${
    formatIpv4((blocks.region.first + block * size) >>> 0)
  }/${blocks.bits}`;
  return countsText(name, blocks, {
    planned: blocks.planned[block]!,
    answered: blocks.answered[block]!,
    uncovered: blocks.uncovered[block]!,
  });
}

/** What is known of a whole region, in words. */
export function regionTotals(blocks: RegionBlocks): string {
  const sum = (counts: ArrayLike<number>): number =>
    Array.from(counts).reduce((total, count) => total + count, 0);
  return countsText(regionText(blocks.region), blocks, {
    planned: sum(blocks.planned),
    answered: sum(blocks.answered),
    uncovered: sum(blocks.uncovered),
  });
}

interface Counts {
  readonly planned: number;
  readonly answered: number;
  readonly uncovered: number;
}

function countsText(
  name: string,
  { probedShare, targetsPerAddress }: RegionBlocks,
  { answered, planned, uncovered }: Counts,
): string {
  const targets = Math.round(planned * targetsPerAddress);
  if (targets === 0 && answered === 0) return `${name}: no target`;
  const missed = uncovered > 0 ? `, ${countText(uncovered)} not covered` : "";
  return `${name}: ${countText(targets)} targets, ${
    shareText(probedShare)
  } probed, ${countText(answered)} answered${missed}`;
}

/** The blocks in which most answered, as a table. */
export function blocksTable(blocks: RegionBlocks): string {
  const size = 2 ** (32 - blocks.bits);
  const order = Array.from(blocks.answered, (_, block) => block)
    .filter((block) => blocks.planned[block]! > 0)
    .sort((a, b) => blocks.answered[b]! - blocks.answered[a]!);
  return table(
    `Blocks of ${regionText(blocks.region)}, those with most answers first`,
    ["Block", "Targets", "Answered", "Not covered"],
    order.slice(0, MOST_ROWS).map((block) => [
      `${
        formatIpv4((blocks.region.first + block * size) >>> 0)
      }/${blocks.bits}`,
      countText(blocks.planned[block]! * blocks.targetsPerAddress),
      countText(blocks.answered[block]!),
      countText(blocks.uncovered[block]!),
    ]),
  ).text;
}
