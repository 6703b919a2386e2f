/** A thing and how often it was counted. */
export interface Counted<T> {
  readonly key: T;
  readonly count: number;
}

/**
 * The highest of many counters that only grow, each by one at a time. Exact, as a counter that has risen above the
 * lowest on the list comes onto it at that moment. Costs one comparison where it has not.
 */
export class TopCounters {
  readonly #most: number;
  readonly #keys: number[] = [];
  readonly #counts: number[] = [];
  #least = 0;

  /** @param most length of the list */
  constructor(most: number) {
    this.#most = most;
  }

  /** A counter has become `count`. */
  grown(key: number, count: number): void {
    if (count <= this.#least) return;
    const keys = this.#keys;
    const counts = this.#counts;
    let at = keys.indexOf(key);
    if (at < 0) {
      at = keys.length < this.#most ? keys.length : counts.indexOf(this.#least);
      keys[at] = key;
    }
    const before = counts[at];
    counts[at] = count;
    // Another one is the lowest only where this one was.
    if (
      keys.length === this.#most &&
      (before === undefined || before === this.#least)
    ) {
      let least = count;
      for (const other of counts) if (other < least) least = other;
      this.#least = least;
    }
  }

  /** The list, highest first. */
  list(): Counted<number>[] {
    return sorted(
      this.#keys.map((key, at) => ({ key, count: this.#counts[at]! })),
    );
  }
}

/**
 * What occurs most among more kinds of things than memory has room for: space-saving (Metwally, Agrawal, El Abbadi,
 * 2005). With k counters, whatever is more than 1/k of all is among them, and no count is too high by more than that.
 */
export class SpaceSaving<T> {
  readonly #most: number;
  readonly #counts = new Map<T, number>();
  /** Counters that were the lowest at the last look, and their count. */
  readonly #lowest: T[] = [];
  #least = 0;

  /** @param most number of counters */
  constructor(most: number) {
    this.#most = most;
  }

  /** Counts a thing. */
  add(key: T): void {
    const counts = this.#counts;
    const count = counts.get(key);
    if (count !== undefined) {
      counts.set(key, count + 1);
      return;
    }
    if (counts.size < this.#most) {
      counts.set(key, 1);
      return;
    }
    counts.delete(this.#takeLowest());
    counts.set(key, this.#least + 1);
  }

  /** One of the lowest counters. Counts only grow, so all are looked at only once these are used up. */
  #takeLowest(): T {
    for (;;) {
      while (this.#lowest.length > 0) {
        const key = this.#lowest.pop()!;
        if (this.#counts.get(key) === this.#least) return key;
      }
      this.#least = Infinity;
      for (const count of this.#counts.values()) {
        this.#least = Math.min(this.#least, count);
      }
      for (const [key, count] of this.#counts) {
        if (count === this.#least) this.#lowest.push(key);
      }
    }
  }

  /** What was counted, most first. */
  list(): Counted<T>[] {
    return sorted([...this.#counts].map(([key, count]) => ({ key, count })));
  }
}

function sorted<T>(list: Counted<T>[]): Counted<T>[] {
  return list.sort((a, b) => b.count - a.count);
}
