/** The sending half of a scan: a worker that paces and never drops a target silently. @module */
export type { SendTargets } from "./loop_frames.ts";
export { SendLoop, type SendParts } from "./send_loop.ts";
export { makeDryRunLock } from "./dry_run_writer.ts";
export type {
  DryRunOptions,
  Ipv6SendOptions,
  MixedSendOptions,
  SenderOptions,
  SendOptions,
} from "./worker.ts";
export {
  makeSharedBucketMemory,
  orderedRate,
  orderRate,
  SharedBucket,
  type SharedBucketMemory,
  windowExcess,
} from "./shared_bucket.ts";
