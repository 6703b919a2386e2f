import { RangeSet, without } from "../checkpoint/mod.ts";
import type { PositionRange } from "../loss/mod.ts";
import { jobMetadata, ledgerMetadata } from "../scan/mod.ts";
import type { Coverage, CoverRange, MissingRange } from "./coverage.ts";
import type { MergedScan } from "./merge_shards.ts";
import type { MergedRows } from "./rows/merge_rows.ts";
import { COMMON_KEYS, SUM_KEYS } from "./metadata_keys.ts";
import type { ShardMetadata } from "./shard_metadata.ts";

/**
 * The metadata of all shards together: under the keys of a scan's where one number or value stands for all of them, and
 * what each shard was. What is not the same in all is left out.
 *
 * @param rows undefined: no rows were merged
 */
export function mergedMetadata(
  merged: MergedScan,
  rows: MergedRows | undefined,
): Record<string, unknown> {
  const { coverage, ledger, loss, shards, targetsScanned } = merged;
  const { job } = shards[0]!;
  const sums = sumsOf(shards);
  const seed = job.options.find(({ option }) => option === "--seed")?.text;
  return {
    ...commonOf(shards),
    seed: seed === undefined ? undefined : BigInt.asIntN(64, BigInt(seed)),
    total_shards: sameIn(shards, ({ shards }) => shards) ?? undefined,
    exit_reason: exitReason(merged),
    send_start_time: timeOf(shards, "send_start_time", "earliest"),
    send_end_time: timeOf(shards, "send_end_time", "latest"),
    recv_start_time: timeOf(shards, "recv_start_time", "earliest"),
    recv_end_time: timeOf(shards, "recv_end_time", "latest"),
    job: jobMetadata({ digest: job.digest, parts: job.options }),
    positions: positionsOf(merged),
    ...sums,
    targets_scanned: targetsScanned,
    families: familiesOf(shards),
    hitrate: targetsScanned === 0
      ? 0
      : 100 * ledger.receive.successUnique / targetsScanned,
    loss: {
      path: loss.path,
      path_reason: loss.path === null ? "no shard knows its loss" : null,
      unknown_share: loss.unknownShare,
      places: ledger.places,
      missed_estimate: loss.missed,
      coverage_estimate: loss.coverage,
    },
    ranges_uncovered: coverage === null ? [] : pairsOf(coverage.uncovered),
    ledger: ledgerMetadata(ledger),
    coverage: coverage === null ? null : coverageMetadata(coverage, shards),
    shards: shards.map(shardMetadata),
    rows: rows === undefined ? undefined : {
      output_filename: rows.path,
      read: rows.read,
      written: rows.written,
      repeats: rows.read - rows.written,
    },
  };
}

/** What was not covered is told by the positions. */
function exitReason({ endedEarly, shards }: MergedScan): string {
  const [first] = endedEarly;
  return first === undefined
    ? "completed"
    : `${endedEarly.length} of ${shards.length} shards ended early: ${
      shards[first]!.exitReason
    }`;
}

/** As the positions of one shard, so that what was merged can be merged again. */
function positionsOf(
  { coverage, shards }: MergedScan,
): Record<string, unknown> | null {
  if (coverage === null) return null;
  const own = new RangeSet(shards.map(({ positions }) => positions!));
  const first = own.ranges[0]!.first;
  const end = own.ranges.at(-1)!.end;
  const range = [{ first, end }];
  const { missing, total, unknown } = coverage;
  const not = new RangeSet([...missing, ...unknown]);
  const unsent = without(range, without(range, not.ranges));
  return { first, end, total, unsent: pairsOf(unsent) };
}

function coverageMetadata(
  { covered, doubled, missing, total, unknown }: Coverage,
  shards: readonly ShardMetadata[],
): Record<string, unknown> {
  const byIndex = (range: CoverRange): Record<string, unknown> => ({
    positions: [range.first, range.end],
    shards: range.shards.map((index) => shards[index]!.shard),
    files: range.shards.map((index) => shards[index]!.file),
  });
  const missingOf = (range: MissingRange): Record<string, unknown> => ({
    cause: range.cause,
    ...(range.cause === "unsent" ? byIndex(range) : {
      positions: [range.first, range.end],
      shards: range.shards,
      files: [],
    }),
  });
  return {
    total,
    covered,
    missing: missing.map(missingOf),
    unknown: unknown.map(byIndex),
    doubled: doubled.map(byIndex),
  };
}

function shardMetadata(shard: ShardMetadata): Record<string, unknown> {
  const { all, exitReason, file, loss, positions, targetsScanned } = shard;
  return {
    file,
    shard: shard.shard,
    local_hostname: all["local_hostname"],
    positions: positions === null ? null : [positions.first, positions.end],
    unsent: positions === null || positions.unsent === null
      ? null
      : positions.unsent.reduce((sum, one) => sum + one.end - one.first, 0),
    exit_reason: exitReason,
    send_start_time: all["send_start_time"],
    send_end_time: all["send_end_time"],
    packets_sent: all["packets_sent"],
    targets_scanned: targetsScanned,
    success_unique: all["success_unique"],
    output_results: all["output_results"],
    loss: loss.path,
  };
}

function pairsOf(ranges: readonly PositionRange[]): number[][] {
  return ranges.map(({ end, first }) => [first, end]);
}

/** What all shards say alike. */
function commonOf(
  shards: readonly ShardMetadata[],
): Record<string, unknown> {
  return Object.fromEntries(
    COMMON_KEYS.map((key) => [key, sameIn(shards, ({ all }) => all[key])]),
  );
}

function sameIn<T>(
  shards: readonly ShardMetadata[],
  read: (shard: ShardMetadata) => T,
): T | undefined {
  const value = read(shards[0]!);
  const text = JSON.stringify(value);
  return shards.every((shard) => JSON.stringify(read(shard)) === text)
    ? value
    : undefined;
}

function sumsOf(
  shards: readonly ShardMetadata[],
): Record<string, number | undefined> {
  return Object.fromEntries(SUM_KEYS.map((key) => {
    const values = shards.map(({ all }) => all[key]).filter((value) =>
      typeof value === "number"
    );
    const sum = values.reduce((total, value) => total + value, 0);
    return [key, values.length === 0 ? undefined : sum];
  }));
}

function familiesOf(
  shards: readonly ShardMetadata[],
): Record<string, Record<string, number>> {
  const sums: Record<string, Record<string, number>> = {};
  for (const { all } of shards) {
    for (const [family, counts] of Object.entries(all["families"] ?? {})) {
      const sum = sums[family] ??= {};
      for (const [key, count] of Object.entries(counts as object)) {
        if (typeof count === "number") sum[key] = (sum[key] ?? 0) + count;
      }
    }
  }
  return sums;
}

function timeOf(
  shards: readonly ShardMetadata[],
  key: string,
  which: "earliest" | "latest",
): string | undefined {
  const times = shards.map(({ all }) => all[key]).filter((value) =>
    typeof value === "string"
  );
  const sign = which === "earliest" ? 1 : -1;
  return times.sort((a, b) => sign * (Date.parse(a) - Date.parse(b)))[0];
}
