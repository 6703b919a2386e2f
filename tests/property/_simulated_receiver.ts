import { RecentTargets } from "../../src/receive/mod.ts";
import type { ReceiverMemory } from "../../src/scan/scan_memory.ts";
import { AnswerQueue, RECEIVE } from "../../src/shm/mod.ts";

/** Answers that are told apart, as the answer reporter does. */
const TARGETS_REMEMBERED = 2 ** 18;
const FOLLOW_UPS_REMEMBERED = 2 ** 16;
/** Steps between two looks while nothing arrives. */
const IDLE_STEPS = 10;
const TWO_32 = 2 ** 32;

/** How the receiver treats repeats: as a scan that remembers all targets, as one that does not, or it lets all pass. */
export type Repeats = "exact" | "recent" | "pass";

/** What a simulated receiver works with. */
export interface ReceiverParts {
  readonly memory: ReceiverMemory;
  readonly repeats: Repeats;
  readonly probesPerTarget: number;
  /** Whether a target has answered before, which it has from now on. */
  isRepeat(position: number): boolean;
}

/** The receiver of a scan: reports each answer to the main thread and says how far it has come. */
export class SimulatedReceiver {
  readonly #parts: ReceiverParts;
  readonly #queue: AnswerQueue;
  readonly #targets = new RecentTargets(TARGETS_REMEMBERED, 1);
  readonly #followUps: readonly RecentTargets[];
  #idleSteps = 0;

  constructor(parts: ReceiverParts) {
    this.#parts = parts;
    this.#queue = new AnswerQueue(parts.memory.answers);
    this.#followUps = [2, 3].map((salt) =>
      new RecentTargets(FOLLOW_UPS_REMEMBERED, salt)
    );
  }

  /** Takes what has arrived in a step: positions and probe numbers in turn. */
  look(arrivals: readonly number[]): void {
    for (let at = 0; at < arrivals.length; at += 2) {
      this.#take(arrivals[at]!, arrivals[at + 1]!);
    }
    this.#idleSteps = arrivals.length > 0 ? 0 : this.#idleSteps + 1;
    if (this.#idleSteps % IDLE_STEPS > 0) return;
    this.#parts.memory.counters[RECEIVE.caughtUp]! += 1;
  }

  #take(position: number, probeNumber: number): void {
    const { isRepeat, probesPerTarget, repeats } = this.#parts;
    if (probeNumber >= probesPerTarget) {
      const seen = this.#followUps[probeNumber - probesPerTarget];
      if (seen === undefined) return;
      if (repeats !== "pass" && !isNew(seen, position)) return;
    } else {
      const isKnown = isRepeat(position);
      const isAgain = repeats === "exact"
        ? isKnown
        : repeats === "recent" && !isNew(this.#targets, position);
      if (isAgain) {
        this.#repeat(position, probeNumber);
        return;
      }
    }
    this.#queue.push(position, probeNumber, true);
  }

  #repeat(position: number, probeNumber: number): void {
    if (this.#queue.pass === 0 || probeNumber > 0) return;
    this.#queue.push(position, probeNumber, false, true);
  }
}

function isNew(seen: RecentTargets, position: number): boolean {
  return seen.add(position % TWO_32, Math.floor(position / TWO_32));
}
