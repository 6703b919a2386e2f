/** One further probe, and what became of it. */
export interface FollowUpOutcome {
  /** Counts up in the order of sending, from 0. */
  readonly id: number;
  readonly isAnswered: boolean;
}

/** A further probe that is to be sent now. */
export interface FollowUp {
  readonly id: number;
  readonly position: number;
  readonly probeNumber: number;
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
  /** When it was known to have left; null: it has not. */
  leftS: number | null;
  isAnswered: boolean;
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
  /** Those that are not settled, by number. */
  readonly #sent = new Map<number, Sent>();
  /** Number of the oldest of these, and of the oldest that has not left. */
  #oldest = 0;
  #leaving = 0;
  readonly #idOf = new Map<string, number>();
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

  /**
   * Learns of an answer to a follow-up and returns its number, or -1 when it is known already or comes after
   * its timeout.
   */
  followUpAnswered(
    position: number,
    probeNumber: number,
    nowS: number,
  ): number {
    const id = this.#idOf.get(keyOf(position, probeNumber));
    const sent = id === undefined ? undefined : this.#sent.get(id);
    if (id === undefined || sent === undefined || sent.isAnswered) return -1;
    sent.isAnswered = true;
    const next = probeNumber + 1;
    if (next < this.#options.firstProbeNumber + MAX_FOLLOW_UPS) {
      this.#wait(position, next, nowS);
    }
    return id;
  }

  /**
   * The next probe that is due and within the budget, or null. The caller sends it at once.
   *
   * @param packetsSent all packets of the scan so far, follow-ups included
   */
  take(nowS: number, packetsSent: number): FollowUp | null {
    const next = this.#waiting[this.#waitingHead];
    if (next === undefined || next.dueS > nowS) return null;
    if (this.#spent + 1 > packetsSent * this.#options.share) return null;
    this.#waitingHead++;
    if (this.#waitingHead > 10_000) {
      this.#waiting.splice(0, this.#waitingHead);
      this.#waitingHead = 0;
    }
    const id = this.#spent++;
    const { position, probeNumber } = next;
    const key = keyOf(position, probeNumber);
    this.#idOf.set(key, id);
    this.#sent.set(id, { key, leftS: null, isAnswered: false });
    return { id, position, probeNumber };
  }

  /**
   * The follow-ups that are as old as the timeout and were not returned before, oldest first: all of them, so
   * that their silent share is not biased by answers that are known sooner.
   *
   * @param left how many of all have left: the age of one that a sender still holds does not count
   * @param heardS all answers that had arrived by then have been told of
   */
  settle(
    nowS: number,
    left: number = this.#spent,
    heardS: number = nowS,
  ): FollowUpOutcome[] {
    for (; this.#leaving < left; this.#leaving++) {
      this.#sent.get(this.#leaving)!.leftS = nowS;
    }
    const outcomes: FollowUpOutcome[] = [];
    for (;;) {
      const sent = this.#sent.get(this.#oldest);
      if (
        sent === undefined || sent.leftS === null ||
        heardS - sent.leftS < TIMEOUT_S
      ) return outcomes;
      this.#sent.delete(this.#oldest);
      this.#idOf.delete(sent.key);
      outcomes.push({ id: this.#oldest, isAnswered: sent.isAnswered });
      this.#oldest++;
    }
  }

  #wait(position: number, probeNumber: number, nowS: number): void {
    if (this.#waiting.length - this.#waitingHead >= MAX_WAITING) return;
    this.#waiting.push({ position, probeNumber, dueS: nowS + SPACING_S });
  }
}

function keyOf(position: number, probeNumber: number): string {
  return `${position}/${probeNumber}`;
}
