import type { Clock } from "../base/mod.ts";
import { type Check, pass, warn } from "./check.ts";
import type { ReadText } from "./read_text.ts";

const SOURCE_PATH =
  "/sys/devices/system/clocksource/clocksource0/current_clocksource";
/** The fastest of some rounds of readings is taken: some 100 us in all with a good clock. */
const ROUNDS = 8;
const READINGS = 64;
/** A good clock is read without a system call, in 20 to 100 ns. */
const SLOW_READING_NS = 1000;
const SLEEPS = 20;
const SLEEP_NS = 100_000;
/** Later than this, packets leave in bursts: the bucket makes up for it, the network may not like it. */
const LATE_NS = 2_000_000;

/** What is known of the clock that paces the sender. */
export interface ClockFacts {
  /** The kernel's source: "tsc", "kvm-clock"; null when it cannot be read. */
  readonly source: string | null;
  readonly readingNs: number;
  /** How late the sender wakes from a short sleep, in the middle; null when not measured. */
  readonly lateNs: number | null;
}

/** Measures the clock: some microseconds, and some milliseconds with sleeps. */
export function readClockFacts(
  readText: ReadText,
  clock: Clock,
  withSleeps: boolean,
): ClockFacts {
  return {
    source: readText(SOURCE_PATH)?.trim() || null,
    readingNs: readingTime(clock),
    lateNs: withSleeps ? medianLateness(clock) : null,
  };
}

function readingTime(clock: Clock): number {
  const rounds = Array.from({ length: ROUNDS }, () => {
    const startNs = clock.nowNs();
    for (let i = 1; i < READINGS; i++) clock.nowNs();
    return (clock.nowNs() - startNs) / READINGS;
  });
  return Math.min(...rounds);
}

function medianLateness(clock: Clock): number {
  const lateness = Array.from({ length: SLEEPS }, () => {
    const deadlineNs = clock.nowNs() + SLEEP_NS;
    clock.sleepUntil(deadlineNs);
    return clock.nowNs() - deadlineNs;
  });
  return lateness.sort((a, b) => a - b)[SLEEPS / 2]!;
}

/** Whether the clock is good enough to pace packets by. */
export function clockCheck(facts: ClockFacts): Check {
  const name = "clock";
  const { lateNs, readingNs, source } = facts;
  const parts = [
    source ?? "source unknown",
    `read in ${Math.round(readingNs)} ns`,
  ];
  if (lateNs !== null) {
    parts.push(`sleeps end ${Math.round(lateNs / 1000)} us late`);
  }
  const found = parts.join(", ");
  const needed = "readings within 1 us, wake-ups within 2 ms";
  if (readingNs > SLOW_READING_NS) {
    return warn(name, {
      found,
      needed,
      remedy:
        "Use a faster clock source, as root: echo tsc (or kvm-clock, hyperv_clocksource_tsc_page) " +
        `>${SOURCE_PATH}`,
    });
  }
  if (lateNs !== null && lateNs > LATE_NS) {
    return warn(name, {
      found,
      needed,
      remedy: "End other programs: the scan waits for a processor",
    });
  }
  return pass(name, found, needed);
}
