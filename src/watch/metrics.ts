import type { LimitKey, ScanView } from "../page/view.ts";

/** The media type of `metricsText`. */
export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** One value, and what tells it from others of the same metric. */
interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  /** Null: not known at the moment. */
  readonly value: number | null;
}

interface Metric {
  /** Without `pacemap_`. */
  readonly name: string;
  readonly type: "counter" | "gauge";
  /** One sentence. */
  readonly help: string;
  /** As many samples with the same labels in all views of a scan. */
  read(view: ScanView): readonly Sample[];
}

const LIMITS: readonly LimitKey[] = [
  ...["rate", "max_rate", "path", "network", "disk", "output"] as const,
  ...["kernel", "machine", "targets", "cooldown", "nothing"] as const,
];
const PHASES = ["sending", "cooldown", "done"] as const;

/** All metrics. Totals are of all runs of the scan; none names an address or a port. */
const METRICS: readonly Metric[] = [
  gauge("info", "What scans: always 1.", ({ scan }) => [{
    labels: {
      version: scan.version,
      probe_module: scan.probe_module,
      seed_digest: scan.seed_digest,
    },
    value: 1,
  }]),
  gauge(
    "scan_start_time_seconds",
    "When the scan began, in Unix time.",
    ({ scan }) => one(Date.parse(scan.started_at) / 1000),
  ),
  gauge(
    "scan_update_time_seconds",
    "When these figures were read, in Unix time.",
    (view) => one(Date.parse(view.updated_at) / 1000),
  ),
  gauge(
    "scan_elapsed_seconds",
    "Time since the scan began to send.",
    (view) => one(view.elapsed_seconds),
  ),
  gauge(
    "scan_remaining_seconds",
    "Estimated time until the scan ends.",
    (view) => one(view.seconds_left),
  ),
  gauge(
    "scan_progress_ratio",
    "Share of the time of the scan that has passed.",
    (view) => one(view.progress),
  ),
  gauge(
    "scan_phase",
    "1 for what the scan does, 0 for the others.",
    ({ phase }) => oneOf("phase", PHASES, phase),
  ),
  gauge(
    "limit",
    "1 for what keeps the scan from being faster, 0 for the others.",
    ({ limit }) => oneOf("limit", LIMITS, limit.key),
  ),
  gauge(
    "rate_packets_per_second",
    "Packets per second in the last second; infinite where there is no limit.",
    ({ rates }) => [
      limited("asked", rates.asked === "auto" ? null : rates.asked),
      limited("allowed", rates.allowed),
      { labels: { kind: "sent" }, value: rates.sent },
      { labels: { kind: "received" }, value: rates.received },
    ],
  ),
  counter(
    "packets_sent_total",
    "Packets sent, those that could not be included.",
    (view) => one(view.packets_sent),
  ),
  counter(
    "frames_total",
    "Frames offered to the kernel, by what became of them.",
    ({ ledger: { frames } }) =>
      labelled("outcome", {
        accepted: frames.accepted,
        given_up: frames.given_up,
      }),
  ),
  gauge(
    "frames_pending",
    "Frames made that the kernel has not taken yet.",
    ({ ledger }) => one(ledger.frames.not_sent),
  ),
  counter(
    "packets_captured_total",
    "Packets captured, by what they were.",
    ({ ledger: { packets: { captured: _, ...kinds } } }) =>
      labelled("kind", kinds),
  ),
  counter(
    "answers_total",
    "Valid answers.",
    ({ answers }) =>
      answers.map((one) => ({
        labels: { class: one.class },
        value: one.total,
      })),
  ),
  counter(
    "answers_unique_total",
    "Valid answers that were the first of their target.",
    ({ answers }) =>
      answers.map((one) => ({
        labels: { class: one.class },
        value: one.unique,
      })),
  ),
  counter(
    "answers_repeated_total",
    "Valid answers that came after a success of their target.",
    (view) => one(view.repeats),
  ),
  counter(
    "answers_differing_total",
    "Valid answers that say something else than the first one.",
    (view) => one(view.differing),
  ),
  counter(
    "answers_set_aside_total",
    "Valid answers that are no results.",
    ({ ledger: { answers } }) =>
      labelled("reason", {
        follow_up: answers.to_follow_ups,
        tested_prefix: answers.of_tested_prefixes,
        not_asked_for: answers.not_asked_for,
      }),
  ),
  counter(
    "hits_total",
    "Hosts that answered with success.",
    (view) => one(view.hits),
  ),
  gauge(
    "hit_ratio",
    "Hits as a share of the targets probed, with its 95% interval.",
    ({ hit_rate }) => band(hit_rate),
  ),
  counter(
    "rows_total",
    "Rows given to the outputs.",
    (view) => one(view.rows),
  ),
  counter(
    "lost_total",
    "What was lost, by place of the ledger; refused frames are sent again.",
    ({ lost }) =>
      lost.map(({ place, total }) => ({ labels: { place }, value: total })),
  ),
  gauge(
    "path_loss_ratio",
    "Estimated loss of the round trip, with its 95% interval.",
    ({ path_loss }) => band(path_loss),
  ),
  gauge(
    "path_loss_samples",
    "Follow-up probes that the estimated loss rests on.",
    ({ path_loss }) => one(path_loss?.samples ?? null),
  ),
  gauge(
    "coverage_ratio",
    "Estimated share of the answering hosts that are in the results.",
    (view) => one(view.coverage),
  ),
  gauge(
    "unknown_ratio",
    "Share of the targets probed of whose loss nothing is known.",
    (view) => one(view.unknown_share),
  ),
  gauge(
    "targets",
    "Targets, by what became of them.",
    ({ targets }) => labelled("state", targets.by_state),
  ),
  counter(
    "probes_without_neighbour_total",
    "Probes not made, as no host on the link has the target's address.",
    ({ targets }) => one(targets.without_neighbour),
  ),
  gauge(
    "probes_left",
    "Probes still to be sent, of all passes.",
    ({ targets }) => one(targets.probes_left),
  ),
  gauge(
    "passes",
    "How often targets were gone over, the first time included.",
    (view) => one(view.passes),
  ),
  gauge(
    "queue_fill_ratio",
    "Share of a queue between threads that is in use.",
    ({ queues }) =>
      queues.map(({ fill, name }) => ({
        labels: { queue: name },
        value: fill,
      })),
  ),
  gauge(
    "output_lag_bytes",
    "Bytes that outputs have not taken yet.",
    ({ output_lag }) => one(output_lag.bytes),
  ),
  gauge(
    "output_lag_rows",
    "Answers that are not yet formatted for the outputs.",
    ({ output_lag }) => one(output_lag.rows),
  ),
  counter(
    "thread_processor_seconds_total",
    "Processor time of each thread.",
    ({ threads }) =>
      threads.map(({ name, processor_seconds }) => ({
        labels: { thread: name },
        value: processor_seconds,
      })),
  ),
  gauge(
    "resident_memory_bytes",
    "Memory of the process.",
    ({ memory }) => one(memory.resident_bytes),
  ),
  gauge(
    "resident_memory_peak_bytes",
    "The most memory that the process had.",
    ({ memory }) => one(memory.peak_bytes),
  ),
  gauge(
    "checkpoint_age_seconds",
    "Time since the last checkpoint was written.",
    ({ checkpoint }) => one(checkpoint?.age_seconds ?? null),
  ),
  counter(
    "family_packets_sent_total",
    "Packets sent to targets of a family.",
    (view) => byFamily(view, "packets_sent"),
  ),
  counter(
    "family_hits_total",
    "Hosts of a family that answered with success.",
    (view) => byFamily(view, "success_unique"),
  ),
];

/** All metrics in Prometheus' text format, version 0.0.4; what is not known is left out. */
export function metricsText(view: ScanView): string {
  return METRICS.map((metric) => {
    const lines = linesOf(metric, view).filter(({ value }) => value !== null)
      .map(({ name, value }) => `${name} ${numberText(value!)}\n`);
    return lines.length === 0 ? "" : headOf(metric) + lines.join("");
  }).join("");
}

/** Room for a number: the longest has 24 characters. */
const VALUE_LENGTH = 24;
/** Programs read a file by pieces of so many bytes, or of a multiple. */
const PIECE_BYTES = 4096;

/**
 * The same for a file that is overwritten while others read it. Each line stands at the same place in all views of a scan,
 * and in one piece of the file; so a reader may see lines of two moments, and no part of a line. What is not known is NaN.
 */
export function fixedMetricsText(view: ScanView): string {
  let text = "";
  for (const metric of METRICS) {
    const lines = linesOf(metric, view).map(({ name, value }) => {
      const number = value === null ? "NaN" : numberText(value);
      return `${name} ${number.padStart(VALUE_LENGTH)}\n`;
    });
    for (const line of [...headOf(metric).split(/(?<=\n)/), ...lines]) {
      const room = PIECE_BYTES - text.length % PIECE_BYTES;
      // Empty lines have no meaning.
      text += line.length > room ? "\n".repeat(room) + line : line;
    }
  }
  return text;
}

function headOf({ help, name, type }: Metric): string {
  return `# HELP pacemap_${name} ${help}\n# TYPE pacemap_${name} ${type}\n`;
}

function linesOf(
  metric: Metric,
  view: ScanView,
): { readonly name: string; readonly value: number | null }[] {
  return metric.read(view).map(({ labels = {}, value }) => ({
    name: `pacemap_${metric.name}${labelText(labels)}`,
    value,
  }));
}

function counter(
  name: string,
  help: string,
  read: Metric["read"],
): Metric {
  return { name, type: "counter", help, read };
}

function gauge(name: string, help: string, read: Metric["read"]): Metric {
  return { name, type: "gauge", help, read };
}

function one(value: number | null): readonly Sample[] {
  return [{ value }];
}

function oneOf(
  label: string,
  names: readonly string[],
  name: string,
): readonly Sample[] {
  return names.map((each) => ({
    labels: { [label]: each },
    value: each === name ? 1 : 0,
  }));
}

function labelled(
  label: string,
  values: Readonly<Record<string, number | null>>,
): readonly Sample[] {
  return Object.entries(values).map(([name, value]) => ({
    labels: { [label]: name },
    value,
  }));
}

function limited(kind: string, rate: number | null): Sample {
  return { labels: { kind }, value: rate === 0 ? Infinity : rate };
}

function band(
  share: ScanView["hit_rate"] | ScanView["path_loss"],
): readonly Sample[] {
  const { estimate = null, high = null, low = null } = share ?? {};
  return labelled("bound", { low, estimate, high });
}

function byFamily(
  { families }: ScanView,
  key: "packets_sent" | "success_unique",
): readonly Sample[] {
  return (["ipv4", "ipv6"] as const).flatMap((family) => {
    const value = families[family]?.[key];
    return value === undefined ? [] : [{ labels: { family }, value }];
  });
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) =>
    `${name}="${escapeLabel(value)}"`
  );
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escapeLabel(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"')
    .replaceAll("\n", "\\n");
}

function numberText(value: number): string {
  return value === Infinity ? "+Inf" : String(value);
}
