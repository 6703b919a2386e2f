// HOT PATH: one call per answer.

/** Entries of a set: a new one takes the place of the oldest. */
const WAYS = 4;
const SET_BITS = 16;
const SETS = 2 ** SET_BITS;
const HIGH_BITS = 16;
/** 2^32 divided by the golden ratio: spreads consecutive numbers. */
const SPREAD = 0x9e37_79b1;

/** Probes whose first answers are remembered, 16 bytes each. */
export const DIGEST_CAPACITY: number = WAYS * SETS;

/**
 * What the first answer to each probe said, for as many probes as there is room for, 4 MB: an answer is compared
 * with the first one to the same probe as long as no four later ones have taken its place.
 */
export class AnswerDigests {
  readonly #salt: number;
  readonly #firsts = new Uint32Array(DIGEST_CAPACITY);
  /** Second word of the target and number of the probe, and 1, so that 0 is none. */
  readonly #seconds = new Float64Array(DIGEST_CAPACITY);
  readonly #digests = new Uint32Array(DIGEST_CAPACITY);
  /** The oldest entry of each set. */
  readonly #oldest = new Uint8Array(SETS);

  /** @param salt secret 32-bit word, so that no one can choose targets that collide */
  constructor(salt: number) {
    this.#salt = salt | 0;
  }

  /**
   * Whether an answer of this target, which is known by two words, to the probe of this number says something else than
   * the first one did; remembers what the first one says. Numbers are below 2^16.
   */
  differs(
    first: number,
    second: number,
    probeNumber: number,
    digest: number,
  ): boolean {
    const key = second * 2 ** HIGH_BITS + probeNumber + 1;
    let hash = first ^ this.#salt;
    hash = Math.imul(hash ^ (hash >>> 16), SPREAD) ^ key;
    hash = Math.imul(hash ^ (hash >>> 15), SPREAD);
    const set = hash >>> (32 - SET_BITS);
    const from = set * WAYS;
    for (let i = from; i < from + WAYS; i++) {
      if (this.#seconds[i] === key && this.#firsts[i] === first) {
        return this.#digests[i] !== digest;
      }
    }
    const oldest = this.#oldest[set]!;
    this.#oldest[set] = (oldest + 1) % WAYS;
    this.#firsts[from + oldest] = first;
    this.#seconds[from + oldest] = key;
    this.#digests[from + oldest] = digest;
    return false;
  }
}
