import type { LossEstimate } from "./loss_estimate.ts";

/** The loss of one part of a scan, and how much of the scan it is. */
export interface LossPart {
  /** Its loss. */
  readonly estimate: LossEstimate;
  /** Above 0, in any unit. */
  readonly weight: number;
}

/**
 * The loss of a scan whose parts went other ways, each with an estimate of its own: the mean by weight. Unlike
 * `combineLoss` it does not take the samples for those of one loss, so that a part with many samples counts no more than
 * its share. The interval is that of a sum of independent proportions, from the intervals of each (MOVER: G. Zou and
 * A. Donner, 2008): where w is the share of a part,
 *
 *   low = Σ w·rate − √Σ (w·(rate − low))²,  high = Σ w·rate + √Σ (w·(high − rate))²
 *
 * which keeps what the intervals of Wilson are good for: that of a part without any loss has a width. Of one part it is
 * the estimate itself. Null: there is no part.
 */
export function poolLoss(parts: readonly LossPart[]): LossEstimate | null {
  const whole = parts.reduce((sum, { weight }) => sum + weight, 0);
  if (!(whole > 0)) return null;
  let rate = 0;
  let below = 0;
  let above = 0;
  let samples = 0;
  for (const { estimate, weight } of parts) {
    const share = weight / whole;
    rate += share * estimate.rate;
    below += (share * (estimate.rate - estimate.low)) ** 2;
    above += (share * (estimate.high - estimate.rate)) ** 2;
    samples += estimate.samples;
  }
  return {
    rate,
    low: Math.max(0, rate - Math.sqrt(below)),
    high: Math.min(1, rate + Math.sqrt(above)),
    samples,
  };
}
