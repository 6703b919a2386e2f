import type { SimulatedChance } from "./_simulated_chance.ts";

/** A value that holds all the time, or one that depends on the time in seconds. */
export type Course = number | ((timeS: number) => number);

/** How the simulated path treats packets. */
export interface PathOptions {
  /** Packets per second that pass. */
  readonly capacityPps: Course;
  /** A policer drops what is over the limit at once; a queue holds it first and drops at its end. @default "policer" */
  readonly kind?: "policer" | "queue";
  /** Burst of the policer, or length of the queue, in seconds of the capacity. @default 0.01 */
  readonly bufferS?: number;
  /** Share of the probes lost whatever the rate. @default 0 */
  readonly randomLoss?: Course;
  /** Share of the answers lost whatever the rate. @default 0 */
  readonly answerLoss?: Course;
  /** Gilbert-Elliott: mean length of the good and bad times in seconds, loss in bad times. */
  readonly bursts?: {
    readonly goodS: number;
    readonly badS: number;
    readonly loss: number;
  };
  /** Times in seconds from which and up to which nothing passes. */
  readonly outages?: readonly (readonly [number, number])[];
}

/** What became of the packets of one step. */
export interface Carried {
  /** Share of the packets that arrive. */
  readonly share: number;
  /** Time that all of them waited in the queue. */
  readonly queueS: number;
}

/** A path with a capacity, random loss, bursts of loss and outages, advanced in small steps. */
export class SimulatedPath {
  readonly #options: PathOptions;
  readonly #chance: SimulatedChance;
  #tokens: number;
  #queued = 0;
  #isBad = false;

  constructor(options: PathOptions, chance: SimulatedChance) {
    this.#options = options;
    this.#chance = chance;
    this.#tokens = this.capacityPps(0) * (options.bufferS ?? 0.01);
  }

  /** Packets per second that pass at a time. */
  capacityPps(timeS: number): number {
    return valueAt(this.#options.capacityPps, timeS);
  }

  /** Share of the answers that arrive at a time. */
  answerShare(timeS: number): number {
    return this.#isDead(timeS)
      ? 0
      : 1 - valueAt(this.#options.answerLoss ?? 0, timeS);
  }

  /** Carries `count` packets sent evenly during `stepS` seconds before `timeS`. */
  carry(count: number, timeS: number, stepS: number): Carried {
    const { kind, randomLoss = 0 } = this.#options;
    const { passed, queueS } = kind === "queue"
      ? this.#enqueue(count, timeS, stepS)
      : this.#police(count, timeS, stepS);
    const isDead = this.#isDead(timeS);
    let share = count === 0 ? 1 : passed / count;
    share *= 1 - valueAt(randomLoss, timeS);
    return { share: isDead ? 0 : share * this.#burstShare(stepS), queueS };
  }

  #enqueue(
    count: number,
    timeS: number,
    stepS: number,
  ): { passed: number; queueS: number } {
    const { bufferS = 0.01 } = this.#options;
    const capacity = this.capacityPps(timeS);
    this.#queued = Math.max(0, this.#queued - capacity * stepS);
    const room = Math.max(0, capacity * bufferS - this.#queued);
    const passed = Math.min(count, room + capacity * stepS / 10);
    this.#queued += passed;
    return { passed, queueS: this.#queued / capacity };
  }

  #police(
    count: number,
    timeS: number,
    stepS: number,
  ): { passed: number; queueS: number } {
    const { bufferS = 0.01 } = this.#options;
    const capacity = this.capacityPps(timeS);
    this.#tokens = Math.min(
      this.#tokens + capacity * stepS,
      capacity * (bufferS + stepS),
    );
    const passed = Math.min(count, this.#tokens);
    this.#tokens = Math.min(this.#tokens - passed, capacity * bufferS);
    return { passed, queueS: 0 };
  }

  #burstShare(stepS: number): number {
    const { bursts } = this.#options;
    if (bursts === undefined) return 1;
    const meanS = this.#isBad ? bursts.badS : bursts.goodS;
    if (this.#chance.next() < stepS / meanS) this.#isBad = !this.#isBad;
    return this.#isBad ? 1 - bursts.loss : 1;
  }

  #isDead(timeS: number): boolean {
    const { outages = [] } = this.#options;
    return outages.some(([fromS, toS]) => timeS > fromS && timeS <= toS);
  }
}

function valueAt(course: Course, timeS: number): number {
  return typeof course === "number" ? course : course(timeS);
}
