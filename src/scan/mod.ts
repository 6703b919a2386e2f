/** A whole scan: what it is made of, and its course. @module */
export type {
  AliasConfig,
  DedupConfig,
  DryRunConfig,
  LimitConfig,
  LossConfig,
  NetworkConfig,
  OutputConfig,
  ProbeConfig,
  ReportConfig,
  ScanConfig,
  ScanTargets,
  SendConfig,
  StreamConfig,
} from "./config.ts";
export { ipv4ScanOf, ipv6ScanOf } from "./config.ts";
export { Phase } from "./phase.ts";
export { countOfFamily, onlyFamily, scannedFamilies } from "./scan_targets.ts";
export { runScan } from "./scan.ts";
export type { ScanHooks, ScanOutcome, ServiceHooks } from "./hooks.ts";
export type { StreamInput } from "./stream_work.ts";
export { ledgerMetadata, runMetadata } from "./metadata.ts";
export {
  jobMetadata,
  type ShardPositions,
  type WholeScan,
} from "./whole_scan.ts";
export { runText } from "./run_lines.ts";
