/** Time between two status lines of a scan that is younger than `untilS`. */
const STEPS = [
  { untilS: 60, intervalS: 1 },
  { untilS: 600, intervalS: 10 },
] as const;
/** The same for older scans. */
const LAST_INTERVAL_S = 60;
/** What a tick that is called a little early may lack of an interval. */
const EARLY_S = 0.5;

/** How often a status is told, in seconds; "thinning": the rarer, the longer the scan runs. */
export type StatusInterval = number | "thinning";

/** Says of each tick of a scan whether its status is to be told. */
export class StatusPace {
  readonly #interval: StatusInterval;
  #dueS = 0;

  constructor(interval: StatusInterval) {
    this.#interval = interval;
  }

  /** Whether the status is due, and counts it as told if so. The last one always is. */
  isDue(elapsedS: number, isLast: boolean): boolean {
    if (!isLast && elapsedS + EARLY_S < this.#dueS) return false;
    const intervalS = this.#intervalAt(elapsedS);
    // Full intervals since the start, so that late ticks do not shift those that follow.
    this.#dueS = (Math.floor((elapsedS + EARLY_S) / intervalS) + 1) * intervalS;
    return true;
  }

  #intervalAt(elapsedS: number): number {
    if (this.#interval !== "thinning") return this.#interval;
    const at = elapsedS + EARLY_S;
    return STEPS.find(({ untilS }) => at < untilS)?.intervalS ??
      LAST_INTERVAL_S;
  }
}
