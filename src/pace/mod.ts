/** Arithmetic of pacing: time and counts in, the number of packets allowed out. @module */
export {
  BUCKET_SLOTS,
  BURST_SECONDS,
  burstOf,
  TokenBucket,
} from "./token_bucket.ts";
export { WINDOW_NS, WINDOW_SLOTS, WindowMeter } from "./window_meter.ts";
export { rateForBandwidth, wireBits } from "./bandwidth.ts";
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
  RateController,
  type RateControllerOptions,
  type RateDecision,
} from "./rate_controller.ts";
export {
  type Coverage,
  type PositionRange,
  type RepairOptions,
  RepairPlan,
  type RepairWork,
} from "./repair.ts";
