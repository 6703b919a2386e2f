/** The sending half of a scan: a worker that paces and never drops a target silently. @module */
export type { PacketSink } from "./packet_sink.ts";
export { SendLoop, type SendParts } from "./send_loop.ts";
export { SEND_BACKENDS, type SendBackend } from "./open_sink.ts";
export type { DryRunOptions, SendOptions } from "./worker.ts";
export {
  makeSharedBucketMemory,
  orderedRate,
  orderRate,
  SharedBucket,
  type SharedBucketMemory,
  windowExcess,
} from "./shared_bucket.ts";
