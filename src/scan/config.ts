import type { ReceiveBackend, SendBackend } from "../backend/mod.ts";
import type { IpAddress, Ipv6Address } from "../base/mod.ts";
import type { CheckpointJob } from "../checkpoint/mod.ts";
import type { Prefix } from "../link/mod.ts";
import type { Confinement } from "../sandbox/mod.ts";
import type {
  Ipv6Entries,
  Ipv6Range,
  Ipv6StreamLimits,
  Ipv6TargetPlan,
  TargetMix,
  TargetPlan,
} from "../targets/mod.ts";
import type { WholeScan } from "./whole_scan.ts";

/** What is read of targets that become known while the scan runs, and which of them are probed. Plain data. */
export interface StreamConfig {
  /** How the input is called in messages. */
  readonly name: string;
  readonly shards: number;
  readonly shard: number;
  /** Targets of this shard at most; null: no limit. */
  readonly mostTargets: number | null;
  /** Which addresses may be probed, of IPv6; of IPv4 those of the plan may, and this is null. */
  readonly ipv6: Ipv6StreamLimits | null;
}

/** The targets of a scan: of one family, and then the other one is null, or of both. */
export interface ScanTargets {
  readonly ipv4: TargetPlan | null;
  readonly ipv6: Ipv6TargetPlan | null;
  /** How the orders of both are mixed: then positions are those of the mixed order. Null: there is one family. */
  readonly mix: TargetMix | null;
  /** First position of this shard. */
  readonly firstPosition: number;
  /** Behind the last position of this shard that is to be sent. */
  readonly endPosition: number;
  /**
   * Where the targets come while the scan runs; then the plan tells where they may lie, and the positions how many there
   * can be.
   *
   * @default {undefined} the targets are known
   */
  readonly stream?: StreamConfig;
}

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
  /** Whether answers have to come from one of the ports that are probed. */
  readonly isPortChecked: boolean;
}

/** Where the packets leave; null means: find out. */
export interface NetworkConfig {
  readonly interfaceName: string | null;
  readonly sourceAddresses: readonly number[] | null;
  /** The same for probes over IPv6. */
  readonly sourceAddresses6: readonly Ipv6Address[] | null;
  /** Where each IPv6 target gets a source address of its own; `sourceAddresses6` is null then. */
  readonly sourcePrefix6: Prefix<Ipv6Address> | null;
  readonly gatewayMac: Uint8Array | null;
  readonly sourceMac: Uint8Array | null;
  /** `--iplayer`: send IP packets and leave the rest to the kernel. */
  readonly isIpLayer: boolean;
  /** Host that has to answer an echo request before the first probe, or null. */
  readonly waitPingAddress: IpAddress | null;
}

/** How fast, and until when. */
export interface SendConfig {
  /** Packets per second; 0 for as fast as possible; null when `bandwidthBps` says it. */
  readonly ratePps: number | null;
  /** Bits per second on the wire, preamble and gap included; null when `ratePps` says it. */
  readonly bandwidthBps: number | null;
  /** Find the rate: start low, and go as fast as nothing is lost. Then `ratePps` is null. */
  readonly isAutoRate: boolean;
  /** Bounds for a rate that adapts; the upper one is null when nothing but the link sets it. */
  readonly minRatePps: number;
  readonly maxRatePps: number | null;
  /** Most packets per system call. */
  readonly batch: number;
  /** Further tries for a frame that the kernel refused, before its target is counted as not sent. */
  readonly retries: number;
  /** How frames are handed to the kernel. */
  readonly backend: SendBackend;
  /** Sending threads. */
  readonly senders: number;
  readonly cooldownMs: number;
}

/** How answers are captured. */
export interface CaptureConfig {
  /** Kernel memory for packets that the receiver has not looked at yet. */
  readonly bufferBytes: number;
  /** How packets are got from the kernel. */
  readonly backend: ReceiveBackend;
}

/** Numbers of the processors that threads are pinned to; none: the kernel decides. */
export type ProcessorList = readonly number[];

/** What ends a scan before all targets are probed. */
export interface LimitConfig {
  /** Time for sending; the cooldown follows. Null: no limit. */
  readonly maxRuntimeMs: number | null;
  /** Responses that are written at most; the scan ends with the last one. Null: no limit. */
  readonly maxResults: number | null;
  /** Percentage of targets that have to answer with success; 0: any will do. */
  readonly minHitRatePercent: number;
  /** Frames that may be given up; null: any number. */
  readonly maxSendFailures: number | null;
  /** How long a network that does not work is waited for: `--on-link-loss`; 0: not at all. */
  readonly outageMs: number;
  /** How long a full disk of an output is waited for: `--output-wait`; 0: not at all. */
  readonly outputWaitMs: number;
}

/** What is done about loss. */
export interface LossConfig {
  /** Share of all packets that may be further probes to hosts that answered; 0: no measurement by these. */
  readonly sampleShare: number;
  /** Share of lost packets that is accepted. */
  readonly target: number;
  /** `slow` lowers the rate and sends again what was lost; `warn` and `abort` do what they say. */
  readonly onLoss: "warn" | "slow" | "abort";
  /** How often a target is probed at most, the first time included, when loss is repaired. */
  readonly maxPasses: number;
}

/** Which answers are repeats of earlier ones of their target. */
export type DedupConfig =
  | { readonly method: "none" | "full" }
  /** Only the targets that answered last are remembered, so many of them. */
  | { readonly method: "window"; readonly size: number };

/** What is done about prefixes of IPv6 of which every address answers. */
export interface AliasConfig {
  /** `drop` keeps their rows out of the results. */
  readonly mode: "flag" | "drop" | "keep";
  /** Whether prefixes with successes are tested. */
  readonly isTested: boolean;
  /** Prefixes that are known for it, merged. */
  readonly known: readonly Ipv6Range[];
  /** Addresses that are never probed; the ranges are merged. */
  readonly blocked: Ipv6Entries;
}

/** One destination of results. */
export interface OutputConfig {
  /** Name in the registry of output modules. */
  readonly format: string;
  /** Path, or null for standard output. */
  readonly path: string | null;
  /** Names of columns, in order; repeats allowed. */
  readonly fields: readonly string[];
  /** `--output-filter`: which responses it wants; an empty one wants all. */
  readonly filter: string;
  readonly hasHeader: boolean;
  /** Only rows whose class is a success. */
  readonly isSuccessOnly: boolean;
  /** Only the first row of each target. */
  readonly isUniqueOnly: boolean;
  /** Name and version of the program, for formats that name it. */
  readonly program: string;
}

/** What is told about the scan besides its results. */
export interface ReportConfig {
  readonly isQuiet: boolean;
  /** Path of the metadata file, "-" for standard output, or null for none. */
  readonly metadataPath: string | null;
  /** Path of the status updates file, or null for none; JSON lines when it ends in ".json" or ".jsonl". */
  readonly statusPath: string | null;
  /** Path of the capture file that gets each probe that was sent, or null for none. */
  readonly probeCapturePath: string | null;
  /** Copied into the metadata: every option as it was understood. */
  readonly description: Readonly<Record<string, unknown>>;
}

/** Where a scan keeps what it has done, to go on from there after any end. */
export interface CheckpointConfig {
  readonly path: string;
  /** Whether the user has named it: else a scan does without where it cannot be written. */
  readonly isNamed: boolean;
  /** Time between two writes, in seconds. */
  readonly intervalS: number;
  /** What the scan does, from which a later run makes it again. */
  readonly job: CheckpointJob;
  /** Options given to `pacemap resume`; none in the first run. */
  readonly args: readonly string[];
}

/** A scan that sends nothing. */
export interface DryRunConfig {
  /**
   * Text, or for TCP records of address and port in network order: of 6 bytes for IPv4, of 18 for IPv6, and of 18 with
   * IPv4-mapped addresses where there are targets of both families.
   */
  readonly output: "text" | "records";
}

/** A whole scan, checked and complete. Made by `src/cli`, frozen. */
export interface ScanConfig {
  readonly targets: ScanTargets;
  readonly probe: ProbeConfig;
  readonly network: NetworkConfig;
  readonly send: SendConfig;
  readonly capture: CaptureConfig;
  readonly processors: ProcessorList;
  readonly limits: LimitConfig;
  readonly loss: LossConfig;
  readonly dedup: DedupConfig;
  /** Null: nothing, as there is no IPv6 target or nobody wants to know. */
  readonly aliases: AliasConfig | null;
  /** What is written of the packets instead of sending them; null: they are sent. */
  readonly dryRun: DryRunConfig | null;
  /** Where results go: at least one, and at most one of them to standard output. */
  readonly outputs: readonly OutputConfig[];
  readonly report: ReportConfig;
  /**
   * The scan that this one is a shard of, if it is to be told: all of it where it is the only one.
   *
   * @default {undefined} it is not told
   */
  readonly whole?: WholeScan | undefined;
  /** Null: no checkpoints. */
  readonly checkpoint: CheckpointConfig | null;
  /** What is given up once everything is open. */
  readonly confinement: Omit<Confinement, "removedFile">;
  /** Check the machine before the first packet: `--no-preflight` does not. */
  readonly hasPreflight: boolean;
}

/** A scan of IPv6 targets. */
export interface Ipv6Scan extends Omit<ScanConfig, "targets"> {
  readonly targets: Ipv6TargetPlan;
}

/** A scan of IPv4 targets, in the form that the parts of the program know that have no other. */
export interface Ipv4Scan extends Omit<ScanConfig, "targets"> {
  readonly targets: TargetPlan;
}

/** The scan of its IPv4 targets; null: it has none. */
export function ipv4ScanOf(config: ScanConfig): Ipv4Scan | null {
  const { ipv4 } = config.targets;
  return ipv4 === null ? null : { ...config, targets: ipv4 };
}

/** The scan of its IPv6 targets; null: it has none. */
export function ipv6ScanOf(config: ScanConfig): Ipv6Scan | null {
  const { ipv6 } = config.targets;
  return ipv6 === null ? null : { ...config, targets: ipv6 };
}
