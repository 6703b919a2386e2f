import { ConfigError } from "../base/mod.ts";
import { LIMIT_REACHED } from "../checkpoint/mod.ts";
import { type LossEstimate, poolLoss } from "../loss/mod.ts";
import {
  EMPTY_LEDGER,
  type Ledger,
  ledgerFrom,
  sumLedgers,
} from "../monitor/mod.ts";
import { type Coverage, coverageCounts, proveCoverage } from "./coverage.ts";
import { checkSameJob } from "./same_job.ts";
import { METADATA_OPERAND, type ShardMetadata } from "./shard_metadata.ts";

/** Why a scan has ended that has done all. */
const COMPLETED = "completed";

/** What was lost in all shards together. */
export interface MergedLoss {
  /** By the share of the targets; null: no shard knows its loss. */
  readonly path: LossEstimate | null;
  /** Share of the targets probed of whose loss nothing is known, 0 to 1. */
  readonly unknownShare: number;
  /** Hosts that would have answered, and are not in the results; null: a shard does not know. */
  readonly missed: number | null;
  /** Share of the hosts that would have answered, of the targets probed; null: a shard does not know. */
  readonly coverage: number | null;
}

/** All shards of a job together. */
export interface MergedScan {
  readonly shards: readonly ShardMetadata[];
  /** Null: targets came while the shards ran, and nothing can be proved. */
  readonly coverage: Coverage | null;
  readonly ledger: Ledger;
  readonly loss: MergedLoss;
  readonly targetsScanned: number;
  /** Shards that ended before all was done, other than at a limit, by index. */
  readonly endedEarly: readonly number[];
  /** `complete`: every position was covered once, by shards that have done all; `flawed`: every one was covered. */
  readonly verdict: "complete" | "flawed" | "incomplete";
}

/**
 * Puts the metadata of shards together.
 *
 * @throws {ConfigError} when they are not of one job, or contradict each other
 */
export function mergeShards(shards: readonly ShardMetadata[]): MergedScan {
  checkSameJob(shards);
  const coverage = coverageOf(shards);
  const ledger = shards.reduce(
    (sum, shard) => sumLedgers(sum, ledgerFrom(shard.ledger)),
    EMPTY_LEDGER,
  );
  const endedEarly = shards.flatMap(({ exitReason }, index) =>
    exitReason === COMPLETED || exitReason.startsWith(LIMIT_REACHED)
      ? []
      : [index]
  );
  return {
    shards,
    coverage,
    ledger,
    loss: lossOf(shards),
    targetsScanned: shards.reduce((sum, one) => sum + one.targetsScanned, 0),
    endedEarly,
    verdict: verdictOf(coverage, endedEarly.length),
  };
}

function coverageOf(shards: readonly ShardMetadata[]): Coverage | null {
  const totals = new Map<number, ShardMetadata>();
  for (const shard of shards) {
    if (shard.positions === null) return null;
    totals.set(shard.positions.total, shard);
  }
  const [total, ...others] = totals.keys();
  if (others.length > 0) {
    const files = [...totals.values()].map(({ file }) => `"${file}"`);
    throw new ConfigError(
      METADATA_OPERAND,
      `Cannot prove coverage: ${
        files.slice(0, 2).join(" and ")
      } have the same job, and different numbers of positions`,
      "Give metadata that nobody has changed",
    );
  }
  const counts = new Set(shards.map((shard) => shard.shards));
  const covers = shards.map(({ positions, uncovered }) => ({
    ...positions!,
    uncovered,
  }));
  shards.forEach(({ file }, index) => {
    try {
      proveCoverage([covers[index]!], total!, { shards: null, numbers: [] });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new ConfigError(
        METADATA_OPERAND,
        `Cannot use "${file}": ${error.message}`,
        "Give metadata that nobody has changed",
        error,
      );
    }
  });
  return proveCoverage(covers, total!, {
    shards: counts.size === 1 ? [...counts][0]! : null,
    numbers: shards.map(({ shard }) => shard),
  });
}

function verdictOf(
  coverage: Coverage | null,
  endedEarly: number,
): MergedScan["verdict"] {
  if (coverage === null) return "incomplete";
  const { doubled, missing, uncovered, unknown } = coverageCounts(coverage);
  if (missing + unknown > 0) return "incomplete";
  return doubled + uncovered + endedEarly > 0 ? "flawed" : "complete";
}

function lossOf(shards: readonly ShardMetadata[]): MergedLoss {
  const targets = shards.reduce((sum, one) => sum + one.targetsScanned, 0);
  const unknown = shards.reduce(
    (sum, { loss, targetsScanned }) => sum + loss.unknownShare * targetsScanned,
    0,
  );
  const parts = shards.flatMap(({ loss: { path }, targetsScanned }) =>
    path === null ? [] : [{ estimate: path, weight: targetsScanned }]
  );
  const missed = shards.map(({ loss }) => loss.missed);
  return {
    path: poolLoss(parts),
    unknownShare: targets === 0 ? 1 : unknown / targets,
    missed: missed.includes(null)
      ? null
      : missed.reduce<number>((sum, count) => sum + count!, 0),
    coverage: hostCoverage(shards),
  };
}

/** Hosts that were found, as a share of those that there must be according to each shard. */
function hostCoverage(shards: readonly ShardMetadata[]): number | null {
  let found = 0;
  let there = 0;
  for (const { ledger, loss: { coverage } } of shards) {
    const count = (ledger["receive.successUnique"] ?? 0) +
      (ledger["receive.failureUnique"] ?? 0);
    if (coverage === null || (coverage === 0 && count > 0)) return null;
    found += count;
    there += count === 0 ? 0 : count / coverage;
  }
  return there === 0 ? null : found / there;
}
