import { LOSS_PLACES } from "../monitor/mod.ts";
import { makeRecordHead, RecordFlag } from "../shm/mod.ts";
import {
  addressSet,
  makeTargetPlan,
  parsePrefix,
  RangeBuilder,
  type TargetPlan,
} from "../targets/mod.ts";
import type { ScanView } from "../page/view.ts";
import { Tally } from "./tally.ts";

/** A plan of all addresses of prefixes. */
export function planOf(...prefixes: readonly string[]): TargetPlan {
  const ranges = new RangeBuilder();
  for (const text of prefixes) {
    ranges.addPrefix(parsePrefix(text));
  }
  return makeTargetPlan({
    addresses: addressSet(ranges),
    ports: Uint16Array.of(443),
    seed: 7n,
    shards: 1,
    shard: 0,
    maxTargets: null,
  });
}

/** A tally of hosts that have answered with success. */
export function tallyOf(addresses: Iterable<number>): Tally {
  const tally = new Tally(["synack", "rst"]);
  const head = makeRecordHead();
  head.flags = RecordFlag.success | RecordFlag.first;
  head.targetPort = 443;
  const view = new DataView(new ArrayBuffer(20));
  view.setUint8(0, 0x45);
  for (const address of addresses) {
    head.targetAddress = address;
    tally.record(head, view, 0, 20);
  }
  return tally;
}

/** The view of a second of a scan of ten hours over most of the address space. */
export function viewAt(second: number, last = 36_000): ScanView {
  const planned = 3_702_258_432;
  const isDone = second >= last;
  const probed = Math.round(planned * Math.min(1, second / last));
  const wave = Math.sin(second / 700) + Math.sin(second / 97) / 3;
  const isLossy = second % 7000 > 6000;
  const sent = isDone ? 0 : 102_800 + 900 * wave - (isLossy ? 30_000 : 0);
  const hits = Math.round(probed * 0.0131);
  const loss = isLossy ? 0.021 : 0.0004;
  return {
    format: 1,
    scan: {
      command_line: ["-p", "443", "-r", "100000", "-o", "results.csv"],
      version: "0.1.0",
      seed_digest: "3f2a9c0d11aa77e5",
      started_at: "2026-11-30T08:00:00.000Z",
      probe_module: "tcp_synscan",
      target_ports: [443],
      interface: "eth0",
      shard: 0,
      shards: 1,
      is_dry_run: false,
    },
    updated_at: new Date(Date.UTC(2026, 10, 30, 8) + second * 1000)
      .toISOString(),
    phase: isDone ? "done" : "sending",
    phase_text: isDone ? "All is done" : "Sending",
    elapsed_seconds: second,
    seconds_left: last - second,
    progress: second / last,
    exit_reason: isDone ? "completed" : null,
    rates: {
      asked: 100_000,
      allowed: isLossy ? 72_000 : 104_000,
      sent,
      received: sent * 0.021,
      mean_sent: 102_840,
    },
    packets_sent: probed,
    ledger: {
      frames: { made: probed, accepted: probed, given_up: 0, not_sent: 0 },
      packets: {
        captured: hits * 2,
        valid: Math.round(hits * 1.5),
        failed_validation: Math.round(hits * 0.2),
        no_answer_to_a_probe: Math.round(hits * 0.3),
        from_no_target: 0,
        damaged: 0,
      },
      answers: {
        valid: Math.round(hits * 1.5),
        written: hits,
        to_follow_ups: Math.round(hits * 0.1),
        of_tested_prefixes: 0,
        not_asked_for: Math.round(hits * 0.4),
        lost: 0,
      },
    },
    lost: LOSS_PLACES.map((place, at) => ({
      place,
      total: at % 3 === 0 ? Math.round(second * at) : 0,
      last_second: at % 3 === 0 && isLossy ? at * 30 + 20 * wave : 0,
    })),
    answers: [
      { class: "success", total: Math.round(hits * 1.1), unique: hits },
      { class: "failure", total: Math.round(hits * 0.4), unique: hits },
    ],
    repeats: Math.round(hits * 0.1),
    differing: 12,
    hits,
    hit_rate: { low: 0.0129, estimate: 0.0131, high: 0.0133 },
    path_loss: {
      low: loss * 0.6,
      estimate: loss,
      high: loss * 1.6,
      samples: 4012,
    },
    path_loss_reason: null,
    coverage: 0.9987,
    unknown_share: 0.012,
    targets: {
      planned,
      may_grow: false,
      by_state: { probed, waiting: planned - probed },
      without_neighbour: 0,
      probes_left: planned - probed,
    },
    passes: 1,
    limit: isLossy
      ? { key: "path", text: "loss on the way, which a lower rate avoids" }
      : { key: "rate", text: "the rate that was asked for" },
    queues: [
      { name: "results", fill: 0.04 + 0.03 * Math.abs(wave) },
      { name: "answers", fill: 0.01 },
      { name: "work", fill: 0.5 },
    ],
    output_lag: { bytes: 81_920, rows: 1024 },
    rows: hits,
    threads: ["main", "receiver", "sender 0"].map((name, at) => ({
      name,
      processor_seconds: second * (0.1 + at * 0.2),
      load: 0.1 + at * 0.2 + 0.02 * wave,
    })),
    memory: { resident_bytes: 180 << 20, peak_bytes: 201 << 20 },
    checkpoint: { age_seconds: 12.4 },
    families: {
      ipv4: {
        targets: planned,
        targets_probed: probed,
        packets_sent: probed,
        valid: Math.round(hits * 1.5),
        success_unique: hits,
      },
    },
    log: [
      {
        time: "2026-11-30T08:00:01.000Z",
        level: "info",
        stage: "scan",
        text: "Packets leave through eth0 to 192.0.2.1",
      },
      {
        time: "2026-11-30T09:56:41.000Z",
        level: "warning",
        stage: "scan",
        text: "2.1% of the packets were lost on the way",
      },
    ],
  };
}
