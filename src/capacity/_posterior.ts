import type { CapacitySegment } from "./_capacity_segment.ts";
import type { Sample } from "./_sample.ts";

/** Mean and spread of a quantity under the posterior. */
export interface Moments {
  readonly mean: number;
  readonly variance: number;
  /** Probability that it is above the threshold asked for. */
  readonly above: number;
}

/** Index of the capacity that the true one is below with probability `share`. */
export function capacityQuantile(
  segment: CapacitySegment,
  share: number,
): number {
  const { low, mass, top } = segment;
  let total = 0;
  for (let index = low; index <= top; index++) total += mass[index]!;
  let sum = 0;
  for (let index = low; index < top; index++) {
    const before = sum;
    sum += mass[index]!;
    if (sum >= share * total) {
      return index - 0.5 + (share * total - before) / (sum - before);
    }
  }
  return top;
}

/** Share of the packets that a capacity below `index` would not carry, under the posterior. */
export function expectedLoss(
  segment: CapacitySegment,
  index: number,
  ratio: (from: number) => number,
): number {
  const { low, mass, top } = segment;
  let total = 0;
  let sum = 0;
  for (let at = low; at <= top; at++) {
    const weight = mass[at]!;
    total += weight;
    if (at < index) sum += weight * (1 - ratio(at));
  }
  return sum / total;
}

/** The loss of a slice, under the posterior of its segment. */
export function slicePosterior(
  segment: CapacitySegment,
  { delivery }: Sample,
  threshold: number,
): Moments {
  const { low, mass, top } = segment;
  const { share } = delivery;
  const pathLoss = shownPathLoss(segment, threshold);
  let total = 0;
  let mean = 0;
  let square = 0;
  let above = 0;
  for (let index = low; index <= top; index++) {
    const weight = mass[index]!;
    const loss = 1 - (1 - pathLoss) * share[index]!;
    total += weight;
    mean += weight * loss;
    square += weight * loss * loss;
    if (loss > threshold) above += weight;
  }
  mean /= total;
  return {
    mean,
    variance: Math.max(0, square / total - mean * mean),
    above: above / total,
  };
}

/** The loss that does not depend on the rate, 0 unless it is shown to be over the threshold. */
export function shownPathLoss(
  { pathLossEstimate }: CapacitySegment,
  threshold: number,
): number {
  return pathLossEstimate !== null && pathLossEstimate.low > threshold
    ? pathLossEstimate.rate
    : 0;
}
