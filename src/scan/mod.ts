/** A whole scan: what it is made of, and its course. @module */
export type {
  NetworkConfig,
  OutputConfig,
  ProbeConfig,
  ReportConfig,
  ScanConfig,
  SendConfig,
} from "./config.ts";
export { runScan, type ScanHooks, type ScanOutcome } from "./scan.ts";
