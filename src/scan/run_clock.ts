import type { ScanClock } from "./scan_clock.ts";

/** Least gap between two readings that a stop is taken for: a main thread that works makes shorter ones. */
const LEAST_STOP_S = 0.5;

/**
 * The time of a scan without the time in which its process was stopped (SIGTSTP, SIGSTOP): nothing was sent and
 * nothing taken in then, so it counts neither for a cooldown nor for a limit, nor for any rate. A process that goes on
 * gets SIGCONT; a long gap without it is a main thread that was kept waiting while the others worked.
 */
export class RunClock implements ScanClock {
  readonly #clock: ScanClock;
  readonly #continuations: () => number;
  #seen: number;
  #lastS: number;
  #stoppedS = 0;

  /** @param continuations how often SIGCONT has come so far */
  constructor(clock: ScanClock, continuations: () => number) {
    this.#clock = clock;
    this.#continuations = continuations;
    this.#seen = continuations();
    this.#lastS = clock.nowS();
  }

  /** To be read often: a stop is the time between two readings, as far as it is known. */
  nowS(): number {
    const machineS = this.#clock.nowS();
    const count = this.#continuations();
    const gapS = machineS - this.#lastS;
    if (count !== this.#seen && gapS >= LEAST_STOP_S) this.#stoppedS += gapS;
    this.#seen = count;
    this.#lastS = machineS;
    return machineS - this.#stoppedS;
  }

  rest(ms: number, until: Promise<unknown> | null): Promise<void> {
    return this.#clock.rest(ms, until);
  }
}
