import { RateController } from "../capacity/mod.ts";
import type { RepairPlan, Slice } from "../loss/mod.ts";
import type { LossMeter } from "./loss_meter.ts";
import type { RateChange } from "./path_report.ts";
import { type PaceSettings, UNBOUNDED_PPS } from "./pace_settings.ts";

/** A rate that depends on the loss: what the meter has measured, put to the model of the path. */
export class AdaptiveRate {
  readonly #meter: LossMeter;
  readonly #rates: RateController;
  readonly #startS: number;
  /** The last slice that the model knows of. */
  #reportedId = -1;
  /** What came through may be missing for a reason that has nothing to do with the rate. */
  isFrozen = false;

  constructor(
    meter: LossMeter,
    { lossTarget, pace, startS }: {
      readonly pace: PaceSettings;
      readonly lossTarget: number;
      /** When sending begins. */
      readonly startS: number;
    },
  ) {
    this.#meter = meter;
    this.#startS = startS;
    this.#rates = new RateController({
      minRatePps: Math.min(pace.minRatePps, pace.maxRatePps),
      maxRatePps: pace.maxRatePps,
      startRatePps: pace.startRatePps === 0
        ? pace.maxRatePps
        : pace.startRatePps,
      lossTarget,
      isAuto: pace.isAuto,
      isRateKnown: pace.isKnown ?? false,
      delay: meter.delay,
    });
  }

  /** As `RateController.isRateKnown`. */
  get isRateKnown(): boolean {
    return this.#rates.isRateKnown;
  }

  /** As `RateController.isRushing`. */
  isRushing(seconds: number): boolean {
    return this.#rates.isRushing(seconds);
  }

  /** Learns what was measured by now; returns how the rate changes, or null. */
  update(remaining: number): RateChange | null {
    const { heardS } = this.#meter;
    if (this.isFrozen || heardS === -Infinity) return null;
    const remainingS = remaining / this.#rates.ratePps;
    const { change, ratePps } = this.#rates.update(
      heardS,
      this.#reported(),
      remainingS,
    );
    return change === null ? null : {
      atS: heardS - this.#startS,
      ratePps: ratePps >= UNBOUNDED_PPS ? 0 : ratePps,
      cause: change.cause,
      reason: change.text,
    };
  }

  /** Learns what was measured once sending is over. */
  settle(): void {
    this.#rates.update(this.#meter.heardS, this.#reported(), 0);
  }

  /** Tells the repair plan what is thought of its slices. */
  judge(repair: RepairPlan): void {
    const { heardS } = this.#meter;
    if (heardS === -Infinity) return;
    for (const id of repair.openSlices) {
      if (id > this.#reportedId) continue;
      const repeats = repair.repeatsOf(id);
      repair.judge(id, this.#rates.sliceVerdict(id, heardS, repeats));
    }
  }

  #reported(): readonly Slice[] {
    const slices = this.#meter.slices();
    this.#reportedId = slices.at(-1)?.id ?? this.#reportedId;
    return slices;
  }
}
