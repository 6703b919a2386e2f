/** Nothing is judged before this age: the first answers are still on their way. */
const GRACE_S = 5;
/** How long the hit rate has to stay too low. */
const PATIENCE_S = 5;

/** Decides when a scan has had too few hits for too long, `--min-hitrate`. */
export class HitRateGuard {
  readonly #leastPercent: number;
  #lowSinceS: number | null = null;

  /** @param leastPercent 0: never too low */
  constructor(leastPercent: number) {
    this.#leastPercent = leastPercent;
  }

  /** Whether the hit rate was below the least for `PATIENCE_S`; to be called at least once a second. */
  isTooLow(ageS: number, hitRatePercent: number): boolean {
    if (ageS < GRACE_S || hitRatePercent >= this.#leastPercent) {
      this.#lowSinceS = null;
      return false;
    }
    this.#lowSinceS ??= ageS;
    return ageS - this.#lowSinceS >= PATIENCE_S;
  }
}
