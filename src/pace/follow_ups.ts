/** One further probe, and what became of it. */
export interface FollowUpOutcome {
  /** When it was handed to the sender, in seconds. */
  readonly sentS: number;
  readonly isAnswered: boolean;
}

/** How follow-ups are spent. */
export interface FollowUpOptions {
  /** Share of all packets sent that may be follow-ups, for example 0.01. */
  readonly share: number;
  /** Number of the first follow-up probe to a target: one behind the last ordinary probe. */
  readonly firstProbeNumber: number;
}

/** Further probes to one host, at most. */
export const MAX_FOLLOW_UPS = 2;
/** Least time between a host's answer and its next probe, in seconds. */
const SPACING_S = 1;
/** A follow-up without an answer after this time is silent. */
const TIMEOUT_S = 1;
/** Hosts that wait for their turn at most: what is beyond is not sampled. */
const MAX_WAITING = 100_000;

interface Waiting {
  readonly position: number;
  readonly probeNumber: number;
  readonly dueS: number;
}

interface Sent {
  readonly key: string;
  readonly sentS: number;
}

/**
 * Decides which hosts that have answered once get a further probe and when, and tells which of these
 * probes were answered. The silent share estimates the loss of the round trip at the time of sending.
 *
 * What it can see: loss that strikes probes or answers at random, and rate limits on the way, since a
 * follow-up travels between ordinary probes. What it cannot: loss that strikes only hosts which never
 * answered, or a host that answers each address only once (then the loss is overestimated).
 */
export class FollowUps {
  readonly #options: FollowUpOptions;
  readonly #waiting: Waiting[] = [];
  #waitingHead = 0;
  readonly #sent: Sent[] = [];
  #sentHead = 0;
  readonly #open = new Map<string, boolean>();
  #spent = 0;

  constructor(options: FollowUpOptions) {
    this.#options = options;
  }

  /** Follow-ups handed out so far. */
  get spent(): number {
    return this.#spent;
  }

  /** Learns of a target's first answer. */
  answered(position: number, nowS: number): void {
    this.#wait(position, this.#options.firstProbeNumber, nowS);
  }

  /** Learns of an answer to a follow-up; one that comes after its timeout changes nothing. */
  followUpAnswered(position: number, probeNumber: number, nowS: number): void {
    const key = keyOf(position, probeNumber);
    if (this.#open.get(key) !== false) return;
    this.#open.set(key, true);
    const next = probeNumber + 1;
    if (next < this.#options.firstProbeNumber + MAX_FOLLOW_UPS) {
      this.#wait(position, next, nowS);
    }
  }

  /**
   * The next probe that is due and within the budget, or null. The caller sends it at once.
   *
   * @param packetsSent all packets of the scan so far, follow-ups included
   */
  take(
    nowS: number,
    packetsSent: number,
  ): { readonly position: number; readonly probeNumber: number } | null {
    const next = this.#waiting[this.#waitingHead];
    if (next === undefined || next.dueS > nowS) return null;
    if (this.#spent + 1 > packetsSent * this.#options.share) return null;
    this.#waitingHead++;
    if (this.#waitingHead > 10_000) {
      this.#waiting.splice(0, this.#waitingHead);
      this.#waitingHead = 0;
    }
    this.#spent++;
    const key = keyOf(next.position, next.probeNumber);
    this.#open.set(key, false);
    this.#sent.push({ key, sentS: nowS });
    return next;
  }

  /** The follow-ups whose outcome is known since the last call, oldest first. */
  settle(nowS: number): FollowUpOutcome[] {
    const outcomes: FollowUpOutcome[] = [];
    for (;;) {
      const first = this.#sent[this.#sentHead];
      if (first === undefined) break;
      const isAnswered = this.#open.get(first.key) === true;
      if (!isAnswered && nowS - first.sentS < TIMEOUT_S) break;
      this.#open.delete(first.key);
      outcomes.push({ sentS: first.sentS, isAnswered });
      this.#sentHead++;
    }
    if (this.#sentHead > 10_000) {
      this.#sent.splice(0, this.#sentHead);
      this.#sentHead = 0;
    }
    return outcomes;
  }

  #wait(position: number, probeNumber: number, nowS: number): void {
    if (this.#waiting.length - this.#waitingHead >= MAX_WAITING) return;
    this.#waiting.push({ position, probeNumber, dueS: nowS + SPACING_S });
  }
}

function keyOf(position: number, probeNumber: number): string {
  return `${position}/${probeNumber}`;
}
