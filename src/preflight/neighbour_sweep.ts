import { isKnown } from "../targets/mod.ts";
import {
  ANSWER_MS,
  LOOK_EVERY_MS,
  NEIGHBOUR_TRIES,
} from "./neighbour_protocol.ts";

const MAC_BYTES = 6;
/**
 * Requests per second at most, whatever the scan's rate: every host on the link has to look at each of ARP, and
 * switches limit broadcasts and multicasts to some thousand a second (their storm control).
 */
export const MOST_REQUESTS_PPS = 10_000;
/** Requests that are made up for at once when the thread was late, as time at the rate. */
const BURST_MS = 4 * LOOK_EVERY_MS;

/** Asks neighbours and hears their answers. */
export interface NeighbourLink {
  /** Most requests that are sent at a time. */
  readonly capacity: number;
  /** Asks the first `count` of these neighbours, given by number; returns how many requests have left. */
  ask(indexes: Uint32Array, count: number): number;
  /** Takes an answer that waits and stores its hardware address in `mac`; returns whose it is, or -1 when none does. */
  hear(mac: Uint8Array): number;
}

/** Monotonic time and rest. */
export interface SweepClock {
  nowMs(): number;
  rest(milliseconds: number): Promise<void>;
}

/** Whom to ask, and how fast. */
export interface SweepOptions {
  /** Six bytes for each neighbour by number, all 0 while none is known; filled with the answers. */
  readonly macs: Uint8Array;
  /** Numbers of the neighbours that are asked. */
  readonly wanted: Uint32Array;
  readonly link: NeighbourLink;
  readonly clock: SweepClock;
  /** Requests per second. */
  readonly ratePps: number;
  /** Ends the sweep. */
  readonly signal: AbortSignal;
  /** Learns now and then how many requests have left, and how many neighbours have answered. */
  readonly onProgress: (asked: number, answered: number) => void;
}

/**
 * Asks many neighbours for their hardware addresses (RFC 826, RFC 4861 7.2): all of them once, then a second later those that have
 * not answered, and so on, up to `NEIGHBOUR_TRIES` times. Answers count whenever they come before the end.
 */
export class NeighbourSweep {
  readonly #options: SweepOptions;
  readonly #batch: Uint32Array;
  readonly #mac = new Uint8Array(MAC_BYTES);
  #asked = 0;
  #answered = 0;
  /** Requests that may leave now, as of `#paidMs`. */
  #credit = 1;
  #paidMs: number;

  constructor(options: SweepOptions) {
    this.#options = options;
    this.#batch = new Uint32Array(options.link.capacity);
    this.#paidMs = options.clock.nowMs();
  }

  /** Asks until all have answered, all tries are over or the signal aborts. Returns how many have answered. */
  async run(): Promise<number> {
    const { clock, signal } = this.#options;
    let open = this.#options.wanted;
    for (let tries = 0; tries < NEIGHBOUR_TRIES; tries++) {
      await this.#askAll(open);
      const endMs = clock.nowMs() + ANSWER_MS;
      for (;;) {
        // Time is looked at first: what came before the end is heard.
        const isOver = clock.nowMs() >= endMs;
        this.#hearAll();
        if (isOver || this.#isDone) break;
        await this.#rest();
      }
      open = open.filter((index) => !isKnown(this.#options, index));
      if (open.length === 0 || signal.aborted) break;
    }
    return this.#answered;
  }

  get #isDone(): boolean {
    const { signal, wanted } = this.#options;
    return signal.aborted || this.#answered === wanted.length;
  }

  /** Asks these neighbours at the rate, but for those that answer meanwhile. */
  async #askAll(open: Uint32Array): Promise<void> {
    for (let next = 0; next < open.length && !this.#isDone;) {
      this.#hearAll();
      const most = Math.min(this.#allowed(), this.#batch.length);
      const { count, end } = this.#fill(open, next, most);
      const left = count === 0 ? 0 : this.#ask(count);
      next = left === count ? end : this.#behind(open, next, left);
      if (left === 0 || left < count) await this.#rest();
    }
  }

  /** Collects the next neighbours that are not known; `end` is the index behind the last that was looked at. */
  #fill(
    open: Uint32Array,
    next: number,
    most: number,
  ): { count: number; end: number } {
    let count = 0;
    let end = next;
    while (count < most && end < open.length) {
      const index = open[end++]!;
      if (isKnown(this.#options, index)) continue;
      this.#batch[count++] = index;
    }
    return { count, end };
  }

  /** Index behind the first `left` neighbours from `next` on that are not known. */
  #behind(open: Uint32Array, next: number, left: number): number {
    return left === 0 ? next : this.#fill(open, next, left).end;
  }

  #ask(count: number): number {
    const { link, onProgress } = this.#options;
    const left = link.ask(this.#batch, count);
    this.#credit -= left;
    this.#asked += left;
    onProgress(this.#asked, this.#answered);
    return left;
  }

  #allowed(): number {
    const { clock, ratePps } = this.#options;
    const nowMs = clock.nowMs();
    const burst = Math.max(1, ratePps * BURST_MS / 1000);
    const earned = (nowMs - this.#paidMs) * ratePps / 1000;
    this.#credit = Math.min(burst, this.#credit + earned);
    this.#paidMs = nowMs;
    return Math.floor(this.#credit);
  }

  #hearAll(): void {
    const { link, macs } = this.#options;
    for (;;) {
      const index = link.hear(this.#mac);
      if (index < 0) return;
      if (isKnown(this.#options, index)) continue;
      macs.set(this.#mac, index * MAC_BYTES);
      this.#answered++;
    }
  }

  async #rest(): Promise<void> {
    const { clock, onProgress } = this.#options;
    onProgress(this.#asked, this.#answered);
    await clock.rest(LOOK_EVERY_MS);
  }
}
