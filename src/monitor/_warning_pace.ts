/** Lines about one place that may follow each other as they come. */
const FREE_LINES = 4;
/** The wait before the next line; it doubles with each further one. */
const FIRST_GAP_SECONDS = 10;
const LONGEST_GAP_SECONDS = 3600;

/** Keeps what is said of one place few, however often its loss comes and goes: a line may have to wait. */
export class WarningPace {
  #lines = 0;
  #lastSeconds = -Infinity;

  /** Least time between the last line and the next. */
  get gapSeconds(): number {
    if (this.#lines < FREE_LINES) return 0;
    const gap = FIRST_GAP_SECONDS * 2 ** (this.#lines - FREE_LINES);
    return Math.min(gap, LONGEST_GAP_SECONDS);
  }

  /** Whether a line that can wait may be said now. */
  isFree(nowSeconds: number): boolean {
    return nowSeconds - this.#lastSeconds >= this.gapSeconds;
  }

  /** Counts a line. */
  said(nowSeconds: number): void {
    this.#lines++;
    this.#lastSeconds = nowSeconds;
  }
}
