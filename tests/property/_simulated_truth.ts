/** What really became of a scan. */
export interface Truth {
  /** Live targets that were probed, and those of them that have answered. */
  readonly findable: number;
  readonly found: number;
  /** Share of the first round trips of each probe to a target that failed. */
  readonly losses: readonly number[];
  /** Follow-ups to all hosts, and to one host at most. */
  readonly followUps: number;
  readonly mostFollowUps: number;
}

/** Targets up to which each of them is noted. */
const MOST_NOTED = 2 ** 24;
/** Bits of a note: this one, and above it one for each probe that was sent. */
const ANSWERED = 1;

/**
 * Counts what a scan sent to live hosts and what came back. A scan that is too large to note each target is never
 * simulated beyond its first pass, so that no target is probed twice there.
 */
export class SimulatedTruth {
  readonly #noted: Uint8Array | null;
  /** Probes to live targets, each target's first of that number, and how many of them came back. */
  readonly #probed: number[];
  readonly #returned: number[];
  readonly #followUps = new Map<number, number>();
  #findable = 0;
  #found = 0;

  constructor(targets: number, probesPerTarget: number) {
    this.#noted = targets <= MOST_NOTED ? new Uint8Array(targets) : null;
    this.#probed = Array.from({ length: probesPerTarget }, () => 0);
    this.#returned = Array.from({ length: probesPerTarget }, () => 0);
  }

  /** Whether repeats of answers can be told apart. */
  get isNoted(): boolean {
    return this.#noted !== null;
  }

  /** A live target is probed; whether for the first time with this number. */
  probed(position: number, probeNumber: number): boolean {
    if (this.#noted !== null) {
      const bit = 2 << probeNumber;
      const note = this.#noted[position]!;
      if ((note & bit) !== 0) return false;
      if (note === 0) this.#findable++;
      this.#noted[position] = note | bit;
    } else this.#findable++;
    this.#probed[probeNumber]!++;
    return true;
  }

  /** The answer to such a first probe comes back. */
  returned(probeNumber: number): void {
    this.#returned[probeNumber]!++;
    if (this.#noted === null) this.#found++;
  }

  /** An answer to a probe has arrived; whether its target is known to have answered before. */
  answered(position: number): boolean {
    if (this.#noted === null) return false;
    const note = this.#noted[position]!;
    if ((note & ANSWERED) !== 0) return true;
    this.#noted[position] = note | ANSWERED;
    this.#found++;
    return false;
  }

  /** A live target is asked once more. */
  followedUp(position: number): void {
    this.#followUps.set(position, (this.#followUps.get(position) ?? 0) + 1);
  }

  /** What has become of the scan. */
  result(): Truth {
    let followUps = 0;
    let mostFollowUps = 0;
    for (const count of this.#followUps.values()) {
      followUps += count;
      mostFollowUps = Math.max(mostFollowUps, count);
    }
    return {
      findable: this.#findable,
      found: this.#found,
      losses: this.#probed.map((probed, probeNumber) =>
        probed === 0 ? 0 : 1 - this.#returned[probeNumber]! / probed
      ),
      followUps,
      mostFollowUps,
    };
  }
}
