/** What a scan tells while it runs: counters, ledger, status line, summary. @module */
export { type AliasCounts, aliasRows } from "./alias_rows.ts";
export {
  type FamilyTotals,
  type ScannedFamilies,
  totalsByFamily,
} from "./by_family.ts";
export {
  KernelCounters,
  type KernelLosses,
  NO_KERNEL_LOSSES,
} from "./kernel_counters.ts";
export {
  type Ledger,
  LOSS_PLACES,
  type LossPlace,
  type OutputCounts,
  readLedger,
} from "./ledger.ts";
export {
  cutLedger,
  EMPTY_LEDGER,
  type LedgerCounts,
  ledgerCounts,
  ledgerFrom,
  type NotedAnswers,
  sumLedgers,
} from "./ledger_sum.ts";
export { LossWarnings } from "./loss_warnings.ts";
export { ENOBUFS, refusalCauses } from "./refusals.ts";
export { PathWarnings } from "./path_warnings.ts";
export {
  averageSent,
  percentDone,
  perSecond,
  type Progress,
  secondsLeft,
  sentPackets,
  type Snapshot,
  type Span,
} from "./progress.ts";
export { statusColumns, type StatusRow } from "./status_columns.ts";
export { type DisplaySpace, statusDisplay } from "./status_display.ts";
export { lossEstimateText, statusLine } from "./status_line.ts";
export { type StatusInterval, StatusPace } from "./status_pace.ts";
export {
  NO_STATUS,
  type ScreenSink,
  type StatusSink,
  StatusWriter,
} from "./status_writer.ts";
export {
  type FamilyTargets,
  ledgerLines,
  type SummaryFacts,
  summaryLines,
} from "./summary.ts";
export { formatCount, formatPercent, formatTimeLeft } from "./format.ts";
