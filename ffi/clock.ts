// HOT PATH
import {
  CLOCK_MONOTONIC,
  CLOCK_REALTIME,
  CLOCK_THREAD_CPUTIME_ID,
  TIMER_ABSTIME,
} from "./constants.ts";
import { TIMESPEC } from "./layout.ts";
import { type Libc, openLibc } from "./libc.ts";

const SECONDS = TIMESPEC.tv_sec / 4;
const NANOSECONDS = TIMESPEC.tv_nsec / 4;

/**
 * The kernel's clocks, `clock_gettime(2)`, without allocation: about 50 ns a reading. One per thread; it
 * holds nothing that has to be released.
 */
export class MonotonicClock {
  readonly #libc: Libc;
  /** A `struct timespec`. The high halves stay 0: seconds fit 32 bits until 2106. */
  readonly #time = new Uint32Array(TIMESPEC.size / 4);

  /** @throws {Deno.errors.NotCapable} as `openLibc` */
  constructor() {
    this.#libc = openLibc();
  }

  /** Nanoseconds since the machine started, the same on all threads; exact for 104 days, then within 2 ns. */
  nowNs(): number {
    this.#libc.clock_gettime(CLOCK_MONOTONIC, this.#time);
    return this.#time[SECONDS]! * 1e9 + this.#time[NANOSECONDS]!;
  }

  /** Processor time that the calling thread has used, in nanoseconds. A system call. */
  threadCpuNs(): number {
    this.#libc.clock_gettime(CLOCK_THREAD_CPUTIME_ID, this.#time);
    return this.#time[SECONDS]! * 1e9 + this.#time[NANOSECONDS]!;
  }

  /** Writes Unix seconds to `out[0]` and the microseconds within the second to `out[1]`. */
  wallClock(out: Uint32Array): void {
    this.#libc.clock_gettime(CLOCK_REALTIME, this.#time);
    out[0] = this.#time[SECONDS]!;
    out[1] = (this.#time[NANOSECONDS]! / 1000) >>> 0;
  }

  /** Sleeps in the kernel until `nowNs()` reaches `deadlineNs`; a signal may end it early. */
  sleepUntil(deadlineNs: number): void {
    const seconds = Math.floor(deadlineNs / 1e9);
    this.#time[SECONDS] = seconds;
    this.#time[NANOSECONDS] = deadlineNs - seconds * 1e9;
    this.#libc.clock_nanosleep(
      CLOCK_MONOTONIC,
      TIMER_ABSTIME,
      this.#time,
      null,
    );
  }
}
