import { blockPoint, pictureSide } from "../region.ts";
import { colorBytes } from "./colors.ts";
import type { RegionBlocks } from "./map_source.ts";

type Bytes = readonly [number, number, number];

/** A share of the hosts from which on a block has the brightest colour: what the Internet has at its densest. */
const BRIGHT_SHARE = 0.5;
/** The least share that has a colour of its own. */
const LEAST_SHARE = 1 / 65536;
/** Share of a block's targets that were not covered from which on it is shown as that. */
const UNCOVERED_SHARE = 0.02;

/** The colours of the map as they are in light or dark. */
interface Palette {
  readonly excluded: Bytes;
  readonly planned: Bytes;
  readonly probed: Bytes;
  readonly few: Bytes;
  readonly many: Bytes;
  readonly uncovered: Bytes;
}

/** Draws the blocks of a region, one point each. */
export function paintBlocks(blocks: RegionBlocks): HTMLCanvasElement {
  const side = pictureSide(blocks.region);
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  const context = canvas.getContext("2d")!;
  const image = context.createImageData(side, side);
  const palette: Palette = {
    excluded: colorBytes("map-excluded"),
    planned: colorBytes("map-planned"),
    probed: colorBytes("map-probed"),
    few: colorBytes("map-few"),
    many: colorBytes("map-many"),
    uncovered: colorBytes("map-uncovered"),
  };
  for (let block = 0; block < blocks.planned.length; block++) {
    const { x, y } = blockPoint(blocks.region, block);
    const at = 4 * (y * side + x);
    const [red, green, blue] = blockColor(blocks, block, palette);
    image.data[at] = red;
    image.data[at + 1] = green;
    image.data[at + 2] = blue;
    image.data[at + 3] = 255;
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

function blockColor(
  blocks: RegionBlocks,
  block: number,
  palette: Palette,
): Bytes {
  const targets = blocks.planned[block]! * blocks.targetsPerAddress;
  const answered = blocks.answered[block]!;
  if (targets === 0 && answered === 0) return palette.excluded;
  if (blocks.uncovered[block]! > UNCOVERED_SHARE * targets) {
    return palette.uncovered;
  }
  const probed = targets * blocks.probedShare;
  if (answered === 0) {
    return mixed(palette.planned, palette.probed, blocks.probedShare);
  }
  const share = Math.max(LEAST_SHARE, answered / Math.max(1, probed));
  const height = Math.log(share / LEAST_SHARE) /
    Math.log(BRIGHT_SHARE / LEAST_SHARE);
  return mixed(palette.few, palette.many, Math.min(1, height));
}

function mixed(from: Bytes, to: Bytes, share: number): Bytes {
  const part = (at: 0 | 1 | 2): number =>
    Math.round(from[at] + (to[at] - from[at]) * share);
  return [part(0), part(1), part(2)];
}
