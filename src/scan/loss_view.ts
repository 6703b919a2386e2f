import type { PathLoss } from "../loss/mod.ts";
import type { LossMeter } from "./loss_meter.ts";

/** Age at which the loss is worked out anew. */
const OLD_S = 0.5;
const NOTHING_KNOWN: readonly PathLoss[] = [
  { estimate: null, followUps: 0, unknownShare: 1 },
];

/** Loss on the way, of each probe to a target. */
export interface ViewedLoss {
  /** Of the whole scan, earlier runs included. */
  readonly whole: readonly PathLoss[];
  /** Of this run. */
  readonly ofRun: readonly PathLoss[];
}

/** The loss so far, worked out no more often than is useful. */
export class LossView {
  readonly #read: <T>(read: (meter: LossMeter) => T) => T | undefined;
  #latest: ViewedLoss = { whole: NOTHING_KNOWN, ofRun: NOTHING_KNOWN };
  #latestS = -Infinity;

  /** @param read reads the meter; undefined where nothing is measured */
  constructor(read: <T>(read: (meter: LossMeter) => T) => T | undefined) {
    this.#read = read;
  }

  /** The loss at a time, or shortly before. */
  at(nowS: number): ViewedLoss {
    if (nowS - this.#latestS < OLD_S) return this.#latest;
    this.#latestS = nowS;
    return this.#latest = this.now();
  }

  /** The loss as it is known now. */
  now(): ViewedLoss {
    return {
      whole: this.#read((meter) => meter.whole()) ?? NOTHING_KNOWN,
      ofRun: this.#read((meter) => meter.ofRun()) ?? NOTHING_KNOWN,
    };
  }
}
