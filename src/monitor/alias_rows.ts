import { summaryRow } from "./_summary_row.ts";
import { formatCount } from "./format.ts";

/** What became of prefixes that may answer as a whole, and of their rows. */
export interface AliasCounts {
  /** Prefixes that were tested. */
  readonly tested: number;
  /** Of these, those that answer as a whole, and those of which nobody can tell. */
  readonly aliased: number;
  readonly undecided: number;
  /** Successes whose prefix was not tested, since as many were as there is room for. */
  readonly unfit: number;
  /** Responses that could not wait for the verdict on their prefix. */
  readonly unheld: number;
  /** Responses of aliased prefixes that were kept out of the results. */
  readonly dropped: number;
}

/** The lines of the summary about aliased prefixes; none where nobody asked. */
export function aliasRows(
  counts: AliasCounts | null,
  probes: number,
): string[] {
  if (counts === null) return [];
  const { aliased, dropped, tested, undecided, unfit, unheld } = counts;
  const lines = [
    summaryRow(
      "aliased prefixes",
      aliased,
      `of ${formatCount(tested)} tested with ${formatCount(probes)} probes` +
        (undecided > 0 ? `; ${formatCount(undecided)} undecided` : ""),
    ),
  ];
  if (dropped > 0) {
    lines.push(
      summaryRow("answers of these", dropped, "left out: --aliased drop"),
    );
  }
  if (unfit > 0) {
    const note = "as many are tested as there is room for";
    lines.push(summaryRow("successes of untested prefixes", unfit, note));
  }
  if (unheld > 0) {
    const note = "written before it was known whether their prefix is aliased";
    lines.push(summaryRow("answers that could not wait", unheld, note));
  }
  return lines;
}
