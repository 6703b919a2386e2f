// HOT PATH
import type { PacketSource } from "../backend/mod.ts";
import type { Probe } from "../probe/mod.ts";
import {
  type Counters,
  RECEIVE,
  RecordFlag,
  type RecordHead,
  type RecordQueue,
} from "../shm/mod.ts";
import { AnswerDigests } from "./answer_digests.ts";
import { type AnsweredBefore, AnsweredFlag } from "./answered_before.ts";
import type { AnswerReporter } from "./answer_reporter.ts";
import { RecentTargets } from "./recent_targets.ts";
import { TargetSet } from "./target_set.ts";

/** Which responses the output wants: others are counted, not handed over. */
export interface ReceiveFilter {
  readonly isSuccessOnly: boolean;
  readonly isUniqueOnly: boolean;
}

/** Which responses are repeats of earlier ones of their target. */
export type Dedup =
  | { readonly method: "none" | "full" }
  /** Remembers only so many targets, those that answered last. */
  | { readonly method: "window"; readonly size: number };

/** Targets that have answered, each known by two words: see `AnsweredTargets`. */
interface SeenTargets {
  /** Adds a target; false when it was there already. */
  add(first: number, second: number): boolean;
  has(first: number, second: number): boolean;
}

/** What is recorded of the answers of both families alike. */
export interface RecordParts {
  readonly source: PacketSource;
  readonly counters: Counters;
  readonly queue: RecordQueue;
  readonly filter: ReceiveFilter;
  readonly validationKey: Uint32Array;
  readonly dedup: Dedup;
  /** Whether the first answer of each target is handed over even where no output wants it. */
  readonly isJournaled?: boolean;
  readonly answeredBefore?: AnsweredBefore | null;
  /** Moves on to true when sending has ended. */
  readonly phase: { isCooldown: boolean };
}

/** What is particular to the answers of one family. */
export interface FamilyRecords {
  readonly probe: Probe;
  /** Null: loss is not measured. */
  readonly answers: AnswerReporter | null;
  /** Whether the second of the words by which targets are known differs among them. */
  readonly hasSecondWord: boolean;
  readonly isIpv6: boolean;
}

/** Counts, deduplicates and hands over the valid answers of one family. */
export class AnswerRecorder {
  /** What is known of the answer: to be filled in before `record`, but for time, class and flags. */
  readonly head: RecordHead;
  readonly #parts: RecordParts & FamilyRecords;
  readonly #successes: SeenTargets;
  /** Targets that answered with failures only: each counts once, however often it does. */
  readonly #failures: SeenTargets;
  /** Null where answers to one probe are not compared. */
  readonly #digests: AnswerDigests | null;
  /** Those of them that did so in an earlier run of the scan; null: there was none. */
  #failuresBefore: SeenTargets | null = null;
  /**
   * Targets that have answered in this run, where there were earlier ones: how many answer tells of the loss, whoever
   * has answered before. Null: there was none.
   */
  #heard: SeenTargets | null = null;
  readonly #familyFlag: number;
  readonly #isJournaled: boolean;

  /** @param head may be shared: it holds one answer at a time */
  constructor(parts: RecordParts & FamilyRecords, head: RecordHead) {
    this.#parts = parts;
    this.head = head;
    this.#isJournaled = parts.isJournaled ?? false;
    this.#familyFlag = parts.isIpv6 ? RecordFlag.ipv6 : 0;
    this.#successes = makeSeenTargets(parts);
    this.#failures = makeSeenTargets(parts);
    this.#digests = parts.probe.answerDigest === undefined
      ? null
      : new AnswerDigests(parts.validationKey[0]! ^ parts.validationKey[2]!);
    this.#restore(parts.answeredBefore ?? null);
  }

  /**
   * Records the answer of the target that is known by the words `first` and `second`.
   *
   * @param at offset of its IP header
   * @param isFromTarget whether it comes from the target itself, and not from a router on the way
   */
  record(
    at: number,
    end: number,
    classIndex: number,
    first: number,
    second: number,
    isFromTarget: boolean,
  ): void {
    const { answers, counters, filter, phase, probe, source } = this.#parts;
    const head = this.head;
    head.seconds = source.seconds;
    head.microseconds = source.microseconds;
    head.classIndex = classIndex;
    if (answers !== null && answers.isFollowUp(head.probeNumber)) {
      counters[RECEIVE.followUps]! += 1;
      answers.followUp(first, second, head.probeNumber);
      return;
    }
    const isDiffering = this.#digests !== null &&
      this.#differs(this.#digests, at, end, first, second);
    const { isAppSuccess, isSuccess } = probe.classes[classIndex]!;
    // A failure is no repeat of another failure, and makes no success one: only successes mark their target. But
    // what an earlier run has written, and asks for again as it was under way when that ended, is a repeat.
    const isRepeat = isSuccess
      ? !this.#successes.add(first, second)
      : this.#successes.has(first, second) ||
        (this.#failuresBefore !== null &&
          this.#failuresBefore.has(first, second));
    // A success after a failure is a result of its own, but no further answer of its target.
    const isFirst = !isRepeat &&
      (isSuccess
        ? !this.#failures.has(first, second)
        : this.#failures.add(first, second));
    this.#count(isSuccess, isRepeat);
    if (isFirst && !isSuccess) counters[RECEIVE.failureUnique]! += 1;
    if (isAppSuccess) {
      counters[RECEIVE.appSuccess]! += 1;
      if (!isRepeat) counters[RECEIVE.appSuccessUnique]! += 1;
    }
    // Routers limit their errors, so those tell nothing of what is lost on the way.
    if (isFromTarget && answers !== null) {
      const isNew = this.#heard === null
        ? isFirst
        : this.#heard.add(first, second);
      if (isNew) answers.first(first, second, head.probeNumber);
      else answers.again(first, second, head.probeNumber);
    }
    const isNoted = this.#isJournaled && (isSuccess ? !isRepeat : isFirst);
    head.firstWord = first;
    head.secondWord = second;
    head.flags = (isSuccess ? RecordFlag.success : 0) |
      (isRepeat ? RecordFlag.repeat : 0) |
      (phase.isCooldown ? RecordFlag.cooldown : 0) |
      (isDiffering ? RecordFlag.differs : 0) |
      (isNoted ? RecordFlag.first | this.#familyFlag : 0);
    if (
      (filter.isSuccessOnly && !isSuccess) || (filter.isUniqueOnly && isRepeat)
    ) {
      counters[RECEIVE.filtered]! += 1;
      if (isNoted) this.#note(at);
      return;
    }
    this.#handOver(at, end);
  }

  /** Whether this answer differs from the first one to the same probe; counts it. */
  #differs(
    digests: AnswerDigests,
    at: number,
    end: number,
    first: number,
    second: number,
  ): boolean {
    const { counters, probe, source } = this.#parts;
    const digest = probe.answerDigest!(source.view, at, end);
    const isDiffering = digest >= 0 &&
      digests.differs(first, second, this.head.probeNumber, digest);
    if (isDiffering) counters[RECEIVE.differing]! += 1;
    return isDiffering;
  }

  /**
   * Hands over an answer to a probe that tests a prefix.
   *
   * @param classIndex -1 where somebody else than the address that was asked has answered
   */
  recordAlias(at: number, end: number, classIndex: number): void {
    const { counters, probe, queue, source } = this.#parts;
    const { head } = this;
    // Only successes say that an address answers.
    if (!probe.classes[classIndex]?.isSuccess) {
      counters[RECEIVE.aliases]! += 1;
      return;
    }
    head.classIndex = classIndex;
    head.flags = RecordFlag.success | RecordFlag.alias;
    const isPushed = queue.push(head, source.view, at, end);
    counters[isPushed ? RECEIVE.aliases : RECEIVE.lostHandOver]! += 1;
  }

  /** Takes in what an earlier run has seen. */
  #restore(answered: AnsweredBefore | null): void {
    if (answered === null) return;
    const isIpv6 = this.#familyFlag !== 0;
    this.#heard = makeSeenTargets(this.#parts);
    const failuresBefore = makeSeenTargets(this.#parts);
    this.#failuresBefore = failuresBefore;
    for (let i = 0; i < answered.length; i += 2) {
      const rest = answered[i + 1]!;
      if (((rest & AnsweredFlag.ipv6) !== 0) !== isIpv6) continue;
      const [first, second] = [answered[i]!, rest & 0xffff];
      if ((rest & AnsweredFlag.failure) === 0) {
        this.#successes.add(first, second);
      } else {
        this.#failures.add(first, second);
        failuresBefore.add(first, second);
      }
    }
  }

  /** Hands over that a target has answered, without the packet. Where there is no room, it may count as new later. */
  #note(at: number): void {
    const { queue, source } = this.#parts;
    this.head.flags |= RecordFlag.unwanted;
    queue.push(this.head, source.view, at, at);
  }

  #handOver(at: number, end: number): void {
    const { counters, queue, source } = this.#parts;
    const isPushed = queue.push(this.head, source.view, at, end);
    counters[isPushed ? RECEIVE.handedOver : RECEIVE.lostHandOver]! += 1;
  }

  #count(isSuccess: boolean, isRepeat: boolean): void {
    const { counters, phase } = this.#parts;
    if (isRepeat) counters[RECEIVE.repeats]! += 1;
    if (!isSuccess) {
      counters[RECEIVE.failure]! += 1;
      return;
    }
    counters[RECEIVE.success]! += 1;
    if (!isRepeat) counters[RECEIVE.successUnique]! += 1;
    if (!phase.isCooldown) return;
    counters[RECEIVE.successCooldown]! += 1;
    if (!isRepeat) counters[RECEIVE.successCooldownUnique]! += 1;
  }
}

function makeSeenTargets(
  { dedup, hasSecondWord, validationKey }: RecordParts & FamilyRecords,
): SeenTargets {
  const salt = validationKey[0]! ^ validationKey[3]!;
  if (dedup.method === "none") return NOTHING_SEEN;
  return dedup.method === "window"
    ? new RecentTargets(dedup.size, salt)
    : new TargetSet(hasSecondWord, salt);
}

const NOTHING_SEEN: SeenTargets = { add: () => true, has: () => false };
