import assert from "node:assert/strict";
import { completeLibc } from "../../ffi/libc.ts";
import { ConfigError } from "../base/mod.ts";
import { jobOf, metadataOf, shardOf } from "./_test_shards.ts";
import { mergedMetadata } from "./merged_metadata.ts";
import { mergeShards } from "./merge_shards.ts";
import { reportLines } from "./report.ts";
import { parseShardMetadata, type ShardMetadata } from "./shard_metadata.ts";

// It stays open as long as the thread lives, which Deno 2.6 takes for a leak of the test that opens it.
completeLibc();

const [SHARDS, TOTAL] = [64, 1_000_003];

function fleet(): ShardMetadata[] {
  return Array.from(
    { length: SHARDS },
    (_, shard) => shardOf(shard, SHARDS, TOTAL),
  );
}

function errorOf(work: () => unknown): ConfigError {
  try {
    work();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error("No error");
}

Deno.test("mergeShards() proves that 64 shards cover every position once, and adds them up", () => {
  const merged = mergeShards(fleet());
  assert.equal(merged.verdict, "complete");
  assert.equal(merged.coverage?.covered, TOTAL);
  assert.equal(merged.ledger.send.accepted, TOTAL);
  assert.equal(merged.ledger.send.refusedByErrno.get(105), 2 * SHARDS);
  assert.equal(merged.ledger.places.output, SHARDS);
  assert.equal(merged.targetsScanned, TOTAL);
  const { coverage, missed, path } = merged.loss;
  assert.equal(missed, SHARDS);
  assert.ok(Math.abs(coverage! - 0.9) < 1e-9);
  // 64 times as much evidence: an eighth of the width.
  assert.ok(Math.abs(path!.rate - 0.01) < 1e-9);
  assert.ok(Math.abs(path!.high - 0.01 - 0.01 / 8) < 1e-6);
  assert.equal(path!.samples, 64_000);
});

Deno.test("mergeShards() names of 64 shards the one that is missing and the one that is doubled", () => {
  const shards = fleet();
  shards.splice(17, 1);
  shards.push({ ...shards[40]!, file: "again.json" });
  const merged = mergeShards(shards);
  assert.equal(merged.verdict, "incomplete");
  const report = reportLines(merged, undefined).join("\n");
  const first = 17 * 15625 + 3;
  assert.match(report, /missing: 15,625\n/);
  assert.ok(
    report.includes(
      `${first.toLocaleString("en")} to ${
        (first + 15624).toLocaleString("en")
      }: no metadata of shard 17`,
    ),
    report,
  );
  assert.match(
    report,
    /shard 41 \("shard41\.json"\), shard 41 \("again\.json"\)/,
  );
});

Deno.test("mergeShards() names the shard of another job, and the option that differs", () => {
  const shards = fleet();
  shards[5] = shardOf(5, SHARDS, TOTAL, { job: jobOf("443") });
  const { message } = errorOf(() => mergeShards(shards));
  assert.match(
    message,
    /"shard5\.json" differs in --target-ports \(443 instead of 80\)/,
  );
});

Deno.test("mergeShards() tells what every position lacks that was covered", () => {
  const unsent = shardOf(0, 1, 100, {
    positions: { first: 0, end: 100, total: 100, unsent: [[90, 100]] },
  });
  assert.equal(mergeShards([unsent]).verdict, "incomplete");
  const lossy = shardOf(0, 1, 100, { ranges_uncovered: [[0, 10]] });
  assert.equal(mergeShards([lossy]).verdict, "flawed");
  const early = shardOf(0, 1, 100, { exit_reason: "stopped by SIGTERM" });
  assert.equal(mergeShards([early]).verdict, "flawed");
  const stream = shardOf(0, 1, 100, { positions: null });
  assert.equal(mergeShards([stream]).verdict, "incomplete");
});

Deno.test("mergedMetadata() can be merged again, with the same result", () => {
  const shards = fleet();
  const halves = [shards.slice(0, 30), shards.slice(30)].map((half, index) => {
    const metadata = mergedMetadata(mergeShards(half), undefined);
    const text = JSON.stringify(
      metadata,
      (_, value) => typeof value === "bigint" ? Number(value) : value,
    );
    return parseShardMetadata(`half${index}.json`, text);
  });
  const [once, twice] = [mergeShards(shards), mergeShards(halves)];
  assert.equal(twice.verdict, "complete");
  assert.deepEqual(twice.ledger, once.ledger);
  assert.ok(Math.abs(twice.loss.path!.high - once.loss.path!.high) < 1e-9);
  const metadata = mergedMetadata(twice, undefined);
  assert.equal(metadata.seed, -1n);
  assert.equal(metadata.send_start_time, "2026-01-01T00:00:00+0000");
  assert.equal(metadata.send_end_time, "2026-01-09T01:00:00+0000");
});

Deno.test("parseShardMetadata() names the file, and what is wrong with it", () => {
  const whole = JSON.stringify(metadataOf(0, 1, 10));
  const cases: readonly [text: string, message: RegExp][] = [
    ["", /"a\.json": the file is empty/],
    [whole.slice(0, -9), /"a\.json": no JSON, or only a part/],
    ["[]", /"metadata" is not what/],
    [JSON.stringify({ ...metadataOf(0, 1, 10), job: undefined }), /no "job"/],
    [
      JSON.stringify(metadataOf(0, 1, 10, { ranges_uncovered: [[1]] })),
      /no "ranges_uncovered"/,
    ],
    [
      JSON.stringify(metadataOf(0, 1, 10, { ledger: { send: { flown: 3 } } })),
      /"send\.flown", which this version does not know/,
    ],
  ];
  for (const [text, message] of cases) {
    const error = errorOf(() => parseShardMetadata("a.json", text));
    assert.match(error.message, message);
  }
  const torn = shardOf(0, 1, 10, {
    positions: { first: 0, end: 11, total: 10, unsent: [] },
  });
  assert.match(errorOf(() => mergeShards([torn])).message, /"shard0\.json"/);
});
