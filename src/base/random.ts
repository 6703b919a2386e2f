/**
 * A seeded generator of 32-bit words: xoshiro128** (Blackman and Vigna, 2018) whose state is filled
 * by SplitMix32 from the seed. The same seed gives the same words on every machine. Not for secrets.
 */
export class SeededRandom {
  readonly #state = new Uint32Array(4);

  /**
   * The seed fixes all that comes; its low 64 bits count.
   *
   * @param seed any 64-bit unsigned integer
   */
  constructor(seed: bigint) {
    let low = Number(seed & 0xffff_ffffn);
    const high = Number((seed >> 32n) & 0xffff_ffffn);
    for (let i = 0; i < 4; i++) {
      low = (low + 0x9e37_79b9) >>> 0;
      let word = low ^ (i & 1 ? high : 0);
      word = Math.imul(word ^ (word >>> 16), 0x85eb_ca6b);
      word = Math.imul(word ^ (word >>> 13), 0xc2b2_ae35);
      this.#state[i] = (word ^ (word >>> 16)) >>> 0;
    }
    if (this.#state.every((word) => word === 0)) this.#state[0] = 1;
    for (let i = 0; i < 8; i++) this.nextWord();
    if (high !== 0) {
      this.#state[1]! ^= high;
      for (let i = 0; i < 8; i++) this.nextWord();
    }
  }

  /** The next word, 0 to 2^32-1. */
  nextWord(): number {
    const s = this.#state;
    const product = Math.imul(s[1]!, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const t = s[1]! << 9;
    s[2]! ^= s[0]!;
    s[3]! ^= s[1]!;
    s[1]! ^= s[2]!;
    s[0]! ^= s[3]!;
    s[2]! ^= t;
    s[3] = (s[3]! << 11) | (s[3]! >>> 21);
    return result;
  }
}
