import type { ReportParts } from "../page/story.ts";
import type { ScanView } from "../page/view.ts";
import { type Facts, textAt, valueAt } from "./facts.ts";
import { findingsOf } from "./words.ts";

/** Metadata that stand in a report, by their names for people. */
const TOLD: readonly (readonly [name: string, path: string])[] = [
  ["Version", "version"],
  ["Host", "local_hostname"],
  ["Interface", "iface"],
  ["Source addresses", "source_ips"],
  ["Gateway", "gateway_ip"],
  ["Kind of probe", "probe_module"],
  ["Ports", "target_ports"],
  ["Seed", "seed"],
  ["Shard", "shard_num"],
  ["Shards", "total_shards"],
  ["Sending threads", "senders"],
  ["Cooldown, seconds", "cooldown_secs"],
  ["Sending began", "send_start_time"],
  ["Sending ended", "send_end_time"],
  ["Receiving ended", "recv_end_time"],
  ["Passes", "passes"],
  ["Rate asked", "rate_control.asked"],
  ["Changes of the rate", "rate_control.changes.length"],
  ["Output format", "output_module"],
  ["Output file", "output_filename"],
  ["Output filter", "output_filter"],
  ["Notes", "notes"],
  ["Exit reason", "exit_reason"],
];
const MOST_TEXT = 400;

/** What a report says about a scan that has ended, besides its figures. */
export function reportParts(
  metadata: Facts,
  { first = [] }: {
    /**
     * The first lines of the log: what was found when the machine was checked.
     *
     * @default {[]}
     */
    readonly first?: ScanView["log"];
  } = {},
): ReportParts {
  const told = TOLD.map(([name, path]) => [name, textOf(metadata, path)])
    .filter((fact): fact is [string, string] => fact[1] !== null);
  const checked = first.map(({ level, text }, at): [string, string] => [
    at === 0 ? "Found at the start" : "",
    `${level}: ${text}`,
  ]);
  return { findings: findingsOf(metadata), facts: [...told, ...checked] };
}

/** What is said of a scan that has failed before it could tell its facts. */
export function failedParts(reason: string): ReportParts {
  return {
    findings: [{
      level: "bad",
      title: "The scan failed",
      text: `${reason}. The figures are those of its last second.`,
      remedy: "Look at the last lines of the log",
    }],
    facts: [],
  };
}

function textOf(metadata: Facts, path: string): string | null {
  const value = valueAt(metadata, path);
  if (value === null || value === "") return null;
  const text = Array.isArray(value)
    ? value.join(", ")
    : textAt(metadata, path) ?? String(value);
  return text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT)} …` : text;
}
