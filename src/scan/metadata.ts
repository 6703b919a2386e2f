import { encodeHex, formatIpv4 } from "../base/mod.ts";
import type { Ledger } from "../monitor/mod.ts";
import type { NetworkPlan } from "../preflight/mod.ts";
import type { ScanConfig } from "./config.ts";
import type { LossReport } from "./loss_report.ts";

/** What a finished scan knows beyond its configuration. */
export interface ScanFacts {
  readonly network: NetworkPlan;
  readonly ledger: Ledger;
  readonly loss: LossReport;
  readonly targetsScanned: number;
  readonly exitReason: string;
  readonly sendStart: Date;
  readonly sendEnd: Date;
  readonly end: Date;
  errnoName(errno: number): string;
}

/** The metadata of a finished scan, as it is written to `--metadata-file`. */
export function scanMetadata(
  config: ScanConfig,
  facts: ScanFacts,
): Record<string, unknown> {
  const { ledger, loss, network, targetsScanned } = facts;
  const { send, receive, capture } = ledger;
  return {
    ...config.report.description,
    interface: network.interfaceName,
    link_layer: network.layer,
    source_ips: network.sourceAddresses.map(formatIpv4),
    source_mac: formatMac(network.sourceMac),
    gateway_ip: network.gatewayAddress === null
      ? null
      : formatIpv4(network.gatewayAddress),
    gateway_mac: formatMac(network.gatewayMac),
    exit_reason: facts.exitReason,
    send_start_time: facts.sendStart.toISOString(),
    send_end_time: facts.sendEnd.toISOString(),
    recv_start_time: facts.sendStart.toISOString(),
    recv_end_time: facts.end.toISOString(),
    packets_sent: send.accepted,
    send_to_failures: send.abandoned,
    targets_scanned: targetsScanned,
    hitrate: targetsScanned === 0
      ? null
      : 100 * receive.successUnique / targetsScanned,
    success_total: receive.success,
    success_unique: receive.successUnique,
    success_cooldown_total: receive.successCooldown,
    success_cooldown_unique: receive.successCooldownUnique,
    failure_total: receive.failure,
    repeat_total: receive.repeats,
    validation_passed: receive.valid,
    validation_failed: receive.seen - receive.valid,
    ip_fragments: receive.fragments,
    pcap_recv: capture.received,
    pcap_drop: capture.dropped,
    pcap_ifdrop: capture.interfaceDropped,
    output_results: ledger.output.rows,
    loss: {
      path: loss.path,
      path_reason: loss.pathReason,
      places: loss.places,
      missed_estimate: loss.missedEstimate,
      coverage_estimate: loss.coverageEstimate,
    },
    rate: {
      asked: loss.askedPps,
      mean: loss.meanPps,
      max_window_excess: loss.maxWindowExcess,
      changes: loss.changes.map(({ atS, ratePps, reason }) => [
        Number(atS.toFixed(3)),
        Math.round(ratePps),
        reason,
      ]),
    },
    passes: loss.passes,
    ranges_uncovered: loss.uncovered.map(({ first, end }) => [first, end]),
    ledger: {
      send: {
        ...send,
        refusedByErrno: Object.fromEntries(
          [...send.refusedByErrno].map((
            [errno, count],
          ) => [facts.errnoName(errno), count]),
        ),
      },
      receive,
      capture,
      output: ledger.output,
      places: ledger.places,
    },
  };
}

function formatMac(mac: Uint8Array | null): string | null {
  return mac === null ? null : encodeHex(mac, ":");
}
