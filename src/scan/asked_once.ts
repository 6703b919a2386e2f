import { RangeSet } from "../checkpoint/mod.ts";
import type { PositionRange } from "../loss/mod.ts";

/** Share of the hosts that are never asked in the run that probes them first: 1 of 2^4. */
const RESERVED_BITS = 4;

/**
 * Decides who may be asked again in which run of a scan, so that no host is asked in two of them, although a run that
 * is killed leaves no word of whom it has asked last.
 *
 * A secret hash gives each target a level: 0 to 15 of 16, and n to half as many as n - 1, from 1 of 32 on. Where a run
 * is the first to probe a target, it may ask those of level 0. What earlier runs may have probed already, the run with
 * n runs before it asks only of level n. So a target is asked in one run: in the first that may have probed it, or in
 * the one whose number is its level.
 */
export class AskedOnce {
  readonly #salt: number;
  /** Runs before this one. */
  readonly #runs: number;
  /** What may have been probed before. */
  readonly #touched: RangeSet;

  constructor(
    { runs, salt, touched }: {
      readonly salt: number;
      readonly runs: number;
      readonly touched: readonly PositionRange[];
    },
  ) {
    this.#salt = salt;
    this.#runs = runs;
    this.#touched = new RangeSet(touched);
  }

  /** Whether the target at this position may be asked, now that it has answered to its first probe in this run. */
  mayBeAsked(position: number): boolean {
    const level = this.#touched.has(position) ? this.#runs : 0;
    return this.#levelOf(position) === level;
  }

  /** The finalizer of MurmurHash3, over both halves of the position. */
  #levelOf(position: number): number {
    let hash = position ^ this.#salt ^
      Math.imul((position / 2 ** 32) | 0, 0x9e37_79b1);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
    return Math.max(0, Math.clz32(hash ^ (hash >>> 16)) - RESERVED_BITS + 1);
  }
}
