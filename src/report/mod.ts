/** What pages and reports of a scan tell: its map, its course, and in words what became of it. @module */
export { compareScans, type Results, type ScanComparison } from "./compare.ts";
export { type Facts, numberAt, textAt, valueAt } from "./facts.ts";
export { sampleOfRow } from "./status_row.ts";
export { viewOfFacts } from "./view_of_facts.ts";
export { findingsOf } from "./words.ts";
export { type MapGround, ScanBook } from "./scan_book.ts";
export { ReportFile, uncoveredOf } from "./report_file.ts";
export { reportParts } from "./report_parts.ts";
export { Tally, type TopView } from "./tally.ts";
