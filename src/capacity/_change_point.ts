import type { CapacitySegment } from "./_capacity_segment.ts";
import {
  answerWeight,
  followUpTrials,
  localNats,
  type Sample,
} from "./_sample.ts";
import { CHANGE_POINT } from "./_tuning.ts";

const TINY = 1e-9;

/** Where the latest slices begin to contradict the segment as a whole. */
export interface ChangePoint {
  /** Index of the first sample of the new segment. */
  readonly first: number;
  /** Index of the first sample that may belong to it. */
  readonly firstDoubtful: number;
}

/**
 * Compares, for each number of latest slices, how well the segment's capacity explains them with the
 * capacity that explains them best (a generalised likelihood ratio). Also lowers the trust in single slices
 * that lost more than all others.
 */
export function findChange(segment: CapacitySegment): ChangePoint | null {
  const { samples, low, top, best } = segment;
  const sum = new Float64Array(top + 1);
  const own = new Float64Array(top + 1);
  const contrasts: { first: number; nats: number }[] = [];
  const oldest = Math.max(0, samples.length - CHANGE_POINT.latestSlices);
  for (let at = samples.length - 1; at >= oldest; at--) {
    const sample = samples[at]!;
    if (sample.completeness < CHANGE_POINT.leastCompleteness) continue;
    const highest = fillSampleNats(segment, sample, own);
    let peak = top;
    while (peak > low && own[peak]! < highest - TINY) peak--;
    const deficit = peak < best ? highest - own[best]! : 0;
    sample.trust = Math.min(
      1,
      CHANGE_POINT.sliceNats / Math.max(deficit, TINY),
    );
    let most = -Infinity;
    for (let index = low; index <= top; index++) {
      const nats = own[index]! - highest;
      sum[index]! += index > peak
        ? Math.max(nats, -CHANGE_POINT.sliceNats)
        : nats;
      if (sum[index]! > most) most = sum[index]!;
    }
    contrasts.push({ first: at, nats: most - sum[best]! });
  }
  return choose(contrasts);
}

function choose(
  contrasts: readonly { first: number; nats: number }[],
): ChangePoint | null {
  let best = { first: 0, nats: 0 };
  for (const one of contrasts) if (one.nats > best.nats) best = one;
  if (best.nats < CHANGE_POINT.changeNats) return null;
  let firstDoubtful = best.first;
  for (const { first, nats } of contrasts) {
    if (nats > best.nats - CHANGE_POINT.doubtNats) {
      firstDoubtful = Math.min(first, firstDoubtful);
    }
  }
  return { first: best.first, firstDoubtful };
}

/**
 * Fills `nats` with the log-likelihood of a slice alone, for each capacity of the segment, with the segment's hit rate
 * and path loss; returns the highest.
 */
function fillSampleNats(
  segment: CapacitySegment,
  sample: Sample,
  nats: Float64Array,
): number {
  const { low, top, hitRate, pathLoss } = segment;
  const { report, completeness, delivery: { share, logShare } } = sample;
  const weight = answerWeight(sample, hitRate);
  const trials = followUpTrials(sample);
  const answered = weight * sample.answers + (trials?.answered ?? 0);
  const expected = weight * hitRate * report.packets * completeness;
  const silent = trials?.silent ?? 0;
  const reached = (1 - pathLoss) * (trials?.completeness ?? 1);
  let highest = -Infinity;
  for (let index = low; index <= top; index++) {
    let value = answered * logShare[index]! - expected * share[index]!;
    if (silent > 0) {
      value += silent * Math.log(1 - reached * share[index]! + TINY);
    }
    if (report.localLosses > 0) value += localNats(sample, index);
    nats[index] = value;
    if (value > highest) highest = value;
  }
  return highest;
}
