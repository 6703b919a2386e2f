import { encodeHex, formatIp, formatLocalTime } from "../base/mod.ts";
import type { CheckpointLife } from "../checkpoint/mod.ts";
import { errnoName, readHostNames } from "../link/mod.ts";
import {
  type AliasCounts,
  type FamilyTargets,
  type Ledger,
  type ScannedFamilies,
  sentPackets,
  totalsByFamily,
} from "../monitor/mod.ts";
import { formatSources } from "../preflight/source_prefix.ts";
import { isKnown, type StreamCounts } from "../targets/mod.ts";
import type { PositionRange } from "../loss/mod.ts";
import type { ScanTargets } from "./config.ts";
import type { LossReport } from "./loss_report.ts";
import type { ScanNetwork } from "./network.ts";
import {
  jobMetadata,
  positionsMetadata,
  shiftToWhole,
  type WholeScan,
} from "./whole_scan.ts";

/** A time in which the network did not work. */
export interface OutageReport {
  readonly cause: string;
  readonly text: string;
  readonly start: Date;
  /** Null: it had not ended. */
  readonly end: Date | null;
  /** Positions that were sent again because of it. */
  readonly positions: number;
}

/** What a scan that has ended knows beyond its configuration, whether or not it sent anything. */
export interface ScanFacts {
  readonly network: ScanNetwork;
  readonly ledger: Ledger;
  readonly loss: LossReport;
  /** Packets per second that were allowed last; 0 for no limit. */
  readonly ratePps: number;
  /** Sending threads. */
  readonly senders: number;
  /** Whether the kind of probe can tell application successes. */
  readonly hasAppSuccess: boolean;
  /** Null: nobody asked for aliased prefixes. */
  readonly aliases: AliasCounts | null;
  readonly targetsScanned: number;
  /**
   * The scan that this one may be a shard of, its own positions, and those of them that got no first probe, null where
   * that is not known.
   *
   * @default {undefined} nothing is said of it
   */
  readonly share?: {
    readonly whole: WholeScan;
    readonly targets: Pick<ScanTargets, "endPosition" | "firstPosition">;
    readonly unsent: readonly PositionRange[] | null;
  } | undefined;
  /**
   * What became of what was read of the targets while the scan ran.
   *
   * @default {undefined} they were known
   */
  readonly stream?: Readonly<StreamCounts> | undefined;
  /** Families of the targets, and how many there are of each. */
  readonly families: ScannedFamilies;
  readonly byFamily: Readonly<Record<"ipv4" | "ipv6", FamilyTargets>>;
  /** Addresses of this host among the targets, for which nobody answers. */
  readonly ownAddresses: number;
  readonly exitReason: string;
  /** Times in which the network did not work. */
  readonly outages: readonly OutageReport[];
  /** Earlier runs of the same scan and this one; one at most: there was no earlier one. */
  readonly runs?: readonly CheckpointLife[];
  readonly sendStart: Date;
  readonly sendEnd: Date;
  /** When answers were waited for; the beginning of Unix time where they were not. */
  readonly receiveStart: Date;
  readonly receiveEnd: Date;
}

/**
 * The metadata of a scan, as it is written to `--metadata-file`: ZMap's keys, and more. What is not known is
 * undefined, and not written.
 *
 * @param description the options as they were understood
 */
export function scanMetadata(
  description: Readonly<Record<string, unknown>>,
  facts: ScanFacts,
): Record<string, unknown> {
  const { ledger, loss, network, targetsScanned } = facts;
  const { send, receive, capture } = ledger;
  const hostNames = readHostNames();
  return {
    local_hostname: hostNames.local,
    full_hostname: hostNames.full ?? undefined,
    ...description,
    iface: network.interfaceName || undefined,
    link_layer: network.layer,
    source_ips: formatSources(network),
    source_mac: formatMac(network.sourceMac),
    gateway_ip: network.gatewayAddress === null
      ? undefined
      : formatIp(network.gatewayAddress),
    gateway_mac: formatMac(network.gatewayMac),
    next_hops: network.nextHops.map(({ address, mac }) => ({
      ip: address === null ? undefined : formatIp(address),
      mac: formatMac(mac),
    })),
    neighbours: neighbourCounts(network),
    rate: wholeRate(facts.ratePps),
    senders: facts.senders,
    exit_reason: facts.exitReason,
    send_start_time: formatLocalTime(facts.sendStart),
    send_end_time: formatLocalTime(facts.sendEnd),
    recv_start_time: formatLocalTime(facts.receiveStart),
    recv_end_time: formatLocalTime(facts.receiveEnd),
    ...shareOf(facts),
    first_scanned: 0,
    packets_sent: sentPackets(ledger),
    send_to_failures: send.abandoned,
    targets_scanned: targetsScanned,
    stream: facts.stream === undefined ? undefined : streamCounts(facts.stream),
    families: familyCounts(facts),
    own_addresses: facts.ownAddresses,
    hitrate: targetsScanned === 0
      ? 0
      : 100 * receive.successUnique / targetsScanned,
    success_total: receive.success,
    success_unique: receive.successUnique,
    ...(facts.hasAppSuccess
      ? {
        app_success_total: receive.appSuccess,
        app_success_unique: receive.appSuccessUnique,
      }
      : {}),
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
      unknown_share: loss.unknownShare,
      places: loss.places,
      missed_estimate: loss.missedEstimate,
      coverage_estimate: loss.coverageEstimate,
    },
    rate_control: {
      asked: loss.askedPps,
      mean: loss.meanPps,
      max_window_excess: loss.maxWindowExcess,
      changes: loss.changes.map(({ atS, cause, ratePps, reason }) => [
        Number(atS.toFixed(3)),
        Math.round(ratePps),
        reason,
        cause,
      ]),
    },
    passes: loss.passes,
    aliased_prefixes: facts.aliases ?? undefined,
    outages: facts.outages.map(({ cause, end, positions, start, text }) => ({
      cause,
      reason: text,
      start_time: formatLocalTime(start),
      end_time: end === null ? null : formatLocalTime(end),
      sent_again: positions,
    })),
    ...runsOf(facts.runs ?? []),
    ranges_uncovered: uncoveredOf(facts),
    ledger: ledgerMetadata(ledger),
  };
}

/** What proves, together with the metadata of the other shards, that every position was covered. */
function shareOf({ share }: ScanFacts): Record<string, unknown> {
  if (share === undefined) return {};
  const { targets, unsent, whole } = share;
  return {
    job: jobMetadata(whole),
    positions: positionsMetadata(whole, unsent, targets),
  };
}

/** In the order of the whole scan, where that can be told. */
function uncoveredOf({ loss, share }: ScanFacts): number[][] {
  const { positions = null } = share?.whole ?? {};
  const shift = share === undefined || positions === null
    ? 0
    : shiftToWhole(positions, share.targets) ?? 0;
  return loss.uncovered.map(({ end, first }) => [first + shift, end + shift]);
}

function streamCounts(counts: Readonly<StreamCounts>): Record<string, number> {
  return {
    addresses: counts.added,
    lines_skipped: counts.badLines,
    repeats: counts.repeats,
    blocked: counts.blocked,
    without_route: counts.unroutable,
    other_family: counts.otherFamily,
    other_shards: counts.otherShards,
    without_room: counts.full,
  };
}

/** The runs of a scan that has several; all other keys are about all of them together. */
function runsOf(runs: readonly CheckpointLife[]): Record<string, unknown> {
  return runs.length < 2 ? {} : { runs: runs.map(runMetadata) };
}

/** A run, as the metadata and the status have it. */
export function runMetadata(run: CheckpointLife): Record<string, unknown> {
  return {
    start_time: formatLocalTime(new Date(run.startedAt)),
    end_time: formatLocalTime(new Date(run.endedAt)),
    send_seconds: Number(run.sendSeconds.toFixed(3)),
    packets_sent: run.packets,
    output_results: run.rows,
    exit_reason: run.reason === "" ? null : run.reason,
    unrecorded_packets_at_most: run.mostUnrecorded,
    options: run.args,
  };
}

/** A ledger, as the metadata and the status have it. */
export function ledgerMetadata(ledger: Ledger): Record<string, unknown> {
  const { capture, output, places, receive, send } = ledger;
  return {
    send: {
      ...send,
      abandonedByErrno: byName(send.abandonedByErrno),
      refusedByErrno: byName(send.refusedByErrno),
    },
    receive,
    capture,
    output,
    places,
  };
}

function byName(
  counts: ReadonlyMap<number, number>,
): Record<string, number> {
  return Object.fromEntries(
    [...counts].map(([errno, count]) => [errnoName(errno), count]),
  );
}

/** What is known of each family that has targets. */
function familyCounts(
  { byFamily, families, ledger }: ScanFacts,
): Record<string, object> {
  const totals = totalsByFamily(ledger, families);
  const scanned = (["ipv4", "ipv6"] as const).filter((family) =>
    families === "both" || families === family
  );
  return Object.fromEntries(scanned.map((family) => {
    const { planned, probed } = byFamily[family];
    const { sent, successUnique, valid } = totals[family];
    return [family, {
      targets: planned,
      targets_scanned: probed,
      packets_sent: sent,
      validation_passed: valid,
      success_unique: successUnique,
    }];
  }));
}

/** Targets on the link, and those of them whose hardware address is known; undefined where none was asked for. */
function neighbourCounts(
  network: ScanNetwork,
): { targets: number; known: number } | undefined {
  const counts = { targets: 0, known: 0 };
  let hasAsked = false;
  for (const { routes } of network.families ?? [network]) {
    if (routes === null) continue;
    hasAsked = true;
    const { neighbours } = routes;
    const { count } = neighbours.addresses;
    counts.targets += count;
    for (let i = 0; i < count; i++) if (isKnown(neighbours, i)) counts.known++;
  }
  return hasAsked ? counts : undefined;
}

function formatMac(mac: Uint8Array | null): string | undefined {
  return mac === null ? undefined : encodeHex(mac, ":");
}

/** A rate as a whole number, which is 0 only where there is no limit. */
function wholeRate(ratePps: number): number {
  return ratePps === 0 ? 0 : Math.max(1, Math.round(ratePps));
}
