import { Poll } from "./_poll.ts";
import { MonotonicClock } from "./clock.ts";
import { POLLIN } from "./constants.ts";

const MILLISECOND_NS = 1e6;
/**
 * Shortest time between two wake-ups. 10 ms bound both the wake-ups (100 a second, 1% of a core at 1,000
 * packets/s) and how late a packet is read.
 */
const GATHER_NS = 10 * MILLISECOND_NS;

/** Waits for packets at one file descriptor, which it does not own, without waking up for each of them. */
export class PacedPoll {
  readonly #clock = new MonotonicClock();
  readonly #poll: Poll;
  #lastWakeNs = 0;

  constructor(fd: number) {
    this.#poll = new Poll(fd);
  }

  /**
   * Sleeps until packets, an error or a signal are there, at most `timeoutMs`. Packets that come soon after the
   * last wake-up are left to gather. False when the time is over or a signal came.
   */
  wait(timeoutMs: number): boolean {
    const nowNs = this.#clock.nowNs();
    const endNs = nowNs + timeoutMs * MILLISECOND_NS;
    const gatheredNs = Math.min(this.#lastWakeNs + GATHER_NS, endNs);
    if (gatheredNs > nowNs) this.#clock.sleepUntil(gatheredNs);
    const restMs = (endNs - Math.max(nowNs, gatheredNs)) / MILLISECOND_NS;
    const isAwake = this.#poll.wait(POLLIN, Math.ceil(restMs));
    this.#lastWakeNs = this.#clock.nowNs();
    return isAwake;
  }

  /** The events that ended the last `wait` that returned true. */
  get events(): number {
    return this.#poll.events;
  }
}
