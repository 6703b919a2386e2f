import { SeededRandom } from "../../src/base/mod.ts";

/** How the simulated network treats packets. */
export interface NetworkOptions {
  readonly seed: number;
  /** Packets per second that pass, as a function of the time in seconds. */
  readonly capacityPps: (timeS: number) => number;
  /** A policer drops what is over the limit at once; a queue holds it first and drops at its end. @default "policer" */
  readonly kind?: "policer" | "queue";
  /** Burst of the policer, or length of the queue, in seconds of the capacity. @default 0.01 */
  readonly bufferS?: number;
  /** Shortest and longest round-trip time in seconds; hosts are spread evenly between. */
  readonly rttS: readonly [number, number];
  /** Share of the round trips lost whatever the rate. @default 0 */
  readonly randomLoss?: number | ((timeS: number) => number);
  /** Gilbert-Elliott: mean length of the good and bad times in seconds, loss in bad times. */
  readonly bursts?: {
    readonly goodS: number;
    readonly badS: number;
    readonly loss: number;
  };
}

/** What became of the packets of one step. */
export interface StepResult {
  /** Share of the packets whose round trip succeeds. */
  readonly share: number;
  /** Time that all of them waited in the queue. */
  readonly queueS: number;
}

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

  /** How many of `count` happen when each does with `share`. */
  binomial(count: number, share: number): number {
    if (count <= 0 || share <= 0) return 0;
    if (share >= 1) return count;
    if (share > 0.5) return count - this.binomial(count, 1 - share);
    const mean = count * share;
    if (mean < 30) {
      // Waiting times between successes are geometric.
      const scale = Math.log1p(-share);
      let at = Math.floor(Math.log(1 - this.next()) / scale);
      let found = 0;
      while (at < count) {
        found++;
        at += 1 + Math.floor(Math.log(1 - this.next()) / scale);
      }
      return found;
    }
    const normal = Math.sqrt(-2 * Math.log(1 - this.next())) *
      Math.cos(2 * Math.PI * this.next());
    const drawn = Math.round(mean + normal * Math.sqrt(mean * (1 - share)));
    return Math.min(count, Math.max(0, drawn));
  }
}

/** A path with a capacity, random loss, bursts of loss and a round-trip time, advanced in small steps. */
export class SimulatedNetwork {
  readonly chance: SimulatedChance;
  readonly #options: NetworkOptions;
  #tokens = 0;
  #queued = 0;
  #isBad = false;

  constructor(options: NetworkOptions) {
    this.#options = options;
    this.chance = new SimulatedChance(options.seed);
    this.#tokens = options.capacityPps(0) * (options.bufferS ?? 0.01);
  }

  /** Carries `count` packets sent evenly during `stepS` seconds before `timeS`. */
  carry(count: number, timeS: number, stepS: number): StepResult {
    const { kind, bufferS = 0.01, capacityPps, bursts, randomLoss = 0 } =
      this.#options;
    const capacity = capacityPps(timeS);
    let passed = count;
    let queueS = 0;
    if (kind === "queue") {
      this.#queued = Math.max(0, this.#queued - capacity * stepS);
      passed = Math.min(
        count,
        Math.max(0, capacity * bufferS - this.#queued) + capacity * stepS / 10,
      );
      this.#queued += passed;
      queueS = this.#queued / capacity;
    } else {
      this.#tokens = Math.min(
        this.#tokens + capacity * stepS,
        capacity * (bufferS + stepS),
      );
      passed = Math.min(count, this.#tokens);
      this.#tokens = Math.min(this.#tokens - passed, capacity * bufferS);
    }
    let share = count === 0 ? 1 : passed / count;
    share *= 1 -
      (typeof randomLoss === "number" ? randomLoss : randomLoss(timeS));
    if (bursts !== undefined) {
      const mean = this.#isBad ? bursts.badS : bursts.goodS;
      if (this.chance.next() < stepS / mean) this.#isBad = !this.#isBad;
      if (this.#isBad) share *= 1 - bursts.loss;
    }
    return { share, queueS };
  }
}
