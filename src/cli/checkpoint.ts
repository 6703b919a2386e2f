import { ConfigError } from "../base/mod.ts";
import {
  type CheckpointJob,
  digestOfValue,
  type JobPart,
  jobPart,
  type JobValue,
} from "../checkpoint/mod.ts";
import { isSpecialFile } from "../link/mod.ts";
import { outputDescriptor } from "../output/mod.ts";
import { type ScanConfig, scannedFamilies } from "../scan/mod.ts";
import type {
  Ipv6Part,
  Ipv6TargetPlan,
  PairTable,
  TargetOrder,
  TargetPlan,
} from "../targets/mod.ts";
import type { Arguments } from "./arguments.ts";
import { isRereadable, readInput } from "./files.ts";
import { VERSION } from "./version.ts";

/** Added to the name of the first output. */
export const CHECKPOINT_SUFFIX = ".pacemap";

type CheckpointConfig = NonNullable<ScanConfig["checkpoint"]>;

/** What a scan is, for its checkpoint. */
export interface CheckpointedConfig {
  readonly args: Arguments;
  /** The command line as it was given. */
  readonly words: readonly string[];
  readonly order: TargetOrder;
  readonly config: Omit<ScanConfig, "checkpoint">;
}

/**
 * Where the checkpoint of a scan is kept, and what binds it to this scan; null: nowhere.
 *
 * @throws {ConfigError} when options contradict each other
 */
export async function chooseCheckpoint(
  parts: CheckpointedConfig,
): Promise<CheckpointConfig | null> {
  const { args: { given, values }, config } = parts;
  if (values.noCheckpoint && given.has("checkpoint")) {
    throw new ConfigError(
      "--no-checkpoint",
      "Conflicts with --checkpoint",
      "Give one of them",
    );
  }
  const reason = reasonAgainst(config);
  if (reason !== null && given.has("checkpoint")) {
    throw new ConfigError(
      "--checkpoint",
      `Cannot keep one: ${reason}`,
      "Leave it out, or what it conflicts with",
    );
  }
  const isWanted = !values.noCheckpoint && config.dryRun === null &&
    reason === null;
  const path = isWanted ? values.checkpoint ?? defaultPath(config) : null;
  if (path === null) return null;
  return {
    path,
    isNamed: given.has("checkpoint"),
    intervalS: values.checkpointInterval,
    job: await describeJob(parts, path),
    args: [],
  };
}

/** Why a scan could not go on from a checkpoint; null: it could. */
function reasonAgainst(
  { aliases, targets }: CheckpointedConfig["config"],
): string | null {
  if (targets.stream !== undefined) {
    return "targets of a stream cannot be read again (--stream)";
  }
  return aliases !== null && aliases.isTested
    ? "rows wait in memory while prefixes are tested (--aliased)"
    : null;
}

function defaultPath(
  { outputs }: Pick<ScanConfig, "outputs">,
): string | null {
  const first = outputs.find(({ path }) =>
    path !== null && outputDescriptor(path) === null && !isSpecialFile(path)
  );
  return first === undefined ? null : `${first.path}${CHECKPOINT_SUFFIX}`;
}

async function describeJob(
  { args, config, order, words }: CheckpointedConfig,
  path: string,
): Promise<CheckpointJob> {
  const { endPosition, firstPosition } = config.targets;
  return {
    program: VERSION,
    startedAt: new Date().toISOString(),
    directory: Deno.cwd(),
    checkpoint: path,
    args: words,
    seed: String(order.seed),
    salt: crypto.getRandomValues(new Uint32Array(1))[0]!,
    families: scannedFamilies(config.targets),
    targetCount: endPosition - firstPosition,
    probesPerTarget: config.probe.probesPerTarget,
    parts: [
      await targetPart(args, config),
      ...sharedParts(order, config),
      ...orderParts(order, config),
      ...ownParts(config),
      ...outputParts(config),
    ],
  };
}

/** The addresses of a scan, and the ports of each where these differ. */
export interface JobAddresses {
  readonly ipv4: Pick<TargetPlan, "addresses" | "pairs"> | null;
  readonly ipv6: Pick<Ipv6TargetPlan, "addresses" | "pairs"> | null;
}

/** What all targets come to: the order of a list and its comments may change. */
export function addressesValue({ ipv4, ipv6 }: JobAddresses): JobValue {
  return {
    ipv4: ipv4 === null ? null : {
      starts: ipv4.addresses.starts,
      ends: ipv4.addresses.isList ? null : ipv4.addresses.ends,
      ...pairsValue(ipv4.pairs),
    },
    ipv6: ipv6 === null ? null : ipv6.addresses.parts.map(ipv6Value),
    ...(ipv6 === null ? {} : pairsValue(ipv6.pairs)),
  };
}

async function targetPart(
  { targets, values }: Arguments,
  config: CheckpointedConfig["config"],
): Promise<JobPart> {
  const addresses = addressesValue(config.targets);
  const files = [
    { option: "--blocklist-file", path: values.blocklistFile },
    { option: "--allowlist-file", path: values.allowlistFile },
    { option: "--list-of-ips-file", path: values.listOfIpsFile },
  ];
  const causes = [{ option: "TARGET", digest: digestOfValue([...targets]) }];
  for (const { option, path } of files) {
    const content = path !== null && await isRereadable(path)
      ? await readInput({ option, path })
      : path;
    causes.push({ option, digest: digestOfValue(content) });
  }
  return { ...jobPart({ option: "TARGET" }, addresses), causes };
}

/** The ports of each address, where they are not the same for all. */
function pairsValue(
  pairs: PairTable | undefined,
): { readonly [key: string]: JobValue } {
  return pairs === undefined
    ? {}
    : { starts: pairs.starts, ports: pairs.ports };
}

function ipv6Value(part: Ipv6Part): JobValue {
  if (part.kind === "list") return { list: part.list };
  const { firstIndexes, shift, starts } = part.runs;
  return {
    runs: { firstIndexes, shift, starts },
    fill: part.kind === "windows" ? { ...part.fill } : null,
  };
}

function orderParts(
  { shard, shards }: TargetOrder,
  { targets: { endPosition, firstPosition } }: CheckpointedConfig["config"],
): readonly JobPart[] {
  return [
    jobPart({ option: "--shard", text: `${shard} of ${shards}` }, [
      shard,
      shards,
    ]),
    jobPart({
      option: "--max-targets",
      text: `${endPosition - firstPosition} targets`,
    }, [firstPosition, endPosition]),
  ];
}

/** What all shards of a scan have in common of its order and its probes; the seed counts, given or drawn. */
export function sharedParts(
  { ports, seed }: Pick<TargetOrder, "ports" | "seed">,
  { probe }: Pick<CheckpointedConfig["config"], "probe">,
): readonly JobPart[] {
  const part = (option: string, value: string | number | boolean): JobPart =>
    jobPart({ option, text: shortened(String(value)) }, value);
  return [
    jobPart({ option: "--target-ports", text: shortened(ports.join(",")) }, [
      ...ports,
    ]),
    jobPart({ option: "--seed", text: String(seed) }, seed),
    part("--probe-module", probe.module),
    part("--probe-args", probe.args),
    part("--probes", probe.probesPerTarget),
    part("--probe-ttl", probe.ttl),
    part("--validate-source-port", probe.isPortChecked),
  ];
}

function ownParts(
  { aliases, dedup }: CheckpointedConfig["config"],
): readonly JobPart[] {
  return [
    jobPart({ option: "--dedup-method", text: dedup.method }, dedup),
    jobPart({ option: "--aliased", text: aliases?.mode ?? "" }, [
      aliases?.mode ?? "",
      ...(aliases?.known ?? []).flatMap(({ first, last }) => [first, last]),
    ]),
  ];
}

function outputParts(
  { outputs }: CheckpointedConfig["config"],
): readonly JobPart[] {
  const lines: [string, JobValue[]][] = [
    ["--output-file", outputs.map(({ path }) => path ?? "-")],
    ["--output-module", outputs.map(({ format }) => format)],
    ["--output-fields", outputs.map(({ fields }) => fields.join(","))],
    [
      "--output-filter",
      outputs.map(({ filter, isSuccessOnly, isUniqueOnly }) =>
        `${filter}${isSuccessOnly ? " of successes" : ""}${
          isUniqueOnly ? " once each" : ""
        }`
      ),
    ],
    [
      "--no-header-row",
      outputs.map(({ hasHeader }) => hasHeader ? "header" : "no header"),
    ],
  ];
  return lines.map(([option, value]) =>
    jobPart({ option, text: shortened(value.join(" ")) }, value)
  );
}

/** Long values say nothing in an error. */
function shortened(text: string): string {
  return text.length > 60 ? "" : text;
}
