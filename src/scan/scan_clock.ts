/** The time of a scan's main thread, and its rests. */
export interface ScanClock {
  /** Monotonic time in seconds. */
  nowS(): number;
  /** Resolves after `ms` milliseconds, soon if that is less than 0, or as soon as `until` does. */
  rest(ms: number, until: Promise<unknown> | null): Promise<void>;
}

/** The clock of the machine. */
export const MACHINE_CLOCK: ScanClock = {
  nowS: () => performance.now() / 1000,
  rest: async (ms, until) => {
    const { promise: over, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, Math.max(0, ms));
    await (until === null ? over : Promise.race([over, until]));
    clearTimeout(timer);
  },
};
