import type { PositionRange } from "../loss/mod.ts";
import {
  formatCount,
  formatPercent,
  LOSS_PLACES,
  lossEstimateText,
} from "../monitor/mod.ts";
import {
  type Coverage,
  coverageCounts,
  type MissingRange,
} from "./coverage.ts";
import type { MergedScan } from "./merge_shards.ts";
import type { MergedRows } from "./rows/merge_rows.ts";
import type { ShardMetadata } from "./shard_metadata.ts";

/** Ranges of one kind, and shards, that are written out for people at most; the metadata have all. */
const MOST_LISTED = 10;

/** What a merge has found, as lines for people. */
export function reportLines(
  merged: MergedScan,
  rows: MergedRows | undefined,
): string[] {
  const { coverage, ledger, loss, shards, targetsScanned } = merged;
  const { receive, send } = ledger;
  const lost = LOSS_PLACES.filter((place) => ledger.places[place] > 0).map(
    (place) => `${place} ${formatCount(ledger.places[place])}`,
  );
  const host = loss.coverage === null ? [] : [
    `Estimated coverage of hosts: ${(100 * loss.coverage).toFixed(2)}%${
      loss.missed === null
        ? ""
        : `, about ${formatCount(loss.missed)} answering hosts missed`
    }`,
  ];
  return [
    `Job ${shards[0]!.job.digest.slice(0, 12)}: ${jobText(shards[0]!)}`,
    shardsText(shards),
    ...coverage === null
      ? [
        "Positions: nothing is proved, as targets came while the shards ran (--stream)",
      ]
      : coverageLines(coverage, shards),
    ...notesOf(merged),
    `Packets sent: ${formatCount(send.accepted)} to ${
      formatCount(targetsScanned)
    } targets; success: ${formatCount(receive.successUnique)} (${
      formatPercent(receive.successUnique, targetsScanned)
    }); other valid answers: ${formatCount(receive.failureUnique)}`,
    `Loss of the round trip: ${lossEstimateText(loss.path)}${
      loss.unknownShare > 0.0005
        ? `; not known for ${
          (100 * loss.unknownShare).toFixed(1)
        }% of the targets probed`
        : ""
    }`,
    ...host,
    `Lost in these machines: ${
      lost.length === 0 ? "nothing" : lost.join(", ")
    }`,
    ...rows === undefined ? [] : [rowsText(rows)],
  ];
}

function jobText({ job: { options } }: ShardMetadata): string {
  const shown = ["--probe-module", "--target-ports", "--seed"];
  return shown.flatMap((name) => {
    const text = options.find(({ option }) => option === name)?.text ?? "";
    const isNothing = name === "--target-ports" && text === "0";
    return text === "" || isNothing ? [] : [`${name} ${text}`];
  }).join(" ");
}

function shardsText(shards: readonly ShardMetadata[]): string {
  const counts = new Set(shards.map((one) => one.shards));
  const [count] = counts;
  const numbers = shards.map(({ shard }) => shard).filter((one) =>
    one !== null
  );
  const files = `${formatCount(shards.length)} ${
    shards.length === 1 ? "file" : "files"
  } of metadata`;
  return counts.size > 1 || count === null || count === undefined
    ? `Shards: ${files}`
    : `Shards: ${files}, of ${numberText(numbers)} of ${formatCount(count)}`;
}

/** `shard 3`, `shards 0-2, 5`. */
function numberText(numbers: readonly number[]): string {
  const sorted = [...new Set(numbers)].sort((a, b) => a - b);
  const runs: { first: number; last: number }[] = [];
  for (const number of sorted) {
    const run = runs.at(-1);
    if (run !== undefined && run.last === number - 1) run.last = number;
    else runs.push({ first: number, last: number });
  }
  const texts = runs.slice(0, MOST_LISTED).map(({ first, last }) =>
    first === last ? String(first) : `${first}-${last}`
  );
  if (runs.length > MOST_LISTED) texts.push("…");
  return `${sorted.length === 1 ? "shard" : "shards"} ${texts.join(", ")}`;
}

function coverageLines(
  coverage: Coverage,
  shards: readonly ShardMetadata[],
): string[] {
  const { covered, doubled, missing, total, uncovered, unknown } = coverage;
  const counts = coverageCounts(coverage);
  const hasAll = covered === total && counts.doubled === 0;
  return [
    `Positions: ${formatCount(total)}; covered: ${formatCount(covered)} (${
      formatPercent(covered, total)
    })${hasAll ? ", each once" : ""}`,
    ...listed(
      "missing",
      counts.missing,
      missing,
      (range) => missingText(range, shards),
    ),
    ...listed(
      "not known",
      counts.unknown,
      unknown,
      (range) => `${labels(range.shards, shards)} may have probed them`,
    ),
    ...listed(
      "probed more than once",
      counts.doubled,
      doubled,
      (range) => labels(range.shards, shards),
    ),
    ...listed(
      "lost more than the target",
      counts.uncovered,
      uncovered,
      () => "",
    ),
  ];
}

function listed<R extends PositionRange>(
  what: string,
  count: number,
  ranges: readonly R[],
  about: (range: R) => string,
): string[] {
  if (count === 0) return [];
  const lines = ranges.slice(0, MOST_LISTED).map((range) => {
    const text = about(range);
    return `    ${formatCount(range.first)} to ${formatCount(range.end - 1)}${
      text === "" ? "" : `: ${text}`
    }`;
  });
  const more = ranges.length - lines.length;
  return [
    `  ${what}: ${formatCount(count)}`,
    ...lines,
    ...more > 0 ? [`    and ${formatCount(more)} ranges more`] : [],
  ];
}

function missingText(
  { cause, shards: which }: MissingRange,
  shards: readonly ShardMetadata[],
): string {
  switch (cause) {
    case "unsent":
      return `not sent by ${labels(which, shards)}`;
    case "left-out":
      return `left out by ${numberText(which)}, with --max-targets`;
    case "absent":
      return which.length === 0
        ? "no metadata"
        : `no metadata of ${numberText(which)}`;
  }
}

/** Shards by number and file. */
function labels(
  indexes: readonly number[],
  shards: readonly ShardMetadata[],
): string {
  const texts = indexes.slice(0, MOST_LISTED).map((index) => {
    const { file, shard } = shards[index]!;
    return shard === null ? `"${file}"` : `shard ${shard} ("${file}")`;
  });
  const more = indexes.length - texts.length;
  return `${texts.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function notesOf({ endedEarly, shards }: MergedScan): string[] {
  const early = endedEarly.slice(0, MOST_LISTED).map((index) =>
    `Ended early: ${labels([index], shards)}: ${shards[index]!.exitReason}`
  );
  const more = endedEarly.length - early.length;
  if (more > 0) early.push(`Ended early: ${formatCount(more)} shards more`);
  const dry = shards.filter(({ isDryRun }) => isDryRun).length;
  return dry === 0
    ? early
    : [...early, `Dry runs, which sent nothing: ${formatCount(dry)}`];
}

function rowsText({ keyColumns, path, read, written }: MergedRows): string {
  const by = keyColumns.length === 0 ? "whole rows" : keyColumns.join(", ");
  return `Rows: ${formatCount(read)} read, ${
    formatCount(read - written)
  } repeats (by ${by}), ${formatCount(written)} written to "${path}"`;
}
