import { SeededRandom } from "../../src/base/mod.ts";

/** Seeded random numbers with the distributions that the simulation needs. */
export class SimulatedChance {
  readonly #random: SeededRandom;

  constructor(seed: number) {
    this.#random = new SeededRandom(BigInt(seed));
  }

  /** 0 to below 1. */
  next(): number {
    return this.#random.nextWord() / 2 ** 32;
  }

  /** How often something that happens with `share` does not happen before it does. */
  failures(share: number): number {
    return Math.floor(Math.log(1 - this.next()) / Math.log1p(-share));
  }

  /** The whole number below or above `mean`, so that the mean is kept. */
  rounded(mean: number): number {
    return Math.floor(mean + this.next());
  }
}

/** A 32-bit word that a position below 2^53 always gets, under a key. */
export function positionHash(position: number, key: number): number {
  const high = Math.floor(position / 2 ** 32);
  let hash = (position ^ key) + Math.imul(high, 0x9e37_79b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 13) ^ high, 0xc2b2_ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
