import { wilsonInterval } from "../loss/mod.ts";
import { LOSS_PLACES } from "../monitor/loss_places.ts";
import type { Band, ScanView } from "../page/view.ts";
import { type Facts, numberAt, textAt, valueAt } from "./facts.ts";
import { lossColumn } from "./status_row.ts";

/** What is known of a scan from files that it has left. */
export interface KnownFacts {
  /** Its metadata, or what a checkpoint tells in the same form. */
  readonly metadata: Facts;
  /** The last row of its status file. */
  readonly row: Facts | null;
  /** The options that it was run with; empty: not known. */
  readonly commandLine: readonly string[];
}

/** The view of a scan, as far as its files tell of it. What they do not tell is 0, null or empty. */
export function viewOfFacts(known: KnownFacts): ScanView {
  const { metadata, row } = known;
  const count = (path: string): number => numberAt(metadata, path) ?? 0;
  const ofRow = (name: string): number | null => numberAt(row, [name]);
  const hits = numberAt(metadata, "success_unique") ??
    ofRow("recv-success-total") ?? 0;
  const probed = probedOf(known);
  const planned = plannedOf(known);
  const reason = textAt(metadata, "exit_reason");
  const sent = numberAt(metadata, "packets_sent") ?? ofRow("sent-total") ?? 0;
  return {
    format: 1,
    scan: identityOf(known),
    updated_at: timeOf(textAt(metadata, "recv_end_time")) ??
      timeOf(textAt(row, ["real-time"])) ?? new Date(0).toISOString(),
    phase: reason === null ? "sending" : "done",
    phase_text: reason ?? textAt(row, ["waiting-for"]) ?? "",
    elapsed_seconds: elapsedOf(known),
    seconds_left: reason === null ? ofRow("time-remaining") : 0,
    progress: reason === null ? (ofRow("percent-complete") ?? 0) / 100 : 1,
    exit_reason: reason,
    rates: ratesOf(known),
    packets_sent: sent,
    ledger: ledgerOf(metadata),
    lost: LOSS_PLACES.map((place) => ({
      place,
      total: numberAt(metadata, ["loss", "places", place]) ?? 0,
      last_second: ofRow(lossColumn(place)) ?? 0,
    })),
    answers: [
      { class: "success", total: count("success_total"), unique: hits },
    ],
    repeats: count("repeat_total"),
    differing: count("ledger.receive.differing"),
    hits,
    hit_rate: probed > 0 ? bandOf(hits, probed) : null,
    ...pathOf(known),
    coverage: numberAt(metadata, "loss.coverage_estimate"),
    unknown_share: count("loss.unknown_share"),
    targets: {
      planned,
      may_grow: false,
      by_state: { probed, waiting: Math.max(0, planned - probed) },
      without_neighbour: count("ledger.send.noNeighbour"),
      probes_left: 0,
    },
    passes: numberAt(metadata, "passes") ?? 1,
    limit: { key: "nothing", text: "" },
    queues: [],
    output_lag: { bytes: 0, rows: 0 },
    rows: numberAt(metadata, "output_results") ?? 0,
    threads: [],
    memory: { resident_bytes: null, peak_bytes: null },
    checkpoint: null,
    families: familiesOf(metadata),
    log: [],
  };
}

function identityOf({ commandLine, metadata }: KnownFacts): ScanView["scan"] {
  const ports = valueAt(metadata, "target_ports");
  return {
    command_line: commandLine,
    version: textAt(metadata, "version") ?? "",
    seed_digest: "",
    started_at: timeOf(textAt(metadata, "send_start_time")) ??
      new Date(0).toISOString(),
    probe_module: textAt(metadata, "probe_module") ?? "",
    target_ports: Array.isArray(ports)
      ? ports.filter((port) => typeof port === "number")
      : [],
    interface: textAt(metadata, "iface") ?? "",
    shard: numberAt(metadata, "shard_num") ?? 0,
    shards: numberAt(metadata, "total_shards") ?? 1,
    is_dry_run: numberAt(metadata, "dryrun") === 1,
  };
}

/** A time as metadata and status have it: ISO 8601 with or without a colon in the zone, or local without a zone. */
function timeOf(text: string | null): string | null {
  if (text === null) return null;
  const time = Date.parse(
    text.replace(" ", "T").replace(/([+-]\d\d)(\d\d)$/, "$1:$2"),
  );
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}

function elapsedOf({ metadata, row }: KnownFacts): number {
  const start = timeOf(textAt(metadata, "send_start_time"));
  const end = timeOf(textAt(metadata, "recv_end_time"));
  const told = numberAt(row, ["time-elapsed"]);
  if (told !== null) return told;
  return start === null || end === null
    ? 0
    : Math.max(0, (Date.parse(end) - Date.parse(start)) / 1000);
}

function ratesOf({ metadata, row }: KnownFacts): ScanView["rates"] {
  const asked = valueAt(metadata, "rate_control.asked");
  const ofRow = (name: string): number | null => numberAt(row, [name]);
  return {
    asked: asked === "auto" || typeof asked === "number" ? asked : 0,
    allowed: ofRow("rate-wanted") ?? numberAt(metadata, "rate") ?? 0,
    sent: ofRow("sent-last-one-sec") ?? 0,
    received: ofRow("recv-total-last-one-sec") ?? 0,
    mean_sent: numberAt(metadata, "rate_control.mean") ??
      ofRow("sent-avg-per-sec") ?? 0,
  };
}

function probedOf({ metadata, row }: KnownFacts): number {
  const told = numberAt(metadata, "targets_scanned");
  if (told !== null) return told;
  // The hit rate is a share of what was probed.
  const hits = numberAt(row, ["recv-success-total"]) ?? 0;
  const percent = numberAt(row, ["hit-rate"]) ?? 0;
  return percent > 0
    ? Math.round(100 * hits / percent)
    : numberAt(row, ["sent-total"]) ?? 0;
}

function plannedOf(known: KnownFacts): number {
  const told = numberAt(known.metadata, "targets_planned");
  if (told !== null) return told;
  const families = familiesOf(known.metadata);
  const planned = Object.values(families)
    .reduce((sum, { targets }) => sum + targets, 0);
  if (planned > 0) return planned;
  const share = (numberAt(known.row, ["percent-complete"]) ?? 0) / 100;
  const probed = probedOf(known);
  return share > 0 ? Math.round(probed / share) : probed;
}

function pathOf(
  { metadata, row }: KnownFacts,
): Pick<ScanView, "path_loss" | "path_loss_reason"> {
  const share = (key: string, column: string): number | null => {
    const percent = numberAt(row, [column]);
    return numberAt(metadata, `loss.path.${key}`) ??
      (percent === null ? null : percent / 100);
  };
  const estimate = share("rate", "path-loss");
  if (estimate === null) {
    const reason = textAt(metadata, "loss.path_reason") ?? "not known";
    return { path_loss: null, path_loss_reason: reason };
  }
  return {
    path_loss: {
      estimate,
      low: share("low", "path-loss-low") ?? 0,
      high: share("high", "path-loss-high") ?? 1,
      samples: numberAt(metadata, "loss.path.samples") ??
        numberAt(row, ["path-loss-samples"]) ?? 0,
    },
    path_loss_reason: null,
  };
}

function bandOf(count: number, base: number): Band {
  const { high, low, rate } = wilsonInterval(Math.min(count, base), base);
  return { low, estimate: rate, high };
}

function ledgerOf(metadata: Facts): ScanView["ledger"] {
  const of = (path: string): number =>
    numberAt(metadata, `ledger.${path}`) ?? 0;
  return {
    frames: {
      made: of("send.made"),
      accepted: of("send.accepted"),
      given_up: of("send.abandoned"),
      not_sent: of("send.pending"),
    },
    packets: {
      captured: of("receive.seen"),
      valid: of("receive.valid"),
      failed_validation: of("receive.invalid"),
      no_answer_to_a_probe: of("receive.unrecognised"),
      from_no_target: of("receive.outside"),
      damaged: of("receive.damaged") + of("receive.fragments") +
        of("receive.otherLink"),
    },
    answers: {
      valid: of("receive.valid"),
      written: of("receive.handedOver") - of("output.filtered") -
        of("output.lostRows"),
      to_follow_ups: of("receive.followUps"),
      of_tested_prefixes: of("receive.aliases"),
      not_asked_for: of("receive.filtered") + of("output.filtered"),
      lost: of("receive.lostHandOver") + of("output.lostRows"),
    },
  };
}

function familiesOf(metadata: Facts): ScanView["families"] {
  const family = (
    name: "ipv4" | "ipv6",
  ): NonNullable<ScanView["families"]["ipv4"]> | null => {
    const targets = numberAt(metadata, `families.${name}.targets`);
    const of = (key: string): number =>
      numberAt(metadata, `families.${name}.${key}`) ?? 0;
    return targets === null ? null : {
      targets,
      targets_probed: of("targets_scanned"),
      packets_sent: of("packets_sent"),
      valid: of("validation_passed"),
      success_unique: of("success_unique"),
    };
  };
  const [ipv4, ipv6] = [family("ipv4"), family("ipv6")];
  return {
    ...ipv4 === null ? {} : { ipv4 },
    ...ipv6 === null ? {} : { ipv6 },
  };
}
