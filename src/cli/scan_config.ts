import { loadOutputModules } from "../output/mod.ts";
import type { DryRunConfig, ScanConfig, StreamInput } from "../scan/mod.ts";
import { aliasWarnings, chooseAliases } from "./aliases.ts";
import type { Arguments } from "./arguments.ts";
import { chooseConfinement } from "./confinement.ts";
import { chooseCheckpoint } from "./checkpoint.ts";
import { describeScan } from "./description.ts";
import {
  checkOutputs,
  claimInput,
  inputName,
  type NamedPath,
} from "./files.ts";
import {
  checkFamilies,
  chooseFamilies,
  chooseInterface,
  chooseSources6,
  familyOfProbe,
} from "./families.ts";
import type { HostLookup } from "./host_names.ts";
import { withPorts } from "./frequent_ports.ts";
import { makeProbe, requireModule } from "./lists.ts";
import { logFileOf } from "./logging.ts";
import { SUMMARY_OPTION } from "./summary_report.ts";
import type { OptionValues } from "./options.ts";
import { checkOptions, chooseDedup } from "./option_checks.ts";
import { chooseOutputs, lossSampleOf } from "./outputs.ts";
import { inlineProbeArgs } from "./probe_args.ts";
import { takesPairs } from "./pair_input.ts";
import { checkProbe } from "./probe_checks.ts";
import {
  readTargets,
  type TargetSelection,
  type TargetSources,
} from "./target_input.ts";
import { chooseSenders, defaultSenders } from "./senders.ts";
import { openStreamInput } from "./stream_input.ts";
import { planStream, readStreamLimits } from "./stream_plan.ts";
import { wholeScan } from "./whole_scan.ts";
import {
  type PlannedTargets,
  type PlanParts,
  planScanTargets,
} from "./target_plan.ts";

/** A checked configuration, and what is to be logged about it. */
export interface CheckedConfig {
  readonly config: ScanConfig;
  /** What the targets are read from while the scan runs; undefined: they are known. */
  readonly streamInput: StreamInput | undefined;
  readonly warnings: readonly string[];
}

/**
 * Makes the configuration of a scan: reads the lists, looks host names up, and checks everything that can be
 * checked without touching the network or any output file.
 *
 * @throws {ConfigError} for the first thing that is wrong
 * @throws the reason of the lookup's signal when that aborts
 */
export async function makeScanConfig(
  asked: Arguments,
  lookup: HostLookup,
): Promise<CheckedConfig> {
  const module = requireModule(asked.values.probeModule);
  const args = await withPorts(asked, module);
  const values = {
    ...args.values,
    probeArgs: module.takesArgs === false
      ? ""
      : await inlineProbeArgs(args.values.probeArgs),
  };
  const warnings = checkOptions(args, module);
  const { families, skipReason } = chooseFamilies(values, module);
  const probe = makeProbe(values, familyOfProbe(families));
  const ports = values.targetPorts ?? Uint16Array.of(0);
  await loadOutputModules(values.outputModule);
  const chosen = chooseOutputs(args, {
    module,
    probe,
    portCount: takesPairs(values, module) ? 2 : ports.length,
  });
  const { fields, isDefault, outputs } = chosen;
  warnings.push(...chosen.warnings);
  const { probes: probesPerTarget } = values;
  warnings.push(...checkProbe({ module, probe, probesPerTarget, outputs }));
  await checkFiles(values);
  const seed = values.seed ?? crypto.getRandomValues(new BigUint64Array(1))[0]!;
  const sources: TargetSources = {
    targets: args.targets,
    allowlist: named("--allowlist-file", values.allowlistFile),
    blocklist: named("--blocklist-file", values.blocklistFile) ??
      "special-purpose",
    excluded: values.exclude,
    addressList: named("--list-of-ips-file", values.listOfIpsFile),
    lookup,
    isLenient: values.ignoreBlocklistErrors,
    hasNetworkLists: values.metadataFile !== null,
    families,
    skipReason,
    takesPairs: takesPairs(values, module),
    window: values.v6Window === null
      ? null
      : { length: values.v6Window, rule: values.v6Rule, seed },
  };
  const { order, positions, selection, streamInput, targets } = values.stream
    ? await chooseStream(values, sources, { ports, seed })
    : await chooseTargets(values, sources, { ports, seed });
  warnings.push(...aliasWarnings(args.given, selection.v6 !== null));
  const aliases = await chooseAliases({
    values,
    hasIpv6: selection.v6 !== null,
    blocked: selection.blocked6,
    outputs,
    signal: lookup.signal ?? null,
  });
  checkFamilies(targets, values);
  const { senders, warnings: senderWarnings } = chooseSenders({
    asked: values.senderThreads,
    fallback: chooseDryRun(values) === null
      ? defaultSenders(values, probe.maxFrameBytes)
      : 1,
    targetCount: targets.endPosition - targets.firstPosition,
  });
  const dedup = chooseDedup(values);
  const config: Omit<ScanConfig, "checkpoint"> = {
    targets,
    probe: {
      module: module.name,
      args: values.probeArgs,
      ttl: values.probeTtl,
      sourcePortFirst: values.sourcePort.first,
      sourcePortLast: values.sourcePort.last,
      probesPerTarget: values.probes,
      isPortChecked: values.validateSourcePort ?? true,
    },
    network: {
      interfaceName: chooseInterface(values.interface, selection.zoned),
      sourceAddresses: values.sourceIp?.ipv4 ?? null,
      sourceAddresses6: chooseSources6(values.sourceIp),
      sourcePrefix6: values.sourceIp?.prefix6 ?? null,
      gatewayMac: values.gatewayMac,
      sourceMac: values.sourceMac,
      isIpLayer: values.iplayer,
      waitPingAddress: values.netmapWaitPing,
    },
    send: {
      ratePps: values.rate === "auto" || values.bandwidth !== null
        ? null
        : values.rate,
      bandwidthBps: values.bandwidth,
      isAutoRate: values.rate === "auto",
      minRatePps: values.minRate,
      maxRatePps: values.maxRate,
      batch: values.batch,
      backend: values.sendBackend,
      senders,
      retries: values.retries,
      cooldownMs: values.cooldownTime * 1000,
    },
    capture: {
      bufferBytes: values.captureBuffer,
      backend: values.receiveBackend,
    },
    processors: values.cores,
    limits: {
      maxRuntimeMs: values.maxRuntime === null
        ? null
        : values.maxRuntime * 1000,
      maxResults: values.maxResults,
      minHitRatePercent: values.minHitrate,
      maxSendFailures: values.maxSendtoFailures,
      outageMs: values.onLinkLoss * 1000,
      outputWaitMs: values.outputWait * 1000,
    },
    loss: {
      sampleShare: lossSampleOf(args, outputs) / 100,
      target: values.lossTarget / 100,
      onLoss: values.onLoss,
      maxPasses: values.maxPasses,
    },
    dedup,
    aliases,
    dryRun: chooseDryRun(values),
    outputs,
    report: {
      isQuiet: values.quiet,
      metadataPath: values.metadataFile,
      statusPath: values.statusUpdatesFile,
      probeCapturePath: values.pcapOut,
      description: describeScan(args, {
        module,
        selection,
        order,
        isDefaultOutput: isDefault,
        fields,
        dedup,
      }),
    },
    confinement: chooseConfinement(values),
    hasPreflight: !values.noPreflight,
  };
  const checkpoint = await chooseCheckpoint({
    args,
    words: args.words,
    order,
    config,
  });
  const whole = values.metadataFile === null
    ? undefined
    : wholeScan({ checkpoint, config, families, order, positions, selection });
  return {
    config: freeze({ ...config, checkpoint, whole }),
    streamInput,
    warnings: [...warnings, ...selection.warnings, ...senderWarnings],
  };
}

/** The targets of a scan, and what is known of where they come from. */
interface ChosenTargets extends PlannedTargets {
  readonly selection: TargetSelection;
  readonly streamInput: StreamInput | undefined;
}

async function chooseTargets(
  values: OptionValues,
  sources: TargetSources,
  order: Omit<PlanParts, "selection">,
): Promise<ChosenTargets> {
  const selection = await readTargets(sources);
  const planned = planScanTargets(values, { selection, ...order });
  return { ...planned, selection, streamInput: undefined };
}

/** As `chooseTargets`, of targets that come while the scan runs. */
async function chooseStream(
  values: OptionValues,
  sources: TargetSources,
  order: Omit<PlanParts, "selection">,
): Promise<ChosenTargets> {
  const file = sources.addressList!;
  // First, so that no other list is read from the same descriptor.
  const fd = claimInput(file);
  const stream = await readStreamLimits(sources);
  const name = inputName(file.path);
  const planned = planStream(values, { ...order, name, stream });
  const { selection } = stream;
  const streamInput = await openStreamInput(file, fd);
  return { ...planned, selection, streamInput };
}

function chooseDryRun(values: OptionValues): DryRunConfig | null {
  if (values.fastDryrun) return { output: "records" };
  return values.dryrun ? { output: "text" } : null;
}

async function checkFiles(values: OptionValues): Promise<void> {
  const inputs = [
    named("--allowlist-file", values.allowlistFile),
    named("--blocklist-file", values.blocklistFile),
    named("--list-of-ips-file", values.listOfIpsFile),
    named("--aliased-prefixes", values.aliasedPrefixes),
    named("--ports-file", values.portsFile),
  ];
  const outputs = [
    ...values.outputFile.map((path) => named("--output-file", path)),
    named("--metadata-file", values.metadataFile),
    named("--status-updates-file", values.statusUpdatesFile),
    named("--metrics-file", values.metricsFile),
    named("--report", values.report),
    named("--pcap-out", values.pcapOut),
    values.noCheckpoint ? null : named("--checkpoint", values.checkpoint),
    logFileOf(values).file,
    // Last, so that it is blamed, and not written, where another option names the same file.
    named(SUMMARY_OPTION, values.summaryFile),
  ];
  await checkOutputs(
    outputs.filter((file) => file !== null),
    inputs.filter((file) => file !== null),
  );
}

function named(option: string, path: string | null): NamedPath | null {
  return path === null ? null : { option, path };
}

/** Freezes plain objects and arrays all the way down; typed arrays cannot be frozen. */
function freeze<T>(value: T): T {
  if (
    typeof value !== "object" || value === null || ArrayBuffer.isView(value)
  ) return value;
  for (const inner of Object.values(value)) freeze(inner);
  return Object.freeze(value);
}
