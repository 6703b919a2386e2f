import type { TargetPlan } from "../targets/mod.ts";

/** Which probe is sent. */
export interface ProbeConfig {
  /** Name in the probe registry. */
  readonly module: string;
  /** `--probe-args`, or an empty string. */
  readonly args: string;
  readonly ttl: number;
  readonly sourcePortFirst: number;
  readonly sourcePortLast: number;
  readonly probesPerTarget: number;
}

/** Where the packets leave; null means: find out. */
export interface NetworkConfig {
  readonly interfaceName: string | null;
  readonly sourceAddresses: readonly number[] | null;
  readonly gatewayMac: Uint8Array | null;
  readonly sourceMac: Uint8Array | null;
  /** `--iplayer`: send IP packets and leave the rest to the kernel. */
  readonly isIpLayer: boolean;
}

/** How fast, and until when. */
export interface SendConfig {
  /** Packets per second; 0 for as fast as possible; null when `bandwidthBps` says it. */
  readonly ratePps: number | null;
  /** Bits per second on the wire, preamble and gap included; null when `ratePps` says it. */
  readonly bandwidthBps: number | null;
  /** Most packets per system call. */
  readonly batch: number;
  /** Further tries for a frame that the kernel refused, before its target is counted as not sent. */
  readonly retries: number;
  readonly cooldownMs: number;
}

/** One destination of results. */
export interface OutputConfig {
  readonly format: "csv" | "json";
  /** Path, or null for standard output. */
  readonly path: string | null;
  /** Names of columns, in order; repeats allowed. */
  readonly fields: readonly string[];
  readonly hasHeader: boolean;
  /** Only rows whose class is a success. */
  readonly isSuccessOnly: boolean;
  /** Only the first row of each target. */
  readonly isUniqueOnly: boolean;
}

/** What is told about the scan besides its results. */
export interface ReportConfig {
  readonly isQuiet: boolean;
  /** Path of the metadata file, "-" for standard output, or null for none. */
  readonly metadataPath: string | null;
  /** Copied into the metadata: every option as it was understood. */
  readonly description: Readonly<Record<string, unknown>>;
}

/** A whole scan, checked and complete. Made by `src/cli`, frozen. */
export interface ScanConfig {
  readonly targets: TargetPlan;
  readonly probe: ProbeConfig;
  readonly network: NetworkConfig;
  readonly send: SendConfig;
  readonly output: OutputConfig;
  readonly report: ReportConfig;
}
