/** The receiving half of a scan: a worker that validates, deduplicates and hands over. @module */
export type { Dedup, ReceiveFilter } from "./_answer_recorder.ts";
export { type AnsweredBefore, AnsweredFlag } from "./answered_before.ts";
export {
  type Ipv6ReceiveParts,
  ReceiveLoop,
  type ReceiveParts,
} from "./receive_loop.ts";
export type { Ipv4Receive } from "./_ipv4_handler.ts";
export type { Ipv6Receive } from "./_ipv6_handler.ts";
export type {
  Ipv4ReceiveOptions,
  Ipv6OnlyReceiveOptions,
  Ipv6ReceiveOptions,
  MeasureOptions,
  ReceiveOptions,
} from "./worker.ts";
export { RecentTargets } from "./recent_targets.ts";
export { TargetSet } from "./target_set.ts";
export {
  captureFilter,
  captureFilter6,
  captureFilterOfBoth,
} from "./capture_filter.ts";
