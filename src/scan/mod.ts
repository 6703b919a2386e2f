/** A whole scan: what it is made of, and its course. @module */
export type {
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
} from "./config.ts";
export { ipv4ScanOf, ipv6ScanOf } from "./config.ts";
export { Phase } from "./phase.ts";
export { runScan } from "./scan.ts";
export type { ScanHooks, ScanOutcome } from "./hooks.ts";
