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

/**
 * One number for each block of the address space: of each /16, and of each /24 of those /16 that have a page of them.
 * At most 256 KiB and 1 KiB for each page.
 */
export class MapLayer {
  readonly coarse: Float64Array | Uint32Array;
  readonly #pages: (ArrayLike<number> | undefined)[];
  /** What a /16 without a page has in each of its /24: its count in even parts. */
  #hasGaps = false;

  constructor(
    coarse: Float64Array | Uint32Array = new Uint32Array(COARSE_BLOCKS),
    pages: (ArrayLike<number> | undefined)[] = [],
  ) {
    this.coarse = coarse;
    this.#pages = pages;
  }

  /** Sets the counts of the /24 of a /16. */
  setPage(block: number, counts: ArrayLike<number>): void {
    this.#pages[block] = counts;
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
    const order = Object.keys(this.#pages).map(Number)
      .filter((block) => this.#pages[block] !== undefined)
      .sort((a, b) => this.coarse[b]! - this.coarse[a]!);
    const fine: Record<string, string> = {};
    let left = mostBytes;
    for (const block of order) {
      const text = packCounts(this.#pages[block]!);
      // With its name and the signs of JSON around it.
      left -= text.length + 12;
      if (left < 0) break;
      fine[block] = text;
    }
    return { coarse: packCounts(this.coarse), fine };
  }

  /** The layer that was packed. */
  static unpack({ coarse, fine }: PackedLayer): MapLayer {
    const layer = new MapLayer(unpackCounts(coarse, COARSE_BLOCKS));
    for (const [block, page] of Object.entries(fine)) {
      layer.setPage(Number(block), unpackCounts(page, FINE_BLOCKS));
    }
    return layer;
  }

  #fine(block: number): number {
    const coarse = Math.floor(block / FINE_BLOCKS);
    const page = this.#pages[coarse];
    if (page !== undefined) return page[block % FINE_BLOCKS]!;
    const count = this.coarse[coarse]!;
    if (count > 0 && count < FINE_BLOCKS * FINE_BLOCKS) this.#hasGaps = true;
    return count / FINE_BLOCKS;
  }
}
