import { ConfigError } from "../base/mod.ts";
import type { ProbeModule } from "../probe/mod.ts";
import type { DedupConfig, DryRunConfig, ScanConfig } from "../scan/mod.ts";
import type { Arguments } from "./arguments.ts";
import { describeScan } from "./description.ts";
import { checkOutputs, type NamedPath } from "./files.ts";
import type { Resolver } from "./host_names.ts";
import { makeProbe, requireModule } from "./lists.ts";
import { logFileOf } from "./logging.ts";
import type { OptionValues } from "./options.ts";
import { chooseOutputs, STANDARD_OUTPUT } from "./outputs.ts";
import { inlineProbeArgs } from "./probe_args.ts";
import { checkProbe } from "./probe_checks.ts";
import { readTargets } from "./target_input.ts";
import { checkSharding, planTargets } from "./target_plan.ts";

/** Source ports that the probes of one target may take of the range before answers get ambiguous. */
const MAX_PORT_SHARE = 0.1;

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
 */
export async function makeScanConfig(
  args: Arguments,
  resolve: Resolver,
): Promise<CheckedConfig> {
  const values = {
    ...args.values,
    probeArgs: await inlineProbeArgs(args.values.probeArgs),
  };
  const module = requireModule(values.probeModule);
  const warnings = checkTogether(args, module);
  const probe = makeProbe(values);
  const ports = values.targetPorts ?? Uint16Array.of(0);
  const { fields, isDefault, outputs } = chooseOutputs(args, {
    probe,
    portCount: ports.length,
  });
  const { probes: probesPerTarget } = values;
  warnings.push(...checkProbe({ module, probe, probesPerTarget, outputs }));
  await checkFiles(values);
  const selection = await readTargets({
    targets: args.targets,
    allowlist: named("--allowlist-file", values.allowlistFile),
    blocklist: named("--blocklist-file", values.blocklistFile) ??
      "special-purpose",
    addressList: named("--list-of-ips-file", values.listOfIpsFile),
    resolve,
    isLenient: values.ignoreBlocklistErrors,
  });
  const seed = values.seed ?? crypto.getRandomValues(new BigUint64Array(1))[0]!;
  const targets = planTargets(values, { selection, ports, seed });
  const config: ScanConfig = {
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
      interfaceName: values.interface,
      sourceAddresses: values.sourceIp,
      gatewayMac: values.gatewayMac,
      sourceMac: values.sourceMac,
      isIpLayer: values.iplayer,
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
      senders: values.senderThreads ??
        (chooseDryRun(values) === null ? defaultSenders(values) : 1),
      retries: values.retries,
      cooldownMs: values.cooldownTime * 1000,
    },
    capture: {
      bufferBytes: values.captureBuffer,
      backend: values.receiveBackend,
    },
    limits: {
      maxRuntimeMs: values.maxRuntime === null
        ? null
        : values.maxRuntime * 1000,
      maxResults: values.maxResults,
      minHitRatePercent: values.minHitrate,
      maxSendFailures: values.maxSendtoFailures,
    },
    loss: {
      sampleShare: values.lossSample / 100,
      target: values.lossTarget / 100,
      onLoss: values.onLoss,
      maxPasses: values.maxPasses,
    },
    dedup: chooseDedup(values, ports.length),
    dryRun: chooseDryRun(values),
    outputs,
    report: {
      isQuiet: values.quiet,
      metadataPath: values.metadataFile,
      statusPath: values.statusUpdatesFile,
      description: describeScan(args, {
        selection,
        targets,
        isDefaultOutput: isDefault,
        fields,
        dedup: chooseDedup(values, ports.length),
      }),
    },
    hasPreflight: !values.noPreflight,
  };
  return {
    config: freeze(config),
    warnings: [...warnings, ...selection.warnings],
  };
}

/** Checks options that depend on each other; returns what is only worth a warning. */
function checkTogether(
  { given, values }: Arguments,
  module: ProbeModule,
): string[] {
  const warnings: string[] = [];
  if (
    values.bandwidth !== null && given.has("rate") && values.rate !== "auto" &&
    values.rate > 0
  ) {
    throw new ConfigError(
      "--bandwidth",
      "Conflicts with --rate",
      "Give one of them",
    );
  }
  if (values.maxRate !== null && values.maxRate < values.minRate) {
    throw new ConfigError(
      "--max-rate",
      `${values.maxRate} is below --min-rate, which is ${values.minRate}`,
      "Give a higher one, or a lower --min-rate",
    );
  }
  if (
    values.rate === "auto" && given.has("onLoss") && values.onLoss !== "slow"
  ) {
    throw new ConfigError(
      "--on-loss",
      `"${values.onLoss}" conflicts with --rate auto, which slows down`,
      "Leave it out, or give a fixed rate",
    );
  }
  checkPorts(values, module);
  checkSharding(given, values);
  checkAlternatives(given, values);
  if (values.iplayer && (given.has("gatewayMac") || given.has("sourceMac"))) {
    warnings.push(
      "--gateway-mac and --source-mac have no effect with --iplayer",
    );
  }
  const { first, last } = values.sourcePort;
  const sourcePortCount = last - first + 1;
  if (!module.usesPorts) return warnings;
  if (values.probes > sourcePortCount) {
    throw new ConfigError(
      "--probes",
      `Each probe to a target needs a source port of its own, and --source-port has ${sourcePortCount}`,
      `Give at most ${sourcePortCount} probes, or a wider range of source ports`,
    );
  }
  if (values.probes / sourcePortCount > MAX_PORT_SHARE) {
    warnings.push(
      `${values.probes} probes per target with ${sourcePortCount} source ports make it easy to forge answers`,
    );
  }
  return warnings;
}

function checkAlternatives(
  given: Arguments["given"],
  values: OptionValues,
): void {
  if (values.dryrun && values.fastDryrun) {
    throw new ConfigError(
      "--dryrun",
      "Conflicts with --fast-dryrun",
      "Give one of them",
    );
  }
  if (values.logFile !== null && values.logDirectory !== null) {
    throw new ConfigError(
      "--log-file",
      "Conflicts with --log-directory",
      "Give one of them",
    );
  }
  if (given.has("dedupWindowSize") && values.dedupMethod !== "window") {
    throw new ConfigError(
      "--dedup-window-size",
      "Needs --dedup-method window",
      "Give both",
    );
  }
}

function checkPorts(values: OptionValues, module: ProbeModule): void {
  if (module.usesPorts && values.targetPorts === null) {
    throw new ConfigError(
      "--target-ports",
      `Probe module ${module.name} needs the ports to probe`,
      "Give them, for example -p 80 or -p 80,443,8000-8100",
    );
  }
  if (!module.usesPorts && values.targetPorts !== null) {
    throw new ConfigError(
      "--target-ports",
      `Probe module ${module.name} has no ports`,
      "Leave the option out",
    );
  }
}

function chooseDryRun(values: OptionValues): DryRunConfig | null {
  if (values.fastDryrun) return { output: "records" };
  return values.dryrun ? { output: "text" } : null;
}

/** One port: all targets are remembered. Several: unless asked otherwise, so many of them. */
function chooseDedup(values: OptionValues, portCount: number): DedupConfig {
  const { dedupMethod, dedupWindowSize: size } = values;
  const method = dedupMethod !== "default"
    ? dedupMethod
    : portCount > 1
    ? "window"
    : "full";
  return method === "window" ? { method, size } : { method };
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
    logFileOf(values).file,
  ];
  await checkOutputs(
    outputs.filter((file) =>
      file !== null && file.path !== STANDARD_OUTPUT
    ) as NamedPath[],
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

/** Rate from which one sending thread may be too few, and the most that are started unasked. */
const ONE_SENDER_PPS = 500_000;
const MOST_SENDERS = 4;

function defaultSenders({ bandwidth, rate }: Arguments["values"]): number {
  const isFast = rate === 0 || (rate !== "auto" && rate > ONE_SENDER_PPS);
  if (bandwidth !== null || !isFast) return 1;
  return Math.min(MOST_SENDERS, Math.max(1, navigator.hardwareConcurrency - 1));
}
