/** Frames that wait for their time. Those of one millisecond leave in the order in which they came. */
export class DelayLine {
  readonly #framesOf = new Map<number, Uint8Array[]>();
  #nextMs: number;
  #length = 0;

  constructor(nowMs: number) {
    this.#nextMs = Math.floor(nowMs);
  }

  /** Frames that wait. */
  get length(): number {
    return this.#length;
  }

  /** Takes a frame that leaves at `dueMs` at the earliest. The bytes may not be used afterwards. */
  push(frame: Uint8Array, dueMs: number): void {
    const ms = Math.max(Math.ceil(dueMs), this.#nextMs);
    const frames = this.#framesOf.get(ms);
    if (frames === undefined) this.#framesOf.set(ms, [frame]);
    else frames.push(frame);
    this.#length++;
  }

  /** Removes and returns all frames whose time has come, in the order of their times. */
  takeDue(nowMs: number): Uint8Array[] {
    const due: Uint8Array[] = [];
    for (; this.#nextMs <= nowMs; this.#nextMs++) {
      for (const frame of this.#framesOf.get(this.#nextMs) ?? []) {
        due.push(frame);
      }
      this.#framesOf.delete(this.#nextMs);
    }
    this.#length -= due.length;
    return due;
  }
}

/**
 * How long the answers of a host take, in milliseconds, always the same: `leastMs / u` with a number u between 0 and
 * 1 that depends on the address, at most `mostMs`. A tenth of the hosts need ten times `leastMs` or more, a hundredth
 * a hundred times, as on the Internet some hosts need very long. With both alike each host needs just that.
 */
export function delayOf(
  address: number,
  { leastMs, mostMs }: DelayRange,
): number {
  return Math.min(mostMs, leastMs / unitOf(address));
}

/** Shortest and longest time that an answer takes. */
export interface DelayRange {
  readonly leastMs: number;
  readonly mostMs: number;
}

/** A number above 0, up to 1, evenly distributed over addresses: the last step of MurmurHash3. */
function unitOf(address: number): number {
  let hash = address;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  hash = (hash ^ (hash >>> 16)) >>> 0;
  return (hash + 1) / 2 ** 32;
}
