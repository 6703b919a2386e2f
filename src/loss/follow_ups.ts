import { SeededRandom } from "../base/mod.ts";
import type { ResponseDelay } from "./response_delay.ts";

/** A further probe to a host that has answered. */
export interface FollowUp {
  /** Position of the target in the order of the scan. */
  readonly position: number;
  /** Which probe to the target it is, from 0. */
  readonly probeNumber: number;
  /** Time that the host's answers take, in seconds. */
  readonly delayS: number;
  /** When it was known to have left; null: it has not. */
  leftS: number | null;
  /** What has become of it; void: lost by the machine itself, or otherwise without meaning. */
  outcome: "open" | "answered" | "silent" | "void";
}

/** What has become of follow-ups since the last look. */
export interface FollowUpEvents {
  /** Have left the machine. */
  readonly left: readonly FollowUp[];
  /** Their outcome has changed: it is what it says now, and was `before`. */
  readonly changed: readonly {
    readonly followUp: FollowUp;
    readonly before: FollowUp["outcome"];
  }[];
}

/** How follow-ups are spent. */
export interface FollowUpOptions {
  /** Share of all packets sent that may be follow-ups, for example 0.01. */
  readonly share: number;
  /** Number of the first follow-up probe to a target: one behind the last ordinary probe. */
  readonly firstProbeNumber: number;
  /** How long answers take, as learned so far. */
  readonly delay: ResponseDelay;
  /** How long an answer is waited for at most, in seconds. */
  readonly longestS: number;
}

/** Further probes to one host, at most. */
export const MAX_FOLLOW_UPS = 2;
/** Least time between a host's answer and its next probe, in seconds. */
const SPACING_S = 1;
/**
 * Follow-ups a second at most: so many tell a loss of 0.5% from none within a second (2,000 × 0.5% = 10 silent
 * ones where none is expected), and more would tell nothing else.
 */
const MOST_PER_S = 2000;
/** Hosts that wait for their turn at most, and as many that rest before: some seconds of the above. */
const MOST_WAITING = 2 * MOST_PER_S;
/** Hosts that are remembered for having lied. */
const MOST_LIARS = 1 << 17;
/**
 * Proven responders that are kept back, at most this share of those that came: they are asked when everything else
 * is silent, to tell a path that died from a network without hosts.
 */
const MOST_RESERVED = 96;
const RESERVED_SHARE = 1 / 2;
/** Responders have dried up when none has come for so many times the mean distance between two of them. */
const DRY_FACTOR = 4;
/** Then the first ones of the reserve are asked at once, as many as an estimate needs; the others slowly. */
const ASKED_AT_ONCE = 32;
const SLOW_S = 2;

interface Waiting {
  readonly position: number;
  readonly probeNumber: number;
  readonly delayS: number;
  readonly dueS: number;
}

/**
 * Decides which hosts that have answered once get a further probe and when, and tells which of these probes were
 * answered. The silent share estimates the loss of the round trip at the time of sending. An answer that comes
 * after its time takes the silence back.
 *
 * What it can see: loss that strikes probes or answers at random, and rate limits on the way, since a
 * follow-up travels between ordinary probes. What it cannot: loss that strikes only hosts which never
 * answered, or a host that answers each address only once (then the loss is overestimated).
 */
export class FollowUps {
  readonly #options: FollowUpOptions;
  /** Hosts that have answered just now, in the order in which they may be asked again; and those that may. */
  readonly #resting: Waiting[] = [];
  #restingHead = 0;
  readonly #ready: Waiting[] = [];
  /** Chooses among the latter: who is asked must not follow from who answered first. */
  readonly #random = new SeededRandom(1n);
  /** Hosts that have answered what they were not asked: what they say tells nothing. */
  readonly #liars = new Set<number>();
  /** Hosts that were taken in lately, so that none is twice, and when they may be forgotten, in order. */
  readonly #known = new Set<number>();
  readonly #forget: { readonly position: number; readonly untilS: number }[] =
    [];
  #forgetHead = 0;
  /** Follow-ups whose outcome may change, in the order of sending. */
  readonly #sent: FollowUp[] = [];
  #sentHead = 0;
  /** Index of the first of these that may still be open. */
  #openHead = 0;
  /** Index, in all that were ever sent, of `#sent[0]`. */
  #sentBefore = 0;
  #leaving = 0;
  readonly #byKey = new Map<number, FollowUp>();
  #changed: { followUp: FollowUp; before: FollowUp["outcome"] }[] = [];
  #spent = 0;
  /** Responders that came, when the first and the latest did. */
  #came = 0;
  #firstS = 0;
  #latestS = 0;
  #tokens = 1;
  #takenS = -Infinity;
  /** Asked out of the reserve since responders have dried up. */
  #reserveAsked = 0;
  #reserveS = -Infinity;

  /** Has asked nobody yet. */
  constructor(options: FollowUpOptions) {
    this.#options = options;
  }

  /** Follow-ups handed out so far. */
  get spent(): number {
    return this.#spent;
  }

  /** Learns of a host's first answer, `delayS` after its probe. The same host is taken in once. */
  answered(position: number, nowS: number, delayS: number): void {
    if (this.#options.share === 0 || this.#known.has(position)) return;
    if (this.#liars.has(position)) return;
    if (this.#came++ === 0) this.#firstS = nowS;
    this.#latestS = nowS;
    this.#reserveAsked = 0;
    const number = this.#options.firstProbeNumber;
    if (!this.#wait(position, number, nowS, delayS)) return;
    this.#known.add(position);
    // As long as an answer to the same probe could still be taken for a first one.
    const untilS = nowS + 2 * this.#options.longestS + SPACING_S;
    this.#forget.push({ position, untilS });
  }

  /** Learns of an answer to a follow-up. A host that answers one which it was not sent is not asked any more. */
  followUpAnswered(position: number, probeNumber: number, nowS: number): void {
    const followUp = this.#byKey.get(this.#keyOf(position, probeNumber));
    if (followUp === undefined) {
      if (this.#liars.size < MOST_LIARS) this.#liars.add(position);
      return;
    }
    const { outcome: before, delayS, leftS } = followUp;
    if (before === "answered" || before === "void") return;
    followUp.outcome = "answered";
    this.#changed.push({ followUp, before });
    const next = probeNumber + 1;
    if (next >= this.#options.firstProbeNumber + MAX_FOLLOW_UPS) return;
    const took = leftS === null ? delayS : Math.max(delayS, nowS - leftS);
    this.#wait(position, next, nowS, took);
  }

  /**
   * The next probe that is due and within the budget, or null. The caller sends it at once.
   *
   * @param packetsSent all packets of the scan so far, follow-ups included
   */
  take(nowS: number, packetsSent: number): FollowUp | null {
    this.#wake(nowS);
    if (this.#spent + 1 > packetsSent * this.#options.share) return null;
    if (!this.#hasToken(nowS) || !this.#mayTake(nowS)) return null;
    const next = this.#choose();
    if (next === null) return null;
    this.#tokens--;
    this.#spent++;
    const { position, probeNumber, delayS } = next;
    const followUp: FollowUp = {
      position,
      probeNumber,
      delayS,
      leftS: null,
      outcome: "open",
    };
    this.#byKey.set(this.#keyOf(position, probeNumber), followUp);
    this.#sent.push(followUp);
    return followUp;
  }

  /**
   * Tells what has happened since the last call. Silent is what is not answered in its time.
   *
   * @param left how many of all have left: the age of one that a sender still holds does not count
   * @param heardS all answers that had arrived by then have been told of
   */
  settle(nowS: number, left: number, heardS: number): FollowUpEvents {
    const gone: FollowUp[] = [];
    for (; this.#leaving < left; this.#leaving++) {
      const followUp = this.#sent[this.#leaving - this.#sentBefore];
      if (followUp === undefined) continue;
      followUp.leftS = nowS;
      gone.push(followUp);
    }
    const { delay } = this.#options;
    const { timeoutS } = delay;
    while (
      this.#openHead < this.#sent.length &&
      this.#sent[this.#openHead]!.outcome !== "open"
    ) this.#openHead++;
    for (let at = this.#openHead; at < this.#sent.length; at++) {
      const followUp = this.#sent[at]!;
      const { leftS, outcome } = followUp;
      if (leftS === null) break;
      const waitS = Math.max(timeoutS, delay.boundedS(followUp.delayS));
      if (outcome !== "open" || heardS - leftS < waitS) continue;
      followUp.outcome = "silent";
      this.#changed.push({ followUp, before: "open" });
    }
    this.#forgetOld(nowS);
    const changed = this.#changed;
    this.#changed = [];
    return { left: gone, changed };
  }

  /** Learns that answers were lost between the threads: nothing follows from what is open. */
  discardOpen(): void {
    for (let at = this.#openHead; at < this.#sent.length; at++) {
      const followUp = this.#sent[at]!;
      if (followUp.outcome !== "open") continue;
      followUp.outcome = "void";
      this.#changed.push({ followUp, before: "open" });
    }
  }

  #wait(
    position: number,
    probeNumber: number,
    nowS: number,
    delayS: number,
  ): boolean {
    if (this.#resting.length - this.#restingHead >= MOST_WAITING) return false;
    const dueS = nowS + SPACING_S;
    this.#resting.push({ position, probeNumber, delayS, dueS });
    return true;
  }

  /** Makes ready who has rested for long enough; where there is no room, in place of someone else. */
  #wake(nowS: number): void {
    for (;;) {
      const next = this.#resting[this.#restingHead];
      if (next === undefined || next.dueS > nowS) break;
      this.#restingHead++;
      if (this.#ready.length < MOST_WAITING) this.#ready.push(next);
      else this.#ready[this.#random.nextWord() % MOST_WAITING] = next;
    }
    this.#restingHead = trim(this.#resting, this.#restingHead);
  }

  /** Takes any host that is ready and has not lied. */
  #choose(): Waiting | null {
    const ready = this.#ready;
    while (ready.length > 0) {
      const at = this.#random.nextWord() % ready.length;
      const chosen = ready[at]!;
      ready[at] = ready.at(-1)!;
      ready.pop();
      if (!this.#liars.has(chosen.position)) return chosen;
    }
    return null;
  }

  #hasToken(nowS: number): boolean {
    const passedS = Math.max(0, Math.min(1, nowS - this.#takenS));
    this.#takenS = nowS;
    this.#tokens = Math.min(
      MOST_PER_S / 10,
      this.#tokens + passedS * MOST_PER_S,
    );
    return this.#tokens >= 1;
  }

  /** Whether a host may be asked now, or has to be kept back. */
  #mayTake(nowS: number): boolean {
    const waiting = this.#ready.length + this.#resting.length -
      this.#restingHead;
    const reserve = Math.min(MOST_RESERVED, this.#came * RESERVED_SHARE);
    if (waiting > reserve) return true;
    if (!this.#isDry(nowS)) return false;
    const isSlow = this.#reserveAsked >= ASKED_AT_ONCE;
    if (isSlow && nowS - this.#reserveS < SLOW_S) return false;
    this.#reserveAsked++;
    this.#reserveS = nowS;
    return true;
  }

  #isDry(nowS: number): boolean {
    const { delay } = this.#options;
    const gapS = (this.#latestS - this.#firstS) / Math.max(1, this.#came - 1);
    const dryS = Math.max(DRY_FACTOR * gapS, SPACING_S) + delay.timeoutS;
    return nowS - this.#latestS > dryS;
  }

  #forgetOld(nowS: number): void {
    while (
      this.#forgetHead < this.#forget.length &&
      this.#forget[this.#forgetHead]!.untilS <= nowS
    ) this.#known.delete(this.#forget[this.#forgetHead++]!.position);
    this.#forgetHead = trim(this.#forget, this.#forgetHead);
    const oldest = nowS - 2 * this.#options.longestS;
    while (
      this.#sentHead < this.#sent.length &&
      (this.#sent[this.#sentHead]!.leftS ?? Infinity) < oldest
    ) {
      const { position, probeNumber } = this.#sent[this.#sentHead++]!;
      this.#byKey.delete(this.#keyOf(position, probeNumber));
    }
    const kept = trim(this.#sent, this.#sentHead);
    const cut = this.#sentHead - kept;
    this.#sentBefore += cut;
    this.#openHead = Math.max(this.#openHead - cut, kept);
    this.#sentHead = kept;
  }

  #keyOf(position: number, probeNumber: number): number {
    return position * MAX_FOLLOW_UPS + probeNumber -
      this.#options.firstProbeNumber;
  }
}

/** Entries behind which a list that is read from its front is cut. */
const TRIM = 1000;

/** Cuts off what lies before `head` if that is much; returns where the list begins now. */
function trim(list: unknown[], head: number): number {
  if (head < TRIM) return head;
  list.splice(0, head);
  return 0;
}
