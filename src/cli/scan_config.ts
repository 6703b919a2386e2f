import type { DryRunConfig, ScanConfig } from "../scan/mod.ts";
import type { Arguments } from "./arguments.ts";
import { chooseCheckpoint } from "./checkpoint.ts";
import { describeScan } from "./description.ts";
import { checkOutputs, type NamedPath } from "./files.ts";
import {
  checkFamilies,
  chooseFamilies,
  chooseInterface,
  familyOfProbe,
} from "./families.ts";
import type { HostLookup } from "./host_names.ts";
import { makeProbe, requireModule } from "./lists.ts";
import { logFileOf } from "./logging.ts";
import type { OptionValues } from "./options.ts";
import { checkOptions, chooseDedup } from "./option_checks.ts";
import { chooseOutputs } from "./outputs.ts";
import { inlineProbeArgs } from "./probe_args.ts";
import { checkProbe } from "./probe_checks.ts";
import { readTargets } from "./target_input.ts";
import { chooseSenders, defaultSenders } from "./senders.ts";
import { planScanTargets } from "./target_plan.ts";

/** A checked configuration, and what is to be logged about it. */
export interface CheckedConfig {
  readonly config: ScanConfig;
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
  args: Arguments,
  lookup: HostLookup,
): Promise<CheckedConfig> {
  const values = {
    ...args.values,
    probeArgs: await inlineProbeArgs(args.values.probeArgs),
  };
  const module = requireModule(values.probeModule);
  const warnings = checkOptions(args, module);
  const families = chooseFamilies(values);
  checkFamilies(families, values, module);
  const probe = makeProbe(values, familyOfProbe(families));
  const ports = values.targetPorts ?? Uint16Array.of(0);
  const { fields, isDefault, outputs } = chooseOutputs(args, {
    probe,
    portCount: ports.length,
  });
  const { probes: probesPerTarget } = values;
  warnings.push(...checkProbe({ module, probe, probesPerTarget, outputs }));
  await checkFiles(values);
  const seed = values.seed ?? crypto.getRandomValues(new BigUint64Array(1))[0]!;
  const selection = await readTargets({
    targets: args.targets,
    allowlist: named("--allowlist-file", values.allowlistFile),
    blocklist: named("--blocklist-file", values.blocklistFile) ??
      "special-purpose",
    addressList: named("--list-of-ips-file", values.listOfIpsFile),
    lookup,
    isLenient: values.ignoreBlocklistErrors,
    hasNetworkLists: values.metadataFile !== null,
    families,
    ipv6Hint: "; -6 scans IPv6",
    window: values.v6Window === null
      ? null
      : { length: values.v6Window, rule: values.v6Rule, seed },
  });
  const parts = { selection, ports, seed };
  const { order, targets } = planScanTargets(values, parts);
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
      sourceAddresses6: values.sourceIp?.ipv6 ?? null,
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
    },
    loss: {
      sampleShare: values.lossSample / 100,
      target: values.lossTarget / 100,
      onLoss: values.onLoss,
      maxPasses: values.maxPasses,
    },
    dedup,
    dryRun: chooseDryRun(values),
    outputs,
    report: {
      isQuiet: values.quiet,
      metadataPath: values.metadataFile,
      statusPath: values.statusUpdatesFile,
      description: describeScan(args, {
        module,
        selection,
        order,
        isDefaultOutput: isDefault,
        fields,
        dedup,
      }),
    },
    hasPreflight: !values.noPreflight,
  };
  const checkpoint = await chooseCheckpoint({
    args,
    words: args.words,
    order,
    config,
  });
  return {
    config: freeze({ ...config, checkpoint }),
    warnings: [...warnings, ...selection.warnings, ...senderWarnings],
  };
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
  ];
  const outputs = [
    ...values.outputFile.map((path) => named("--output-file", path)),
    named("--metadata-file", values.metadataFile),
    named("--status-updates-file", values.statusUpdatesFile),
    values.noCheckpoint ? null : named("--checkpoint", values.checkpoint),
    logFileOf(values).file,
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
