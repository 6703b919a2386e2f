// HOT PATH
import type { AnswerQueue } from "../shm/mod.ts";
import type { Ipv4Targets, Ipv6Targets } from "../targets/mod.ts";
import { mixedPosition, type TargetMix } from "../targets/target_mix.ts";
import { RecentTargets } from "./recent_targets.ts";

/** Targets and follow-ups whose answers are remembered, so that none counts twice: those that answered last. */
const TARGETS_REMEMBERED = 2 ** 18;
const FOLLOW_UPS_REMEMBERED = 2 ** 16;
const AGAIN_REMEMBERED = 2 ** 16;

/**
 * Targets by the two words that each is known by: of IPv4 address and port, of IPv6 the lower 32 and the upper 16 bits
 * of the target number.
 */
export interface AnsweredTargets {
  /** The position of a target, or -1 when it is none. */
  positionOf(first: number, second: number): number;
  /** A word that is the same for all targets of a host. */
  hostOf(first: number, second: number): number;
  /** Number of targets of the host of a target. */
  portCountOf(first: number, second: number): number;
  /** Index of a target among those of its host, or -1. */
  portRankOf(first: number, second: number): number;
}

/** The targets of a space of IPv4. */
export function ipv4Answered(space: Ipv4Targets): AnsweredTargets {
  return {
    positionOf: (address, port) => space.positionOf(address, port),
    hostOf: (address) => address,
    portCountOf: (address) => space.portCountOf(address),
    portRankOf: (address, port) => space.portRankOf(address, port),
  };
}

/** The targets of a space of IPv6. */
export function ipv6Answered(space: Ipv6Targets): AnsweredTargets {
  const numberOf = (low: number, high: number): number => high * 2 ** 32 + low;
  return {
    positionOf: (low, high) => space.positionOf(numberOf(low, high)),
    hostOf(low, high): number {
      const index = space.addressIndexOf(numberOf(low, high));
      return (index ^ Math.imul((index / 2 ** 32) | 0, SPREAD)) >>> 0;
    },
    portCountOf: (low, high) => space.portCountOf(numberOf(low, high)),
    portRankOf: (low, high) => space.portRankOf(numberOf(low, high)),
  };
}

/** The targets of one of two families; undefined: there is no other. Positions are those of the mixed order. */
export function mixedAnswered(
  targets: AnsweredTargets,
  family: 4 | 6,
  mix: TargetMix | undefined,
): AnsweredTargets {
  if (mix === undefined) return targets;
  return {
    positionOf(first, second): number {
      const position = targets.positionOf(first, second);
      return position < 0 ? -1 : mixedPosition(mix, family, position);
    },
    hostOf: (first, second) => targets.hostOf(first, second),
    portCountOf: (first, second) => targets.portCountOf(first, second),
    portRankOf: (first, second) => targets.portRankOf(first, second),
  };
}

/** 2^32 divided by the golden ratio. */
const SPREAD = 0x9e37_79b1;

/** What an answer reporter works with. */
export interface AnswerReporterParts {
  readonly targets: AnsweredTargets;
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
  /** Targets that have answered again in the latest pass; null: there was none. */
  #again: RecentTargets | null = null;
  #pass = 0;

  constructor(parts: AnswerReporterParts) {
    const { isExact, mostFollowUps, salt } = parts;
    this.#parts = parts;
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

  /** Reports an answer of a target that has not answered before. */
  first(first: number, second: number, probeNumber: number): void {
    if (this.#targets !== null && !this.#targets.add(first, second)) {
      this.again(first, second, probeNumber);
      return;
    }
    this.#report(first, second, probeNumber);
  }

  /** Reports an answer of a target that has answered before: it may be one to a later pass, if there is any. */
  again(first: number, second: number, probeNumber: number): void {
    const { queue, salt, targets } = this.#parts;
    const { pass } = queue;
    // What is sent again is the first probe.
    if (pass === 0 || probeNumber !== 0) return;
    if (this.#again === null || pass !== this.#pass) {
      this.#pass = pass;
      this.#again = new RecentTargets(AGAIN_REMEMBERED, salt ^ pass);
    }
    if (!this.#again.add(first, second)) return;
    const position = targets.positionOf(first, second);
    if (position >= 0) queue.push(position, probeNumber, false, true);
  }

  /** Reports an answer to a follow-up, which may be a repeated or a forged one. */
  followUp(first: number, second: number, probeNumber: number): void {
    const seen = this.#followUps[probeNumber - this.#parts.firstFollowUp];
    if (seen === undefined || !seen.add(first, second)) return;
    this.#report(first, second, probeNumber);
  }

  #report(first: number, second: number, probeNumber: number): void {
    const { queue, targets } = this.#parts;
    const position = targets.positionOf(first, second);
    if (position < 0) return;
    queue.push(position, probeNumber, this.#isEligible(first, second));
  }

  /** Of all targets of a host, one is eligible for follow-ups: so no host gets more of them than a target. */
  #isEligible(first: number, second: number): boolean {
    const { salt, targets } = this.#parts;
    const portCount = targets.portCountOf(first, second);
    if (portCount === 1) return true;
    let hash = targets.hostOf(first, second) ^ salt;
    hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
    const chosen = ((hash ^ (hash >>> 16)) >>> 0) % portCount;
    return targets.portRankOf(first, second) === chosen;
  }
}
