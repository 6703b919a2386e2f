// HOT PATH
import { COLUMN_WORDS } from "../simd/mod.ts";
import { chaskeyProgram } from "./_chaskey_lanes.ts";
import { CHASKEY_WORDS, chaskeyOfBlocks } from "./chaskey.ts";

/** Probes of a block. */
export const TAG_BLOCK: number = COLUMN_WORDS;

const WORDS = CHASKEY_WORDS;
const BLOCK = COLUMN_WORDS;

/** Settings of a `TagBlock`. */
export interface TagBlockOptions {
  /** Whether the vector unit may be used. @default {true} */
  readonly vectors?: boolean;
}

/**
 * The tags of up to `TAG_BLOCK` probes at once, the same as `computeTag` would make, in a third of the time
 * where there is a vector unit (`scripts/bench/probe_bench.ts`).
 */
export class TagBlock {
  /** The scanner's address of each probe. Like those below, to be set before `compute`, which leaves it alone. */
  readonly sources: Uint32Array;
  /** The target's address of each probe. */
  readonly destinations: Uint32Array;
  /** The destination port of each probe, 0 for probes without ports. */
  readonly ports: Uint32Array;
  /** The first to fourth word of each probe's tag, after `compute`. */
  readonly tags: readonly [Uint32Array, Uint32Array, Uint32Array, Uint32Array];
  readonly #key: Uint32Array;
  /** Null where there is no vector unit. */
  readonly #run: ((count: number) => void) | null;
  /** What tags are made of, then the tags, where that is not done in columns. */
  readonly #blocks = new Int32Array(BLOCK * WORDS);

  /** @param key four words */
  constructor(key: Uint32Array, { vectors = true }: TagBlockOptions = {}) {
    const program = vectors ? chaskeyProgram(key) : null;
    const column = (at: number): Uint32Array =>
      program?.columns[at] ?? new Uint32Array(BLOCK);
    this.sources = column(0);
    this.destinations = column(1);
    this.ports = column(2);
    this.tags = [column(4), column(5), column(6), column(7)];
    this.#key = key;
    this.#run = program?.run ?? null;
  }

  /** Makes the tags of the first `count` probes, at most `TAG_BLOCK`. */
  compute(count: number): void {
    if (this.#run === null) this.#computeOneByOne(count);
    else this.#run(count);
  }

  #computeOneByOne(count: number): void {
    const blocks = this.#blocks;
    const { sources, destinations, ports } = this;
    const [tags0, tags1, tags2, tags3] = this.tags;
    for (let i = 0; i < count; i++) {
      const at = i * WORDS;
      blocks[at] = sources[i]!;
      blocks[at + 1] = destinations[i]!;
      blocks[at + 2] = ports[i]!;
      blocks[at + 3] = 0;
    }
    chaskeyOfBlocks(this.#key, blocks, count);
    for (let i = 0; i < count; i++) {
      const at = i * WORDS;
      tags0[i] = blocks[at]!;
      tags1[i] = blocks[at + 1]!;
      tags2[i] = blocks[at + 2]!;
      tags3[i] = blocks[at + 3]!;
    }
  }
}
