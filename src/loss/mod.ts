/** Loss on the path: follow-ups, estimates, slices of a scan, and what has to be sent again. @module */
export {
  type FollowUpOptions,
  type FollowUpOutcome,
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
export type { SliceReport, SliceVerdict } from "./slice_report.ts";
export {
  type Coverage,
  type PositionRange,
  type RepairOptions,
  RepairPlan,
  type RepairWork,
} from "./repair.ts";
