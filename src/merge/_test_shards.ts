import { EMPTY_LEDGER, ledgerCounts, ledgerFrom } from "../monitor/mod.ts";
import { ledgerMetadata } from "../scan/mod.ts";
import { shardRange } from "../targets/mod.ts";
import { parseShardMetadata, type ShardMetadata } from "./shard_metadata.ts";

/** What may be different in the metadata of a shard. */
export type Changes = Readonly<Record<string, unknown>>;

const DIGEST = "ab".repeat(32);

/** The options of a job, of which one may be different. */
export function jobOf(
  ports = "80",
): { digest: string; options: Record<string, unknown>[] } {
  const digest = ports === "80" ? DIGEST : "cd".repeat(32);
  return {
    digest,
    options: [
      { option: "TARGET", digest: "01".repeat(32) },
      { option: "--target-ports", value: ports, digest },
      { option: "--seed", value: "18446744073709551615", digest: DIGEST },
      { option: "--probe-module", value: "tcp_synscan", digest: DIGEST },
      { option: "--probe-args", value: "", digest: DIGEST },
    ],
  };
}

/** The metadata of one of several shards, as a scan writes them. */
export function metadataOf(
  shard: number,
  shards: number,
  total: number,
  changes: Changes = {},
): Record<string, unknown> {
  const { endPosition: end, firstPosition: first } = shardRange(total, {
    maxTargets: null,
    shard,
    shards,
  });
  const sent = end - first;
  const ledger = ledgerFrom({
    ...ledgerCounts(EMPTY_LEDGER),
    ...{ "send.made": sent, "send.accepted": sent, "receive.seen": 10 },
    ...{ "receive.valid": 10, "receive.successUnique": 10 },
    ...{ "send.refusedByErrno.105": 2, "send.refused": 2 },
    "places.output": 1,
  });
  return {
    version: "0.1.0",
    local_hostname: `host${shard}`,
    target_ports: [80],
    seed: -1,
    shard_num: shard,
    total_shards: shards,
    dryrun: 0,
    probe_module: "tcp_synscan",
    output_fields: ["saddr", "sport", "classification"],
    exit_reason: "completed",
    send_start_time: `2026-01-0${1 + shard % 9}T00:00:00+0000`,
    send_end_time: `2026-01-0${1 + shard % 9}T01:00:00+0000`,
    recv_start_time: "2026-01-01T00:00:00+0000",
    recv_end_time: "2026-01-01T01:00:00+0000",
    job: jobOf(),
    positions: { first, end, total, unsent: [] },
    packets_sent: sent,
    success_unique: 10,
    targets_scanned: sent,
    families: { ipv4: { targets: sent, targets_scanned: sent } },
    loss: {
      path: { rate: 0.01, low: 0.005, high: 0.02, samples: 1000 },
      path_reason: null,
      unknown_share: 0,
      places: {},
      missed_estimate: 1,
      coverage_estimate: 0.9,
    },
    ranges_uncovered: [],
    ledger: JSON.parse(JSON.stringify(ledgerMetadata(ledger))),
    ...changes,
  };
}

/** As a merge reads it. */
export function shardOf(
  shard: number,
  shards: number,
  total: number,
  changes: Changes = {},
): ShardMetadata {
  const text = JSON.stringify(metadataOf(shard, shards, total, changes));
  return parseShardMetadata(`shard${shard}.json`, text);
}
