import type { CapacitySegment } from "./_capacity_segment.ts";
import { answerWeight, isBelow, type Sample } from "./_sample.ts";
import { SEGMENT } from "./_tuning.ts";

/** What is believed before there are data: counts that are added to the observed ones. */
export interface Prior {
  /** Answers, and the packets that led to them. */
  readonly answers: number;
  readonly packets: number;
  /** Follow-ups that reached the path's end below its capacity, and how many of them were silent. */
  readonly followUps: number;
  readonly silent: number;
}

/** Without data nothing is believed about hosts. */
export const NO_PRIOR: Prior = {
  answers: 0,
  packets: 0,
  followUps: 0,
  silent: 0,
};

/** The prior of a segment, with what `samples` of it add. */
export function learned(
  segment: CapacitySegment,
  samples: readonly Sample[],
): Prior {
  let { answers, packets, followUps, silent } = segment.prior;
  for (const sample of samples) {
    const { report, delivery, completeness, isSettled, trust } = sample;
    const weight = answerWeight(sample, segment.hitRate) * trust;
    const share = delivery.share[segment.best]!;
    answers += weight * sample.answers;
    packets += weight * report.packets * completeness * share;
    if (!isSettled || !isBelow(sample, segment.best)) continue;
    followUps += report.followUpsAnswered + report.followUpsSilent;
    silent += report.followUpsSilent;
  }
  const scale = Math.min(1, SEGMENT.enoughAnswers / Math.max(1, answers));
  const followUpScale = Math.min(
    1,
    SEGMENT.learnedFollowUps / Math.max(1, followUps),
  );
  return {
    answers: answers * scale,
    packets: packets * scale,
    followUps: followUps * followUpScale,
    silent: silent * followUpScale,
  };
}
