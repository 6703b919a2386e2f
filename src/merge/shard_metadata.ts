import { ConfigError } from "../base/mod.ts";
import type { JobPart } from "../checkpoint/mod.ts";
import type { LossEstimate, PositionRange } from "../loss/mod.ts";
import type { LedgerCounts } from "../monitor/mod.ts";
import { describeFileError } from "../output/mod.ts";
import { ledgerCountsOf } from "./ledger_counts.ts";
import { COMMON_KEYS, SHARD_KEYS, SUM_KEYS } from "./metadata_keys.ts";

const KEPT_KEYS = [...COMMON_KEYS, ...SUM_KEYS, ...SHARD_KEYS];

/** What is named in errors about the files of metadata. */
export const METADATA_OPERAND = "METADATA";

/** The metadata of one shard: what a merge has to understand of them, and all of them. */
export interface ShardMetadata {
  readonly file: string;
  readonly job: {
    readonly digest: string;
    readonly options: readonly JobPart[];
  };
  /** Null: nobody but the shard knows its positions. */
  readonly positions:
    | PositionRange & {
      readonly total: number;
      readonly unsent: readonly PositionRange[] | null;
    }
    | null;
  readonly uncovered: readonly PositionRange[];
  /** Number of the shard, and of shards; null: these are several. */
  readonly shard: number | null;
  readonly shards: number | null;
  readonly ledger: LedgerCounts;
  readonly loss: {
    readonly path: LossEstimate | null;
    readonly unknownShare: number;
    readonly missed: number | null;
    readonly coverage: number | null;
  };
  readonly targetsScanned: number;
  readonly isDryRun: boolean;
  readonly exitReason: string;
  /** Names of the columns of its rows; empty: not known. */
  readonly fields: readonly string[];
  /** What else of them is merged; not all of it, as lists of networks may be long and shards many. */
  readonly all: Readonly<Record<string, unknown>>;
}

/**
 * Reads the metadata of a shard.
 *
 * @throws {ConfigError} when the file cannot be read, or has no metadata from which coverage could be proved
 */
export async function readShardMetadata(file: string): Promise<ShardMetadata> {
  let text: string;
  try {
    text = await Deno.readTextFile(file);
  } catch (error) {
    throw new ConfigError(
      METADATA_OPERAND,
      `Cannot read "${file}": ${describeFileError(error)}`,
      "Give the files that the shards wrote with --metadata-file",
      error,
    );
  }
  return parseShardMetadata(file, text);
}

/**
 * Reads the text of a shard's metadata.
 *
 * @param file names them
 * @throws {ConfigError} when they are not complete, or from another program
 */
export function parseShardMetadata(file: string, text: string): ShardMetadata {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw refusal(
      file,
      text.trim() === ""
        ? "the file is empty: its scan has not ended"
        : "no JSON, or only a part of it",
      error,
    );
  }
  try {
    return shardOf(file, objectOf(value, "metadata"));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw refusal(file, error.message, error);
  }
}

function refusal(file: string, reason: string, cause: unknown): ConfigError {
  return new ConfigError(
    METADATA_OPERAND,
    `Cannot use "${file}": ${reason}`,
    "Give the files that the shards wrote with --metadata-file, once they have ended",
    cause,
  );
}

function shardOf(
  file: string,
  all: Readonly<Record<string, unknown>>,
): ShardMetadata {
  const job = objectOf(all["job"], "job");
  const loss = objectOf(all["loss"], "loss");
  const positions = all["positions"] ?? null;
  return {
    file,
    job: {
      digest: textOf(job["digest"], "job.digest"),
      options: listOf(job["options"], "job.options").map(partOf),
    },
    positions: positions === null
      ? null
      : positionsOf(objectOf(positions, "positions")),
    uncovered: rangesOf(all["ranges_uncovered"], "ranges_uncovered"),
    shard: optional(all["shard_num"], "shard_num"),
    shards: optional(all["total_shards"], "total_shards"),
    ledger: ledgerCountsOf(objectOf(all["ledger"], "ledger")),
    loss: {
      path: loss["path"] === null ? null : estimateOf(loss["path"]),
      unknownShare: countOf(loss["unknown_share"], "loss.unknown_share"),
      missed: optional(loss["missed_estimate"], "loss.missed_estimate"),
      coverage: optional(loss["coverage_estimate"], "loss.coverage_estimate"),
    },
    targetsScanned: countOf(all["targets_scanned"], "targets_scanned"),
    isDryRun: all["dryrun"] === 1,
    exitReason: textOf(all["exit_reason"], "exit_reason"),
    fields: all["output_fields"] === undefined
      ? []
      : listOf(all["output_fields"], "output_fields").map((name) =>
        textOf(name, "output_fields")
      ),
    all: Object.fromEntries(KEPT_KEYS.map((key) => [key, all[key]])),
  };
}

function partOf(value: unknown): JobPart {
  const part = objectOf(value, "job.options");
  const causes = part["causes"] === undefined
    ? []
    : listOf(part["causes"], "causes").map((one) => {
      const cause = objectOf(one, "causes");
      return {
        option: textOf(cause["option"], "causes.option"),
        digest: textOf(cause["digest"], "causes.digest"),
      };
    });
  return {
    option: textOf(part["option"], "job.options.option"),
    text: part["value"] === undefined
      ? ""
      : textOf(part["value"], "job.options.value"),
    digest: textOf(part["digest"], "job.options.digest"),
    causes,
  };
}

function positionsOf(
  positions: Readonly<Record<string, unknown>>,
): NonNullable<ShardMetadata["positions"]> {
  const { unsent = null } = positions;
  return {
    first: countOf(positions["first"], "positions.first"),
    end: countOf(positions["end"], "positions.end"),
    total: countOf(positions["total"], "positions.total"),
    unsent: unsent === null ? null : rangesOf(unsent, "positions.unsent"),
  };
}

function rangesOf(value: unknown, name: string): PositionRange[] {
  return listOf(value, name).map((range) => {
    const [first, end] = listOf(range, name);
    return { first: countOf(first, name), end: countOf(end, name) };
  });
}

function estimateOf(value: unknown): LossEstimate {
  const estimate = objectOf(value, "loss.path");
  const read = (name: string): number =>
    countOf(estimate[name], `loss.path.${name}`);
  return {
    rate: read("rate"),
    low: read("low"),
    high: read("high"),
    samples: read("samples"),
  };
}

function optional(value: unknown, name: string): number | null {
  return value === undefined || value === null ? null : countOf(value, name);
}

/** A number that is not below 0. */
function countOf(value: unknown, name: string): number {
  if (typeof value === "number" && value >= 0) return value;
  throw wrong(name, value);
}

function textOf(value: unknown, name: string): string {
  if (typeof value === "string") return value;
  throw wrong(name, value);
}

function listOf(value: unknown, name: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw wrong(name, value);
}

function objectOf(
  value: unknown,
  name: string,
): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw wrong(name, value);
}

function wrong(name: string, value: unknown): SyntaxError {
  return new SyntaxError(
    value === undefined
      ? `no "${name}", which metadata of this version have`
      : `"${name}" is not what metadata have`,
  );
}
