/** A share of packets lost, with its 95% interval. */
export interface LossEstimate {
  /** The most likely share, 0 to 1. */
  readonly rate: number;
  /** Lower end of the 95% interval, 0 to 1. */
  readonly low: number;
  /** Upper end of the 95% interval, 0 to 1. */
  readonly high: number;
  /** Packets that the estimate rests on; a fraction where evidence of other kinds was converted. */
  readonly samples: number;
}

/** Two-sided 95% point of the normal distribution. */
const Z95 = 1.959964;
/** Fewer samples than this are no estimate: even if none was lost, the loss may be over 10%. */
export const MIN_LOSS_SAMPLES = 30;

/**
 * The Wilson score interval of `lost` out of `samples` (E. B. Wilson, 1927): unlike the textbook interval
 * it is not empty when nothing, or everything, was lost. Fractions are fine for both.
 *
 * @throws {RangeError} when `samples` is not above 0 or `lost` is not between 0 and `samples`
 */
export function wilsonInterval(lost: number, samples: number): LossEstimate {
  if (!(samples > 0 && lost >= 0 && lost <= samples)) {
    throw new RangeError(`Cannot estimate loss from ${lost} of ${samples}`);
  }
  const rate = lost / samples;
  const zz = Z95 * Z95 / samples;
  const middle = (rate + zz / 2) / (1 + zz);
  const half = Z95 * Math.sqrt(rate * (1 - rate) / samples + zz / samples / 4) /
    (1 + zz);
  return {
    rate,
    low: lost === 0 ? 0 : Math.max(0, middle - half),
    high: lost === samples ? 1 : Math.min(1, middle + half),
    samples,
  };
}

/** The loss that `lost` silent ones of `samples` tell of, or null where these are too few to tell. */
export function estimateLoss(
  lost: number,
  samples: number,
): LossEstimate | null {
  return samples < MIN_LOSS_SAMPLES ? null : wilsonInterval(lost, samples);
}

/**
 * One estimate from several of the same loss, each weighing as much as its samples; null when there is none.
 * Samples of different times tell the mean loss of these times.
 */
export function combineLoss(
  estimates: readonly (LossEstimate | null)[],
): LossEstimate | null {
  let lost = 0;
  let samples = 0;
  for (const estimate of estimates) {
    if (estimate === null) continue;
    lost += estimate.rate * estimate.samples;
    samples += estimate.samples;
  }
  return samples > 0 ? wilsonInterval(lost, samples) : null;
}

/**
 * An estimate known by its mean and variance, expressed as the samples of a binomial count that would be as
 * certain, so that it can be combined with counts.
 */
export function lossFromMoments(mean: number, variance: number): LossEstimate {
  const rate = Math.min(1, Math.max(0, mean));
  // Half a lost packet keeps a mean of 0 from claiming certainty out of nothing.
  const spread = Math.max(rate * (1 - rate), variance / 4, 1e-9);
  const samples = Math.max(1, spread / Math.max(variance, 1e-12));
  return wilsonInterval(rate * samples, samples);
}
