/** Arithmetic of pacing: time and counts in, the number of packets allowed out. @module */
export {
  BUCKET_SLOTS,
  BURST_SECONDS,
  burstOf,
  TokenBucket,
} from "./token_bucket.ts";
export { WINDOW_NS, WINDOW_SLOTS, WindowMeter } from "./window_meter.ts";
export { rateForBandwidth, wireBits } from "./bandwidth.ts";
