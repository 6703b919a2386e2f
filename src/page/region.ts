import { formatIpv4, parseIpv4 } from "../base/ipv4.ts";
import { hilbertIndex, hilbertPoint, type Point } from "./hilbert.ts";
import { blockBits, type Region } from "./map_layer.ts";

/** Bits by which one step zooms: a quarter of each side. */
export const ZOOM_BITS = 4;
/** The whole address space. */
export const EVERYTHING: Region = { first: 0, length: 0 };
const DEEPEST = 24;

/** A region as a prefix: `198.18.0.0/16`. */
export function regionText({ first, length }: Region): string {
  return `${formatIpv4(first >>> 0)}/${length}`;
}

/** Reads an address or a prefix; the region is the one that can be shown and holds it. Null: it is neither. */
export function parseRegion(text: string): Region | null {
  const match = /^([\d.]+)(?:\/(\d{1,2}))?$/.exec(text.trim());
  if (match === null) return null;
  const length = Number(match[2] ?? DEEPEST);
  try {
    return length > 32 ? null : regionOf(parseIpv4(match[1]!), length);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** The region of at most `length` bits that holds an address. */
export function regionOf(address: number, length: number): Region {
  const most = Math.min(DEEPEST, length);
  const shown = most - most % ZOOM_BITS;
  const size = 2 ** (32 - shown);
  return { first: address - address % size, length: shown };
}

/** The region around a region; of everything it is itself. */
export function outward({ first, length }: Region): Region {
  return regionOf(first, Math.max(0, length - ZOOM_BITS));
}

/** Points on a side of the picture of a region. */
export function pictureSide(region: Region): number {
  return 2 ** ((blockBits(region) - region.length) / 2);
}

/** Where a block stands in the picture of its region. The picture is a piece of that of everything, not turned. */
export function blockPoint(region: Region, index: number): Point {
  const bits = blockBits(region);
  const { x, y } = corner(region, bits);
  const first = region.first / 2 ** (32 - bits);
  const point = hilbertPoint(bits / 2, first + index);
  return { x: point.x - x, y: point.y - y };
}

/** The number of the block at a point of the picture of a region. */
export function blockAt(region: Region, point: Point): number {
  const bits = blockBits(region);
  const { x, y } = corner(region, bits);
  const first = region.first / 2 ** (32 - bits);
  return hilbertIndex(bits / 2, { x: point.x + x, y: point.y + y }) - first;
}

/** The smallest region that holds all blocks of a region which have something. */
export function regionAround(
  region: Region,
  counts: ArrayLike<number>,
): Region {
  let first = -1;
  let last = -1;
  for (let at = 0; at < counts.length; at++) {
    if (counts[at] === 0) continue;
    if (first < 0) first = at;
    last = at;
  }
  if (first < 0) return region;
  const bits = blockBits(region);
  const size = 2 ** (32 - bits);
  const low = region.first + first * size;
  const high = region.first + last * size + size - 1;
  let length = bits;
  while (length > region.length) {
    const around = regionOf(low, length);
    if (high < around.first + 2 ** (32 - around.length)) return around;
    length -= ZOOM_BITS;
  }
  return region;
}

/** The upper left corner of a region within the picture of everything. */
function corner({ first, length }: Region, bits: number): Point {
  const { x, y } = hilbertPoint(length / 2, first / 2 ** (32 - length));
  const scale = 2 ** ((bits - length) / 2);
  return { x: x * scale, y: y * scale };
}
