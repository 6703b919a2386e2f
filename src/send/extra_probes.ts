// HOT PATH
import { type Counters, SEND, type Work, type WorkQueue } from "../shm/mod.ts";

/** Chance of a slot to be taken by a follow-up while one waits: they are 1% of the packets at most. */
const FOLLOW_UP_CHANCE = 1 / 48;
/** The same for probes that test prefixes: results wait for what these find out. */
const ALIAS_CHANCE = 1 / 4;

/** Where single probes wait. */
export interface ExtraQueues {
  /** Further probes to hosts that have answered. */
  readonly followUps: WorkQueue;
  /**
   * Probes that test whether a whole prefix answers.
   *
   * @default {null}
   */
  readonly aliases?: WorkQueue | null;
}

/**
 * Mixes single probes among the others of a batch. They take random slots and are spread over time, so that a rate
 * limit on the way strikes both alike, wherever in a batch and whenever it begins to drop.
 */
export class ExtraProbes {
  /** The probe that `take` has found. */
  readonly work: Work = { first: 0, end: 0, probeNumber: 0 };
  readonly #followUps: WorkQueue;
  readonly #aliases: WorkQueue | null;
  /** Orders of the batch for them: the first `#count`, and which of them are aliases. */
  readonly #orders: Uint32Array;
  readonly #isAlias: Uint8Array;
  #count = 0;
  /** What waited when the batch began, but for what was taken. */
  #waitingFollowUps = 0;
  #waitingAliases = 0;
  /** State of the generator that places them, xorshift32 (Marsaglia, 2003). */
  #random: number;

  /** @param seed of their places */
  constructor(
    { aliases = null, followUps }: ExtraQueues,
    capacity: number,
    seed: number,
  ) {
    this.#followUps = followUps;
    this.#aliases = aliases;
    this.#orders = new Uint32Array(capacity);
    this.#isAlias = new Uint8Array(capacity);
    this.#random = seed | 1;
  }

  /** Probes that wait. */
  get length(): number {
    return this.#followUps.length + (this.#aliases?.length ?? 0);
  }

  /** Begins a batch. */
  begin(): void {
    this.#count = 0;
    this.#waitingFollowUps = this.#followUps.length;
    this.#waitingAliases = this.#aliases?.length ?? 0;
  }

  /** Whether probes wait that the batch may take. */
  get isWaiting(): boolean {
    return this.#waitingFollowUps + this.#waitingAliases > 0;
  }

  /**
   * Moves a probe that waits into `work` if it takes this order of the batch; false: it is the turn of another one.
   *
   * @param isAlone there is no other one
   */
  take(order: number, isAlone: boolean): boolean {
    const isAlias = this.#waitingAliases > 0 &&
      (this.#chance(ALIAS_CHANCE) ||
        (isAlone && this.#waitingFollowUps === 0));
    if (isAlias) {
      this.#waitingAliases--;
      this.#aliases!.shift(this.work);
    } else {
      const isTaken = this.#waitingFollowUps > 0 &&
        (isAlone || this.#chance(FOLLOW_UP_CHANCE));
      if (!isTaken) return false;
      this.#waitingFollowUps--;
      this.#followUps.shift(this.work);
    }
    this.#orders[this.#count] = order;
    this.#isAlias[this.#count++] = isAlias ? 1 : 0;
    return true;
  }

  /** Counts those among the orders of the batch from `first` up to `end`, which are finished; returns how many. */
  leave(first: number, end: number, counters: Counters): number {
    let left = 0;
    let aliases = 0;
    for (let i = 0; i < this.#count; i++) {
      const order = this.#orders[i]!;
      if (order < first || order >= end) continue;
      left++;
      aliases += this.#isAlias[i]!;
    }
    counters[SEND.followUps]! += left - aliases;
    counters[SEND.aliases]! += aliases;
    return left;
  }

  /** True with this probability. */
  #chance(probability: number): boolean {
    let random = this.#random;
    random ^= random << 13;
    random ^= random >>> 17;
    random ^= random << 5;
    this.#random = random;
    return (random >>> 0) < probability * 2 ** 32;
  }
}
