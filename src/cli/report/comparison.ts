import { formatCount } from "../../base/mod.ts";
import {
  compareScans,
  type Facts,
  numberAt,
  type Results,
  type ScanComparison,
  textAt,
} from "../../report/mod.ts";
import { ConfigError } from "../../base/mod.ts";
import { kindOf, readMetadata } from "./inputs.ts";
import { rowsOf } from "./table_lines.ts";

/** One of two scans that are compared. */
export interface ComparedScan {
  readonly name: string;
  /** Null: only its results are known. */
  readonly metadata: Facts | null;
  /** Null: they are not known. */
  readonly results: Results | null;
}

/** A line of figures: of the earlier scan and of the later one. */
export interface ComparedFigure {
  readonly name: string;
  readonly before: number | null;
  readonly after: number | null;
}

/** Figures of metadata that are set side by side. */
const FIGURES: readonly (readonly [name: string, path: string])[] = [
  ["targets probed", "targets_scanned"],
  ["packets sent", "packets_sent"],
  ["hosts that answered with success", "success_unique"],
  ["hit rate, percent", "hitrate"],
  ["other answers", "failure_total"],
  ["path loss, share", "loss.path.rate"],
  ["estimated coverage, share", "loss.coverage_estimate"],
  ["answering hosts missed, estimated", "loss.missed_estimate"],
  ["mean rate, packets/s", "rate_control.mean"],
];

/**
 * Reads one side: a file of results, or metadata and the results that these name.
 *
 * @throws {ConfigError} when it is neither
 */
export async function readSide(path: string): Promise<ComparedScan> {
  const kind = await kindOf(path);
  if (kind === "results") {
    return { name: path, metadata: null, results: await readResults(path) };
  }
  if (kind !== "metadata") {
    throw new ConfigError(
      path,
      `It is the ${kind} of a scan`,
      "Compare results (CSV or JSON lines), or metadata",
    );
  }
  const metadata = await readMetadata(path);
  const file = textAt(metadata, "output_filename");
  const format = textAt(metadata, "output_module") ?? "";
  const isReadable = file !== null && file !== "-" &&
    ["csv", "json"].includes(format) && await isFile(file);
  const results = isReadable ? await readResults(file) : null;
  return { name: path, metadata, results };
}

/** What each host was found to be: its ports and classes. */
async function readResults(path: string): Promise<Results> {
  const found = new Map<string, string[]>();
  for await (const row of rowsOf(path)) {
    if (row.repeat === 1 || row.repeat === true) continue;
    const host = String(row.saddr ?? "");
    const answer = [row.sport, row.classification]
      .filter((part) => part !== undefined && part !== "").join(" ");
    const answers = found.get(host);
    if (answers === undefined) found.set(host, [answer]);
    else if (!answers.includes(answer)) answers.push(answer);
  }
  return new Map(
    Array.from(found, ([host, answers]) => [host, answers.sort().join(", ")]),
  );
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch {
    return false;
  }
}

/** Figures that either side has. */
export function figuresOf(
  before: ComparedScan,
  after: ComparedScan,
): ComparedFigure[] {
  return FIGURES.map(([name, path]) => ({
    name,
    before: numberAt(before.metadata, path),
    after: numberAt(after.metadata, path),
  })).filter(({ after, before }) => before !== null || after !== null);
}

/** What differs between the results; null: those of one are not known. */
export function differenceOf(
  before: ComparedScan,
  after: ComparedScan,
): ScanComparison | null {
  return before.results === null || after.results === null
    ? null
    : compareScans(before.results, after.results);
}

/** Hosts of each list that are told. */
export const MOST_TOLD = 1000;
const MOST_LINES = 20;

/** Two scans side by side as lines of text. */
export function comparisonText(
  before: ComparedScan,
  after: ComparedScan,
): string {
  const lines = [`Before: ${before.name}`, `After:  ${after.name}`];
  for (
    const { after: later, before: earlier, name } of figuresOf(before, after)
  ) {
    lines.push(
      `  ${name.padEnd(36)}${numberText(earlier).padStart(16)}${
        numberText(later).padStart(16)
      }`,
    );
  }
  const difference = differenceOf(before, after);
  if (difference === null) {
    lines.push("Hosts cannot be compared: the results of one are not known");
    return text(lines);
  }
  const { both, gained, lost, moved } = difference;
  lines.push(
    `Hosts: ${formatCount(difference.before)} before, ${
      formatCount(difference.after)
    } after, ${formatCount(both)} in both`,
    ...list("Gained", gained),
    ...list("Lost", lost),
    ...list(
      "Moved",
      moved.map((one) => `${one.target}: ${one.before} -> ${one.after}`),
    ),
  );
  return text(lines);
}

function list(name: string, hosts: readonly string[]): string[] {
  const shown = hosts.slice(0, MOST_LINES).map((host) => `  ${host}`);
  const more = hosts.length - shown.length;
  return [
    `${name}: ${formatCount(hosts.length)}`,
    ...shown,
    ...more > 0 ? [`  and ${formatCount(more)} more`] : [],
  ];
}

/** A figure with as many digits as it needs. */
export function numberText(value: number | null): string {
  if (value === null) return "-";
  return Number.isInteger(value) ? formatCount(value) : value.toPrecision(4);
}

function text(lines: readonly string[]): string {
  return `${lines.join("\n")}\n`;
}
