import { packCounts, unpackCounts } from "./packed_counts.ts";

/** Blocks of the coarse grid, each a /16, and blocks of the fine one within each of them, a /24. */
const COARSE_BLOCKS = 1 << 16;
const FINE_BLOCKS = 256;
const COARSE_BITS = 16;
const FINE_BITS = 24;
/** Blocks of one picture at most, as a power of 2: 256 by 256. */
const PICTURE_BITS = 16;

/** A part of the address space: a prefix. */
export interface Region {
  /** Its first address. */
  readonly first: number;
  /** Its length: 0 to 24, even. */
  readonly length: number;
}

/** Prefix length of the blocks that a picture of a region is made of. */
export function blockBits(region: Region): number {
  return Math.min(FINE_BITS, region.length + PICTURE_BITS);
}

/** Number of blocks of a picture. */
export function blockCount(region: Region): number {
  return 2 ** (blockBits(region) - region.length);
}

/** A layer as plain data. */
export interface PackedLayer {
  readonly coarse: string;
  /** By the number of the /16. */
  readonly fine: Readonly<Record<string, string>>;
}

/** The counts of the /24 of a /16; undefined: only that of the /16 is known. */
export type PageSource = (block: number) => ArrayLike<number> | undefined;

/** One number for each block of the address space: of each /16, and of each /24 of those /16 that have a page. */
export class MapLayer {
  readonly coarse: Float64Array | Uint32Array;
  readonly #page: PageSource;
  /** Some /24 were asked for of which only the /16 is known: they have its count in even parts. */
  #hasGaps = false;

  /** @param coarse counts of the /16 */
  constructor(coarse: Float64Array | Uint32Array, page: PageSource) {
    this.coarse = coarse;
    this.#page = page;
  }

  /** A layer in which there is nothing. */
  static empty(): MapLayer {
    return new MapLayer(new Uint32Array(COARSE_BLOCKS), () => undefined);
  }

  /** The counts of the blocks of a region, in the order of their addresses. */
  counts(region: Region): Float64Array {
    const bits = blockBits(region);
    const blocks = new Float64Array(blockCount(region));
    const first = region.first / 2 ** (32 - bits);
    if (bits <= COARSE_BITS) {
      blocks.set(this.coarse.subarray(first, first + blocks.length));
      return blocks;
    }
    const span = 2 ** (FINE_BITS - bits);
    for (let at = 0; at < blocks.length; at++) {
      let sum = 0;
      const fine = (first + at) * span;
      for (let i = fine; i < fine + span; i++) sum += this.#fine(i);
      blocks[at] = sum;
    }
    return blocks;
  }

  /** Number of all. */
  total(): number {
    let sum = 0;
    for (const count of this.coarse) sum += count;
    return sum;
  }

  /** Whether some /24 were asked for that only their /16 is known of. */
  get hasGaps(): boolean {
    return this.#hasGaps;
  }

  /**
   * As plain data.
   *
   * @param mostBytes length of the pages in text, all together; those of the /16 with the highest counts come first
   */
  packed(mostBytes: number): PackedLayer {
    const order = Array.from(this.coarse.keys())
      .filter((block) => this.coarse[block]! > 0)
      .sort((a, b) => this.coarse[b]! - this.coarse[a]!);
    const fine: Record<string, string> = {};
    let left = mostBytes;
    for (const block of order) {
      const page = this.#page(block);
      if (page === undefined) continue;
      const text = packCounts(page);
      // With its name and the signs of JSON around it.
      left -= text.length + 12;
      if (left < 0) break;
      fine[block] = text;
    }
    return { coarse: packCounts(this.coarse), fine };
  }

  /** The layer that was packed. */
  static unpack({ coarse, fine }: PackedLayer): MapLayer {
    // Most of them are never looked at.
    const pages = new Map<number, Float64Array>();
    const page = (block: number): Float64Array | undefined => {
      const known = pages.get(block);
      if (known !== undefined || !Object.hasOwn(fine, block)) return known;
      const counts = unpackCounts(fine[block]!, FINE_BLOCKS);
      pages.set(block, counts);
      return counts;
    };
    return new MapLayer(unpackCounts(coarse, COARSE_BLOCKS), page);
  }

  #fine(block: number): number {
    const coarse = Math.floor(block / FINE_BLOCKS);
    const page = this.#page(coarse);
    if (page !== undefined) return page[block % FINE_BLOCKS]!;
    const count = this.coarse[coarse]!;
    if (count > 0 && count < FINE_BLOCKS * FINE_BLOCKS) this.#hasGaps = true;
    return count / FINE_BLOCKS;
  }
}
