import { GRID } from "./_tuning.ts";

/** What would have been delivered of a slice, for each capacity of the grid. */
export interface Delivery {
  /** Rate that was reached, in packets per second. */
  readonly ratePps: number;
  /** Index of the first capacity that delivers everything. */
  readonly fullIndex: number;
  /** Share delivered per capacity, and its logarithm. Not kept in double precision. */
  readonly share: Float32Array;
  readonly logShare: Float32Array;
}

/**
 * Candidate capacities of the path, spaced evenly on a logarithmic scale, and for each of them a rate limit
 * with a small burst that is fed with what was really sent. So a short step over the capacity, which the
 * burst swallows, is not taken for proof of a higher one.
 */
export class CapacityGrid {
  readonly size: number;
  readonly #lowestPps: number;
  readonly #credit: Float64Array;
  readonly #capacity: Float64Array;
  #burstS: number = GRID.burstS;
  #endS = 0;

  constructor(lowestPps: number, highestPps: number) {
    this.#lowestPps = lowestPps;
    this.size = Math.ceil(Math.log(highestPps / lowestPps) / GRID.step) + 2;
    this.#capacity = Float64Array.from(
      { length: this.size },
      (_, index) => lowestPps * Math.exp(index * GRID.step),
    );
    this.#credit = this.#capacity.map((capacity) => capacity * GRID.burstS);
  }

  /** Capacity at `index`; between two points for a fraction. */
  at(index: number): number {
    return this.#lowestPps * Math.exp(index * GRID.step);
  }

  /** Index of the highest capacity not above `pps`, within the grid. */
  indexOf(pps: number): number {
    const index = Math.floor(
      Math.log(pps / this.#lowestPps) / GRID.step + 1e-9,
    );
    return Math.min(this.size - 1, Math.max(0, index));
  }

  /** Burst that a limit is assumed to let pass, in seconds of its rate; or what a queue holds. */
  get burstS(): number {
    return this.#burstS;
  }

  /** Assumes a larger burst, after a rate that seemed fine turned out to be too high. */
  enlargeBurst(): void {
    this.#burstS = Math.min(GRID.mostBurstS, this.#burstS * 2);
  }

  /** Feeds `packets` sent evenly from `startS` to `endS`, in the order of sending. */
  deliver(packets: number, startS: number, endS: number): Delivery {
    const lengthS = Math.max(endS - startS, 1e-6);
    const gapS = Math.max(0, startS - this.#endS);
    this.#endS = endS;
    const share = new Float32Array(this.size).fill(1);
    const logShare = new Float32Array(this.size);
    let fullIndex = 0;
    for (let index = 0; index < this.size; index++) {
      const capacity = this.#capacity[index]!;
      const limit = capacity * this.#burstS;
      const credit = Math.min(limit, this.#credit[index]! + capacity * gapS);
      const rest = credit + capacity * lengthS - packets;
      this.#credit[index] = Math.min(limit, Math.max(0, rest));
      if (rest >= 0) continue;
      share[index] = Math.max(GRID.leastShare, 1 + rest / packets);
      logShare[index] = Math.log(share[index]!);
      fullIndex = index + 1;
    }
    return { ratePps: packets / lengthS, fullIndex, share, logShare };
  }
}
