// HOT PATH
import type { AnswerQueue } from "../shm/mod.ts";
import type { TargetSpace } from "../targets/mod.ts";
import { RecentTargets } from "./recent_targets.ts";

/** Offset of the source address in an IPv4 header, RFC 791 3.1. */
const IPV4_SOURCE = 12;
/** Targets and follow-ups whose answers are remembered, so that none counts twice: those that answered last. */
const TARGETS_REMEMBERED = 2 ** 18;
const FOLLOW_UPS_REMEMBERED = 2 ** 16;

/** What an answer reporter works with. */
export interface AnswerReporterParts {
  readonly space: TargetSpace;
  /** Gets each answer. */
  readonly queue: AnswerQueue;
  /** Number of the first probe that is a follow-up, and how many follow-ups a target may get. */
  readonly firstFollowUp: number;
  readonly mostFollowUps: number;
  /** Whether `first` is called once for each target: then nothing more has to be remembered. */
  readonly isExact: boolean;
  /** Secret 32-bit word, so that no host can choose what it is mistaken for. */
  readonly salt: number;
}

/**
 * Tells the main thread of answers, for the measurement of loss: of each target and probe once, however often
 * a host repeats it and whatever counts as a repeat in the results.
 */
export class AnswerReporter {
  readonly #parts: AnswerReporterParts;
  readonly #targets: RecentTargets | null;
  /** Answered follow-ups: one set for each number. */
  readonly #followUps: readonly RecentTargets[];
  readonly #portCount: number;

  constructor(parts: AnswerReporterParts) {
    const { isExact, mostFollowUps, salt, space } = parts;
    this.#parts = parts;
    this.#portCount = space.portCount;
    this.#targets = isExact
      ? null
      : new RecentTargets(TARGETS_REMEMBERED, ~salt);
    this.#followUps = Array.from(
      { length: mostFollowUps },
      (_, index) => new RecentTargets(FOLLOW_UPS_REMEMBERED, salt + index + 1),
    );
  }

  /** Whether the number is that of a follow-up, sent or not. */
  isFollowUp(probeNumber: number): boolean {
    return probeNumber >= this.#parts.firstFollowUp;
  }

  /**
   * Reports an answer of a target that has not answered before, unless someone else on the way gave it: routers
   * limit their errors.
   *
   * @param packet holds the answer, its IPv4 header at `at`
   */
  first(
    packet: DataView,
    at: number,
    address: number,
    port: number,
    probeNumber: number,
  ): void {
    if (packet.getUint32(at + IPV4_SOURCE) !== address) return;
    if (this.#targets !== null && !this.#targets.add(address, port)) return;
    this.#report(address, port, probeNumber);
  }

  /** Reports an answer to a follow-up, which may be a repeated or a forged one. */
  followUp(address: number, port: number, probeNumber: number): void {
    const seen = this.#followUps[probeNumber - this.#parts.firstFollowUp];
    if (seen === undefined || !seen.add(address, port)) return;
    this.#report(address, port, probeNumber);
  }

  #report(address: number, port: number, probeNumber: number): void {
    const { queue, space } = this.#parts;
    const position = space.positionOf(address, port);
    if (position < 0) return;
    queue.push(position, probeNumber, this.#isEligible(address, port));
  }

  /** Of all targets of a host, one is eligible for follow-ups: so no host gets more of them than a target. */
  #isEligible(address: number, port: number): boolean {
    if (this.#portCount === 1) return true;
    let hash = address ^ this.#parts.salt;
    hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
    const chosen = ((hash ^ (hash >>> 16)) >>> 0) % this.#portCount;
    return this.#parts.space.portRankOf(port) === chosen;
  }
}
