import { burstOf } from "./token_bucket.ts";

/** The window that a scan's own pace is judged by. */
export const WINDOW_NS = 100e6;
/** Parts of the window that are counted apart: a window is read up to one part, 24 us, too long. */
const CELLS = 4096;
const CELL_NS = WINDOW_NS / CELLS;
/** One more, so that the window is never read too short. */
const RING = CELLS + 1;

const EXCESS = 0;
const COUNT = 1;
/** Number of the latest cell since the clock's zero. */
const LATEST = 2;
const RATE = 3;
/** The largest rate that the window has seen, if `HELD_UNTIL` is not over. */
const HELD = 4;
const HELD_UNTIL_NS = 5;
const FIRST_CELL = 6;
/** Length of the state array. */
export const WINDOW_SLOTS: number = FIRST_CELL + RING;

/**
 * Watches the bound of the token bucket from the other side: counts frames when the kernel has taken them,
 * whatever the bucket has allowed, and keeps by how many the busiest 100 ms exceeded
 * `rate × 0.1 s + burst`. As in the bucket's claim, the largest rate of the window counts.
 *
 * The state lives in an array so that several threads can share it; who shares it has to lock it.
 */
export class WindowMeter {
  readonly #state: Float64Array;

  /** The state is an array of `WINDOW_SLOTS`, shared by whoever shares the meter. */
  constructor(state: Float64Array) {
    this.#state = state;
  }

  /** Packets by which the busiest window exceeded the bound, 0 when none did. */
  get excess(): number {
    return this.#state[EXCESS]!;
  }

  /** Counts frames that left at `nowNs`, where `ratePps` is in force; 0 for no limit, hence no bound. */
  add(nowNs: number, count: number, ratePps: number): void {
    const state = this.#state;
    this.#follow(nowNs, ratePps);
    const cell = this.#advance(Math.floor(nowNs / CELL_NS));
    state[FIRST_CELL + cell % RING]! += count;
    state[COUNT]! += count;
    const most = nowNs < state[HELD_UNTIL_NS]!
      ? Math.max(ratePps, state[HELD]!)
      : ratePps;
    if (ratePps === 0 || most === Infinity) return;
    const excess = Math.ceil(
      state[COUNT]! - most * WINDOW_NS / 1e9 - burstOf(most),
    );
    if (excess > state[EXCESS]!) state[EXCESS] = excess;
  }

  /** Holds a rate that has just ended until the window is past it. */
  #follow(nowNs: number, ratePps: number): void {
    const state = this.#state;
    const before = state[RATE]!;
    if (before === ratePps) return;
    const isHeld = nowNs < state[HELD_UNTIL_NS]!;
    const ended = before === 0 && state[LATEST]! > 0 ? Infinity : before;
    state[HELD] = isHeld ? Math.max(state[HELD]!, ended) : ended;
    state[HELD_UNTIL_NS] = nowNs + WINDOW_NS;
    state[RATE] = ratePps;
  }

  /** Forgets what has left the window; returns the latest cell, also for a clock that went back. */
  #advance(cell: number): number {
    const state = this.#state;
    const latest = state[LATEST]!;
    if (cell <= latest) return latest;
    state[LATEST] = cell;
    for (let old = Math.max(latest + 1, cell - CELLS); old <= cell; old++) {
      const slot = FIRST_CELL + old % RING;
      state[COUNT]! -= state[slot]!;
      state[slot] = 0;
    }
    return cell;
  }
}
