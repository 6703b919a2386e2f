/** Loss on the path: follow-ups, estimates, slices of a scan, and what has to be sent again. @module */
export { deadSinceS } from "./dead_since.ts";
export {
  type FollowUp,
  type FollowUpEvents,
  type FollowUpOptions,
  FollowUps,
  MAX_FOLLOW_UPS,
} from "./follow_ups.ts";
export {
  combineLoss,
  estimateLoss,
  type LossEstimate,
  lossFromMoments,
  MIN_LOSS_SAMPLES,
  wilsonInterval,
} from "./loss_estimate.ts";
export { type LossPart, poolLoss } from "./pooled_loss.ts";
export { LossWatch, type PathLoss } from "./loss_watch.ts";
export {
  countPositions,
  joinRanges,
  type PositionRange,
} from "./position_range.ts";
export type { Evidence as LossEvidence } from "./_evidence.ts";
export { RepairPlan } from "./repair.ts";
export type {
  Coverage,
  RepairOptions,
  RepairWork,
  Repeats,
} from "./repair_terms.ts";
export type {
  RepairBefore,
  RepairMemory,
  SentStretch,
} from "./repair_memory.ts";
export {
  type DelayCounts,
  type DelayMemory,
  ResponseDelay,
  sliceAge,
} from "./response_delay.ts";
export type { Slice, SliceVerdict } from "./slice.ts";
export { PositionMarks } from "./_position_marks.ts";
export type { GivenWork } from "./_sender_courses.ts";
export {
  type FirstAnswer,
  type SendMoment,
  SliceLog,
  type SliceLogOptions,
} from "./slice_log.ts";
