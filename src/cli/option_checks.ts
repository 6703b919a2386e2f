import { ConfigError, formatIpv6 } from "../base/mod.ts";
import { isSpecialFile } from "../link/mod.ts";
import { outputDescriptor } from "../output/mod.ts";
import type { ProbeModule } from "../probe/mod.ts";
import type { DedupConfig } from "../scan/mod.ts";
import { type Arguments, optionName } from "./arguments.ts";
import type { OptionKey, OptionValues } from "./options.ts";
import { takesPairs } from "./pair_input.ts";
import { checkStream } from "./stream_plan.ts";
import { checkSharding } from "./target_plan.ts";

/** Source ports that the probes of one target may take of the range before answers get ambiguous. */
const MAX_PORT_SHARE = 0.1;
/** Options about what a dry run does not have: a way into the network, answers, rows. */
const LIVE_ONLY: readonly OptionKey[] = [
  "maxResults",
  "minHitrate",
  "maxSendtoFailures",
  "cooldownTime",
  "sendBackend",
  "cores",
  "retries",
  "onLoss",
  "onLinkLoss",
  "lossTarget",
  "lossSample",
  "maxPasses",
  "receiveBackend",
  "captureBuffer",
  "validateSourcePort",
  "netmapWaitPing",
  "outputFilter",
  "outputWait",
  "pcapOut",
  "aliased",
  "aliasedPrefixes",
  "dedupMethod",
  "dedupWindowSize",
  "noPreflight",
  "noSandbox",
  "user",
];

/**
 * Checks options that depend on each other; returns what is only worth a warning.
 *
 * @throws {ConfigError} for the first that conflict
 */
export function checkOptions(args: Arguments, module: ProbeModule): string[] {
  const { given, values } = args;
  checkRate(given, values);
  checkPorts(values, module);
  checkSharding(given, values);
  checkAlternatives(values);
  checkWindow(given, values);
  checkStream(values);
  return warningsOf(args, module);
}

/** One port: all targets are remembered. Several: unless asked otherwise, so many of them. */
export function chooseDedup(
  { dedupMethod, dedupWindowSize: size, targetPorts }: OptionValues,
): DedupConfig {
  const hasPorts = targetPorts !== null && targetPorts.length > 1;
  const method = dedupMethod !== "default"
    ? dedupMethod
    : hasPorts
    ? "window"
    : "full";
  return method === "window" ? { method, size } : { method };
}

function checkRate(given: Arguments["given"], values: OptionValues): void {
  const { bandwidth, maxRate, minRate, onLoss, rate } = values;
  if (
    bandwidth !== null && given.has("rate") && rate !== "auto" && rate > 0
  ) {
    throw new ConfigError(
      "--bandwidth",
      "Conflicts with --rate",
      "Give one of them",
    );
  }
  if (maxRate !== null && maxRate < minRate) {
    throw new ConfigError(
      "--max-rate",
      `${maxRate} is below --min-rate, which is ${minRate}`,
      "Give a higher one, or a lower --min-rate",
    );
  }
  if (rate === "auto" && given.has("onLoss") && onLoss !== "slow") {
    throw new ConfigError(
      "--on-loss",
      `"${onLoss}" conflicts with --rate auto, which slows down`,
      "Leave it out, or give a fixed rate",
    );
  }
}

const ADDRESS_BITS = 128;

/**
 * Checks that `--v6-window` and `--v6-rule` fit together.
 *
 * @throws {ConfigError} when they do not
 */
export function checkWindow(
  given: ReadonlySet<string>,
  values: Pick<OptionValues, "v6Rule" | "v6Window">,
): void {
  const { v6Rule, v6Window } = values;
  if (v6Window === null) {
    if (!given.has("v6Rule")) return;
    throw new ConfigError(
      "--v6-rule",
      "Needs --v6-window too",
      "Give the length of the windows, for example --v6-window 64",
    );
  }
  const bits = ADDRESS_BITS - v6Window;
  if (v6Rule.kind === "fixed" && v6Rule.interfaceId >> BigInt(bits) !== 0n) {
    throw new ConfigError(
      "--v6-rule",
      `${
        formatIpv6(v6Rule.interfaceId)
      } does not fit behind windows of length ${v6Window}, which leave ${bits} bits`,
      "Give a shorter identifier, or shorter windows",
    );
  }
}

function checkPorts(values: OptionValues, module: ProbeModule): void {
  const { probes, targetPorts } = values;
  if (!module.usesPorts) {
    if (targetPorts === null) return;
    throw new ConfigError(
      "--target-ports",
      `Probe module ${module.name} has no ports`,
      "Leave the option out",
    );
  }
  if (targetPorts === null && !takesPairs(values, module)) {
    throw new ConfigError(
      "--target-ports",
      `Probe module ${module.name} needs the ports to probe`,
      "Give them, for example -p 80 or -p 80,443,8000-8100, or a list with an ADDRESS:PORT on each line: -I FILE",
    );
  }
  const count = sourcePortCount(values);
  if (probes <= count) return;
  throw new ConfigError(
    "--probes",
    `Each probe to a target needs a source port of its own, and --source-port has ${count}`,
    `Give at most ${count} probes, or a wider range of source ports`,
  );
}

function checkAlternatives(values: OptionValues): void {
  if (values.dryrun && values.fastDryrun) {
    throw new ConfigError(
      "--dryrun",
      "Conflicts with --fast-dryrun",
      "Give one of them",
    );
  }
  if (
    values.pcapOut !== null &&
    (outputDescriptor(values.pcapOut) !== null || isSpecialFile(values.pcapOut))
  ) {
    throw new ConfigError(
      "--pcap-out",
      `"${values.pcapOut}" is no file of its own`,
      "Give the path of a file; -O pcap writes the answers to a pipe",
    );
  }
  if (values.logFile !== null && values.logDirectory !== null) {
    throw new ConfigError(
      "--log-file",
      "Conflicts with --log-directory",
      "Give one of them",
    );
  }
}

function warningsOf(
  { given, targets, values }: Arguments,
  module: ProbeModule,
): string[] {
  const { probes } = values;
  const warnings: string[] = [];
  if (targets.length > 0 && values.blocklistFile === null) {
    warnings.push(
      "The built-in blocklist applies to the targets of the command line too: to scan local networks, replace it with -b FILE",
    );
  }
  if (targets.length > 0 && values.allowlistFile !== null) {
    warnings.push(
      "Both the targets of the command line and those of --allowlist-file are scanned",
    );
  }
  if (values.iplayer && (given.has("gatewayMac") || given.has("sourceMac"))) {
    warnings.push(
      "--gateway-mac and --source-mac have no effect with --iplayer",
    );
  }
  if (values.outputArgs !== "") {
    warnings.push(
      "--output-args has no effect: no format has arguments",
    );
  }
  if (values.probeArgs !== "" && module.takesArgs === false) {
    warnings.push(
      `--probe-args has no effect: probe module ${module.name} has no arguments`,
    );
  }
  const dedup = chooseDedup(values);
  if (given.has("dedupWindowSize") && dedup.method !== "window") {
    warnings.push(
      `--dedup-window-size has no effect with --dedup-method ${dedup.method}`,
    );
  }
  const idle = LIVE_ONLY.filter((key) => given.has(key));
  if ((values.dryrun || values.fastDryrun) && idle.length > 0) {
    const names = idle.map(optionName).join(", ");
    warnings.push(`Without effect in a dry run: ${names}`);
  }
  const count = sourcePortCount(values);
  if (module.usesPorts && probes / count > MAX_PORT_SHARE) {
    warnings.push(
      `${probes} probes per target with ${count} source ports make it easy to forge answers`,
    );
  }
  return warnings;
}

function sourcePortCount({ sourcePort }: OptionValues): number {
  return sourcePort.last - sourcePort.first + 1;
}
