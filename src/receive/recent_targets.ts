// HOT PATH
/** No slot, in `#newer`, `#older` and the chains. */
const NONE = -1;
/** 2^32 divided by the golden ratio: spreads consecutive numbers. */
const SPREAD = 0x9e37_79b1;

/**
 * The (address, port) pairs that were added last, up to a fixed number of them; adding one again makes it
 * the newest. Memory is taken once: 26 bytes a pair and a table of at most 8 more.
 */
export class RecentTargets {
  readonly #capacity: number;
  readonly #salt: number;
  readonly #addresses: Uint32Array;
  readonly #ports: Uint16Array;
  /** Slots in the order of use: a list in both directions. */
  readonly #newer: Int32Array;
  readonly #older: Int32Array;
  /** First slot of each bucket, and the next one of the same bucket for each slot. */
  readonly #buckets: Int32Array;
  readonly #chain: Int32Array;
  readonly #shift: number;
  #size = 0;
  #newest = NONE;
  #oldest = NONE;

  /**
   * @param capacity from 1 to 2^27
   * @param salt secret 32-bit word, so that no one can choose addresses that collide
   */
  constructor(capacity: number, salt: number) {
    this.#capacity = capacity;
    this.#salt = salt | 0;
    this.#addresses = new Uint32Array(capacity);
    this.#ports = new Uint16Array(capacity);
    this.#newer = new Int32Array(capacity).fill(NONE);
    this.#older = new Int32Array(capacity).fill(NONE);
    this.#chain = new Int32Array(capacity).fill(NONE);
    const bits = Math.max(1, 32 - Math.clz32(capacity - 1));
    this.#buckets = new Int32Array(2 ** bits).fill(NONE);
    this.#shift = 32 - bits;
  }

  /** Number of members. */
  get size(): number {
    return this.#size;
  }

  /** Makes a pair the newest; false when it was a member. Drops the oldest when there are too many. */
  add(address: number, port: number): boolean {
    const found = this.#find(address, port);
    if (found !== NONE) {
      this.#unlink(found);
      this.#linkNewest(found);
      return false;
    }
    const slot = this.#size < this.#capacity
      ? this.#size++
      : this.#dropOldest();
    this.#addresses[slot] = address;
    this.#ports[slot] = port;
    const bucket = this.#bucketOf(address, port);
    this.#chain[slot] = this.#buckets[bucket]!;
    this.#buckets[bucket] = slot;
    this.#linkNewest(slot);
    return true;
  }

  /** Whether a pair is a member. */
  has(address: number, port: number): boolean {
    return this.#find(address, port) !== NONE;
  }

  #find(address: number, port: number): number {
    let slot = this.#buckets[this.#bucketOf(address, port)]!;
    while (
      slot !== NONE &&
      (this.#addresses[slot] !== address || this.#ports[slot] !== port)
    ) slot = this.#chain[slot]!;
    return slot;
  }

  #dropOldest(): number {
    const slot = this.#oldest;
    this.#unlink(slot);
    const bucket = this.#bucketOf(this.#addresses[slot]!, this.#ports[slot]!);
    if (this.#buckets[bucket] === slot) {
      this.#buckets[bucket] = this.#chain[slot]!;
      return slot;
    }
    let before = this.#buckets[bucket]!;
    while (this.#chain[before] !== slot) before = this.#chain[before]!;
    this.#chain[before] = this.#chain[slot]!;
    return slot;
  }

  #unlink(slot: number): void {
    const newer = this.#newer[slot]!;
    const older = this.#older[slot]!;
    if (newer === NONE) this.#newest = older;
    else this.#older[newer] = older;
    if (older === NONE) this.#oldest = newer;
    else this.#newer[older] = newer;
  }

  #linkNewest(slot: number): void {
    this.#newer[slot] = NONE;
    this.#older[slot] = this.#newest;
    if (this.#newest === NONE) this.#oldest = slot;
    else this.#newer[this.#newest] = slot;
    this.#newest = slot;
  }

  #bucketOf(address: number, port: number): number {
    let hash = address ^ this.#salt;
    hash = Math.imul(hash ^ (hash >>> 16), SPREAD) ^ port;
    hash = Math.imul(hash ^ (hash >>> 15), SPREAD);
    return hash >>> this.#shift;
  }
}
