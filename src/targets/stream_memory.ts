/**
 * Addresses that a stream takes at most, 2^24: 64 MiB for IPv4, 256 MiB for IPv6, up to 256 MiB for the table, and 4
 * bytes a window.
 */
export const STREAM_CAPACITY: number = 2 ** 24;
/** Addresses among which the order is shuffled at most: the size of a /16, and of the largest prefix of a line. */
export const STREAM_WINDOW: number = 2 ** 16;

/** Indexes of `StreamMemory.head`. */
export const STREAM_HEAD = {
  /** Number of the table that is in use, from 0. */
  table: 0,
  /** Addresses whose window has been closed: those before it are targets. */
  ready: 1,
  /** Windows that have been closed. */
  windows: 2,
} as const;

/**
 * The targets of a scan that become known while it runs, by the order in which they are probed. One thread writes
 * (`StreamWriter`), all others read. Plain data over shared memory, of which the system provides what has been written
 * to: `postMessage` copies a few words.
 */
export interface StreamMemory {
  /** Words of an address: 1 for IPv4, 4 for IPv6. */
  readonly words: 1 | 4;
  /** Addresses at most. */
  readonly capacity: number;
  /** Addresses of a window at most. */
  readonly windowSize: number;
  /** Secret 32-bit word, so that nobody can choose addresses that collide in the table. */
  readonly salt: number;
  /** Orders addresses within a window, and ports. */
  readonly seed: bigint;
  /** See `STREAM_HEAD`. */
  readonly head: Int32Array;
  /** The addresses in the order of their coming, most significant word first. */
  readonly addresses: Uint32Array;
  /** Index of the first address of each window, and behind the last window that of the next one. */
  readonly windows: Uint32Array;
  /**
   * Hash tables of ascending size, one behind the other, of which one is in use: indexes of addresses plus 1, or 0.
   */
  readonly slots: Uint32Array;
}

/** What a stream's memory is made for. */
export interface StreamOptions {
  /** Words of an address: 1 for IPv4, 4 for IPv6. */
  readonly words: 1 | 4;
  /** Fixes the order within a window. */
  readonly seed: bigint;
  /**
   * A power of two.
   *
   * @default {STREAM_CAPACITY}
   */
  readonly capacity?: number;
  /**
   * A power of two, at most `capacity`.
   *
   * @default {STREAM_WINDOW}
   */
  readonly windowSize?: number;
}

/** Makes the memory of a stream without targets. */
export function makeStreamMemory(options: StreamOptions): StreamMemory {
  const { capacity = STREAM_CAPACITY, seed, words } = options;
  const { windowSize = STREAM_WINDOW } = options;
  const [salt = 0] = crypto.getRandomValues(new Uint32Array(1));
  const shared = (length: number): Uint32Array =>
    new Uint32Array(new SharedArrayBuffer(length * 4));
  return {
    words,
    capacity,
    windowSize,
    salt,
    seed,
    head: new Int32Array(
      new SharedArrayBuffer(Object.keys(STREAM_HEAD).length * 4),
    ),
    addresses: shared(capacity * words),
    windows: shared(capacity + 1),
    slots: shared(
      firstTableSize(windowSize) *
        (2 ** (lastTable({ capacity, windowSize }) + 1) - 1),
    ),
  };
}

/** Slots of the first table: a window fits before it is more than three quarters full. */
export function firstTableSize(windowSize: number): number {
  return 4 * windowSize;
}

/** Number of the table that is at most half full with all addresses. */
export function lastTable(
  { capacity, windowSize }: Pick<StreamMemory, "capacity" | "windowSize">,
): number {
  return Math.max(0, Math.log2(2 * capacity / firstTableSize(windowSize)));
}
