import type { ProbeModule } from "../probe/mod.ts";
import type { DedupConfig } from "../scan/mod.ts";
import type { TargetOrder } from "../targets/mod.ts";
import type { Arguments } from "./arguments.ts";
import { formatMac } from "./option_parsers.ts";
import { formatSourceAddresses } from "./source_addresses.ts";
import type { TargetSelection } from "./target_input.ts";
import { limitOf } from "./target_plan.ts";
import { VERSION } from "./version.ts";

const ADDRESS_SPACE = 2 ** 32;

/** What describes a scan besides its options. */
export interface DescribedScan {
  readonly module: ProbeModule;
  readonly selection: TargetSelection;
  /** Order of the targets. */
  readonly order: TargetOrder;
  readonly isDefaultOutput: boolean;
  readonly fields: readonly string[];
  readonly dedup: DedupConfig;
}

/**
 * Every option as it was understood, for the metadata: under ZMap's names where it has one (flags as 0 or 1,
 * what was not given left out), under the option's name otherwise.
 */
export function describeScan(
  { given, targets, values }: Arguments,
  scan: DescribedScan,
): Record<string, unknown> {
  const { networks } = scan.selection;
  const { ports, seed } = scan.order;
  const isDryRun = values.dryrun || values.fastDryrun;
  const description: Record<string, unknown> = {
    version: VERSION,
    source_port_first: values.sourcePort.first,
    source_port_last: values.sourcePort.last,
    target_ports: [...ports],
    max_targets: limitOf(values, scan.selection, ports.length)?.count ?? -1,
    bandwidth: values.bandwidth ?? 0,
    requested_rate: values.bandwidth === null ? values.rate : undefined,
    cooldown_secs: values.cooldownTime,
    batch: values.batch,
    retries: values.retries,
    capture_buffer: values.captureBuffer,
    seed: BigInt.asIntN(64, seed),
    seed_provided: Number(given.has("seed")),
    shard_num: values.shard,
    total_shards: values.shards,
    max_runtime: values.maxRuntime ?? 0,
    // ZMap's receiver, which dry runs lack, makes no limit -1.
    max_results: values.maxResults ?? (isDryRun ? 0 : -1),
    min_hitrate: values.minHitrate,
    max_sendto_failures: values.maxSendtoFailures ?? -1,
    dryrun: Number(isDryRun),
    syslog: 0,
    deduplication_method: scan.dedup.method,
    deduplication_window_size: scan.dedup.method === "window"
      ? scan.dedup.size
      : undefined,
    default_mode: Number(scan.isDefaultOutput),
    no_preflight: Number(values.noPreflight),
    no_sandbox: Number(values.noSandbox),
    user: values.user ?? undefined,
    quiet: Number(values.quiet),
    log_level: values.verbosity,
    ...(values.stream && values.ipv6 ? {} : allowedCounts(scan.selection)),
    packet_streams: values.probes,
    probe_module: values.probeModule,
    probe_args: values.probeArgs || scan.module.defaultArgs,
    probe_ttl: values.probeTtl || undefined,
    output_module: oneOrAll(values.outputModule) ?? "csv",
    output_args: values.outputArgs || undefined,
    output_fields: scan.fields,
    output_filename: oneOrAll(values.outputFile),
    output_filter: values.outputFilter || undefined,
    validate_source_port: values.validateSourcePort === false
      ? "disable"
      : "enable",
    no_header_row: Number(values.noHeaderRow),
    metadata_filename: values.metadataFile ?? undefined,
    log_file: values.logFile ?? undefined,
    log_directory: values.logDirectory ?? undefined,
    config_filename: values.config ?? undefined,
    notes: values.notes ?? undefined,
    "user-metadata": values.userMetadata ?? undefined,
    allowlist_filename: values.allowlistFile ?? undefined,
    blocklist_filename: values.blocklistFile ?? undefined,
    list_of_ips_filename: values.listOfIpsFile ?? undefined,
    list_of_ips_stream: values.stream ? 1 : undefined,
    list_of_ips_count: scan.selection.listedCount ?? undefined,
    cli_cidr_destinations: targets.length === 0 ? undefined : targets,
    blocklisted_networks: networks.blocked ?? undefined,
    allowlisted_networks: networks.allowed ?? undefined,
    iplayer: Number(values.iplayer),
    requested_source_ips: optional(values.sourceIp, formatSourceAddresses),
    requested_source_mac: optional(values.sourceMac, formatMac),
    requested_gateway_mac: optional(values.gatewayMac, formatMac),
  };
  const entries = Object.entries(description).filter(([, value]) =>
    value !== undefined
  );
  return Object.fromEntries(entries);
}

/**
 * How many addresses may be scanned: under ZMap's names those of IPv4, unless only IPv6 is scanned. Of all addresses
 * of IPv6 the others are more than a number can tell.
 */
function allowedCounts(
  { allowedCount, v4, v6 }: TargetSelection,
): Record<string, number> {
  if (v6 !== null && v4.count === 0) {
    return { blocklist_total_allowed: v6.count };
  }
  return {
    blocklist_total_allowed: allowedCount,
    blocklist_total_not_allowed: ADDRESS_SPACE - allowedCount,
    ...(v6 === null ? {} : { ipv6_total_allowed: v6.count }),
  };
}

function optional<T>(
  value: T | null,
  format: (value: T) => string,
): string | undefined {
  return value === null ? undefined : format(value);
}

/** What was given once as itself, what was given several times as a list. */
function oneOrAll(
  values: readonly string[],
): string | readonly string[] | undefined {
  return values.length > 1 ? values : values[0];
}
