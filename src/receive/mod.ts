/** The receiving half of a scan: a worker that validates, deduplicates and hands over. @module */
export {
  type Dedup,
  type ReceiveFilter,
  ReceiveLoop,
  type ReceiveParts,
} from "./receive_loop.ts";
export type { MeasureOptions, ReceiveOptions } from "./worker.ts";
export { RecentTargets } from "./recent_targets.ts";
export { TargetSet } from "./target_set.ts";
export { captureFilter } from "./capture_filter.ts";
