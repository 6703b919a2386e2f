import {
  formatCount,
  type Ledger,
  lossEstimateText,
  type LossPlace,
} from "../monitor/mod.ts";
import type { LossEstimate, PositionRange } from "../loss/mod.ts";
import type { LossConfig, SendConfig } from "./config.ts";
import type { PathReport, RateChange } from "./governor.ts";

/** What the report is made from. */
export interface LossFacts {
  readonly config: LossConfig;
  readonly path: PathReport;
  readonly ledger: Ledger;
  readonly askedPps: number | "auto";
  readonly maxWindowExcess: number;
}

/** What was lost in a scan, and what that means for its result. */
export interface LossReport {
  /** Loss of the round trip by the follow-ups of the whole scan; null with a reason. */
  readonly path: LossEstimate | null;
  readonly pathReason: string | null;
  readonly places: Readonly<Record<LossPlace, number>>;
  /** Hosts that would have answered, but were not heard; null: not known. */
  readonly missedEstimate: number | null;
  /** Share of the hosts that would have answered, and were heard; null: not known. */
  readonly coverageEstimate: number | null;
  readonly askedPps: number | "auto";
  /** Packets per second while there was something to send. */
  readonly meanPps: number;
  /** Packets by which the busiest 100 ms exceeded rate × 0.1 s + burst; 0 when none did. */
  readonly maxWindowExcess: number;
  readonly changes: readonly RateChange[];
  readonly passes: number;
  /** Positions whose loss stayed above the target. */
  readonly uncovered: readonly PositionRange[];
  /** Whether more was lost than the target allows, for certain. */
  readonly isAboveTarget: boolean;
  /** The same for people. */
  readonly lines: readonly string[];
}

/** Ranges that are written out for people at most. */
const MAX_RANGES = 5;

/** The rate that the user asked for: `auto`, or packets per second, 0 for no limit. */
export function askedRate(
  { isAutoRate, ratePps }: Pick<SendConfig, "isAutoRate" | "ratePps">,
): number | "auto" {
  return isAutoRate ? "auto" : ratePps ?? 0;
}

/** Sums up what was lost. */
export function lossReport(facts: LossFacts): LossReport {
  const { config, ledger, path } = facts;
  const isHealed = path.isHealing;
  const residual = isHealed ? path.coverage.loss : path.loss?.rate ?? null;
  const found = ledger.receive.successUnique + ledger.receive.failureUnique;
  const coverageEstimate = residual === null ? null : 1 - residual;
  const missedEstimate = residual === null || residual === 1
    ? null
    : Math.round(found * residual / (1 - residual));
  const isPathAbove = isHealed
    ? path.coverage.uncovered.length > 0
    : path.loss !== null && path.loss.low > config.target;
  const lost = ledger.send.abandoned + ledger.places["receive: hand-over"] +
    ledger.places.output + ledger.places["send: queue"] +
    ledger.places["receive: ring"];
  const isLocalAbove = !isHealed &&
    lost > config.target * Math.max(1, ledger.send.accepted);
  const report = {
    path: path.loss,
    pathReason: path.loss === null ? path.reason : null,
    places: ledger.places,
    missedEstimate,
    coverageEstimate,
    askedPps: facts.askedPps,
    meanPps: path.meanPps,
    maxWindowExcess: facts.maxWindowExcess,
    changes: path.changes,
    passes: path.passes,
    uncovered: path.coverage.uncovered,
    isAboveTarget: isPathAbove || isLocalAbove,
  };
  return { ...report, lines: linesOf(report, config, isHealed) };
}

function linesOf(
  report: Omit<LossReport, "lines">,
  config: LossConfig,
  isHealed: boolean,
): string[] {
  const { coverageEstimate, missedEstimate, path, pathReason } = report;
  const lines = [
    "Path",
    `  loss of the round trip: ${lossEstimateText(path)}` +
    (path === null
      ? ` (${pathReason})`
      : `, from ${formatCount(path.samples)} follow-up probes`),
  ];
  if (coverageEstimate !== null && missedEstimate !== null) {
    lines.push(
      `  estimated coverage: ${(100 * coverageEstimate).toFixed(2)}%, about ${
        formatCount(missedEstimate)
      } answering hosts missed`,
    );
  }
  if (isHealed) {
    const count = report.uncovered.reduce(
      (sum, { first, end }) => sum + end - first,
      0,
    );
    const percent = 100 * config.target;
    lines.push(
      `  passes: ${report.passes}; targets not covered within ${percent}% loss: ${
        formatCount(count)
      }`,
    );
    for (const { first, end } of report.uncovered.slice(0, MAX_RANGES)) {
      lines.push(`    positions ${first} to ${end - 1}`);
    }
    const more = report.uncovered.length - MAX_RANGES;
    if (more > 0) lines.push(`    and ${more} more ranges, see the metadata`);
  }
  return lines;
}
