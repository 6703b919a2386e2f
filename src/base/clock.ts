/** Where time comes from: the kernel's clocks, or a test. */
export interface Clock {
  /** Monotonic time in nanoseconds since some fixed moment; exact up to 2^53. */
  nowNs(): number;
  /** Writes the wall clock: Unix seconds to `out[0]`, microseconds within the second to `out[1]`. */
  wallClock(out: Uint32Array): void;
  /** Sleeps until `nowNs()` reaches `deadlineNs`, or a little less when a signal comes. */
  sleepUntil(deadlineNs: number): void;
}
