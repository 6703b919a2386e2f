import { positionHash, type SimulatedChance } from "./_simulated_chance.ts";

/** How long answers take, in seconds. */
export type HostDelay =
  | number
  | { readonly leastS: number; readonly mostS: number }
  /** Log-normal; `spread` is the standard deviation of its logarithm. */
  | {
    readonly medianS: number;
    readonly spread: number;
    readonly mostS: number;
  }
  /** One of two times. */
  | {
    readonly shortS: number;
    readonly longS: number;
    readonly longShare: number;
  };

/** Hosts that say more than they should. */
export interface LiarOptions {
  /** Share of the hosts that answer. */
  readonly share: number;
  /** Answers to the first probe, and to a follow-up. */
  readonly firstAnswers: number;
  readonly followUpAnswers: number;
  /** Answers to follow-ups that were never sent, for each answer to a first probe. */
  readonly forgedFollowUps: number;
}

/** The hosts of a scan. */
export interface HostOptions {
  /** Share of the targets that answer. */
  readonly hitRate: number;
  readonly delay: HostDelay;
  /** Whether each host has its own time, which stays, or each answer has. @default "host" */
  readonly delayOf?: "host" | "answer";
  readonly liars?: LiarOptions;
}

const TWO_32 = 2 ** 32;
/** What a host's properties are drawn by; each of its answers has as many again. */
const ANSWER_KEYS = 4;

/** The hosts behind the path. Whether one answers, and how late, follows from its position and a key. */
export class SimulatedHosts {
  readonly #options: HostOptions;
  readonly #key: number;

  constructor(options: HostOptions, chance: SimulatedChance) {
    this.#options = options;
    this.#key = Math.floor(chance.next() * TWO_32);
  }

  /** The first live position from `from` on and before `end`, or `end`. */
  nextAlive(from: number, end: number): number {
    const { hitRate } = this.#options;
    if (hitRate >= 1) return from;
    const limit = hitRate * TWO_32;
    let at = from;
    while (at < end && positionHash(at, this.#key) >= limit) at++;
    return at;
  }

  /** Time that a host's answer to one of its probes takes, in seconds. */
  delayS(position: number, probeNumber: number): number {
    const { delay, delayOf = "host" } = this.#options;
    if (typeof delay === "number") return delay;
    const answer = delayOf === "host" ? 0 : ANSWER_KEYS * (1 + probeNumber);
    const share = this.#share(position, answer + 1);
    if ("leastS" in delay) {
      return delay.leastS + (delay.mostS - delay.leastS) * share;
    }
    if ("shortS" in delay) {
      return share < delay.longShare ? delay.longS : delay.shortS;
    }
    const normal = Math.sqrt(-2 * Math.log(1 - share)) *
      Math.cos(2 * Math.PI * this.#share(position, answer + 2));
    return Math.min(
      delay.mostS,
      delay.medianS * Math.exp(delay.spread * normal),
    );
  }

  /** How a host lies, or null when it does not. */
  liesOf(position: number): LiarOptions | null {
    const { liars } = this.#options;
    return liars !== undefined && this.#share(position, 3) < liars.share
      ? liars
      : null;
  }

  #share(position: number, number: number): number {
    return positionHash(position, this.#key ^ Math.imul(number, 0x9e37_79b1)) /
      TWO_32;
  }
}
