import {
  BUCKET_SLOTS,
  TokenBucket,
  WINDOW_SLOTS,
  WindowMeter,
} from "../pace/mod.ts";

/** Memory of a token bucket that all senders of a scan share: plain data that `postMessage` shares. */
export interface SharedBucketMemory {
  readonly state: Float64Array;
  /** What left in the last 100 ms, and by how much that was ever too much. */
  readonly window: Float64Array;
  /** Rate that the main thread wants, packets per second; 0 for no limit. */
  readonly wantedRate: Float64Array;
  readonly lock: Int32Array;
}

/** Makes the memory of a bucket that will start at `ratePps`. */
export function makeSharedBucketMemory(ratePps: number): SharedBucketMemory {
  const wantedRate = new Float64Array(new SharedArrayBuffer(8));
  wantedRate[0] = ratePps;
  return {
    state: new Float64Array(new SharedArrayBuffer(BUCKET_SLOTS * 8)),
    window: new Float64Array(new SharedArrayBuffer(WINDOW_SLOTS * 8)),
    wantedRate,
    lock: new Int32Array(new SharedArrayBuffer(8)),
  };
}

/** Orders another rate; senders follow at their next batch. */
export function orderRate(memory: SharedBucketMemory, ratePps: number): void {
  memory.wantedRate[0] = ratePps;
}

/** The rate that was ordered last, packets per second; 0 for no limit. */
export function orderedRate(memory: SharedBucketMemory): number {
  return memory.wantedRate[0]!;
}

/** Packets by which the busiest 100 ms so far exceeded `rate × 0.1 s + burst`; 0 when none did. */
export function windowExcess(memory: SharedBucketMemory): number {
  return new WindowMeter(memory.window).excess;
}

const LOCK = 0;
const IS_STARTED = 1;
const FREE = 0;
const HELD = 1;
const CONTENDED = 2;

/** The bucket as one sender sees it: each call locks, and applies the rate that the main thread wants. */
export class SharedBucket {
  readonly #bucket: TokenBucket;
  readonly #window: WindowMeter;
  readonly #wantedRate: Float64Array;
  readonly #lock: Int32Array;

  constructor(memory: SharedBucketMemory) {
    this.#bucket = new TokenBucket(memory.state);
    this.#window = new WindowMeter(memory.window);
    this.#wantedRate = memory.wantedRate;
    this.#lock = memory.lock;
  }

  /** The rate that the main thread wants, 0 for no limit. */
  get ratePps(): number {
    return this.#wantedRate[0]!;
  }

  /** As `TokenBucket.take`. */
  take(nowNs: number, least: number, most: number): number {
    this.#acquire(nowNs);
    const taken = this.#bucket.take(nowNs, least, most);
    this.#release();
    return taken;
  }

  /** As `TokenBucket.giveBack`. */
  giveBack(nowNs: number, count: number): void {
    this.#acquire(nowNs);
    this.#bucket.giveBack(count);
    this.#release();
  }

  /** Tells of frames that the kernel has taken by `nowNs`: as late as it may have been, not as allowed. */
  left(nowNs: number, count: number): void {
    this.#acquire(nowNs);
    this.#bucket.left(nowNs, count);
    this.#window.add(nowNs, count, this.#bucket.ratePps);
    this.#release();
  }

  /** As `TokenBucket.waitNs`. */
  waitNs(nowNs: number, least: number): number {
    this.#acquire(nowNs);
    const waitNs = this.#bucket.waitNs(nowNs, least);
    this.#release();
    return waitNs;
  }

  #acquire(nowNs: number): void {
    if (Atomics.compareExchange(this.#lock, LOCK, FREE, HELD) !== FREE) {
      while (Atomics.exchange(this.#lock, LOCK, CONTENDED) !== FREE) {
        Atomics.wait(this.#lock, LOCK, CONTENDED);
      }
    }
    const wanted = this.#wantedRate[0]!;
    if (this.#lock[IS_STARTED] === 0) {
      this.#lock[IS_STARTED] = 1;
      this.#bucket.start(nowNs, wanted);
    } else if (wanted !== this.#bucket.ratePps) {
      this.#bucket.change(nowNs, wanted);
    }
  }

  #release(): void {
    if (Atomics.exchange(this.#lock, LOCK, FREE) === CONTENDED) {
      Atomics.notify(this.#lock, LOCK, 1);
    }
  }
}
