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
 * The tags of up to `TAG_BLOCK` probes at once, the same as `computeTag` or `computeTag6` would make, in a third of the time
 * where there is a vector unit (`scripts/bench/probe_bench.ts`).
 */
export class TagBlock {
  /**
   * The four words of each probe that its tag is made of, to be set before `compute`, which leaves them alone: of
   * IPv4 source, destination and port, see `computeTag`; of IPv6 lower and upper word of the target number and the
   * source word, see `computeTag6`. The last is 0 in all tags.
   */
  readonly words: readonly [
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
  ];
  /** The first to fourth word of each probe's tag, after `compute`. */
  readonly tags: readonly [Uint32Array, Uint32Array, Uint32Array, Uint32Array];
  readonly #key: Uint32Array;
  /** Null where there is no vector unit. */
  readonly #run: ((count: number) => void) | null;
  /** What tags are made of, then the tags, where that is not done in columns. */
  readonly #blocks = new Int32Array(BLOCK * WORDS);

  /**
   * Computes the tags of this key.
   *
   * @param key four words
   */
  constructor(key: Uint32Array, { vectors = true }: TagBlockOptions = {}) {
    const program = vectors ? chaskeyProgram(key) : null;
    const column = (at: number): Uint32Array =>
      program?.columns[at] ?? new Uint32Array(BLOCK);
    this.words = [column(0), column(1), column(2), column(3)];
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
    const [words0, words1, words2, words3] = this.words;
    const [tags0, tags1, tags2, tags3] = this.tags;
    for (let i = 0; i < count; i++) {
      const at = i * WORDS;
      blocks[at] = words0[i]!;
      blocks[at + 1] = words1[i]!;
      blocks[at + 2] = words2[i]!;
      blocks[at + 3] = words3[i]!;
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
