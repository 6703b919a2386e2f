import { ConfigError } from "../../base/mod.ts";
import { flag, type OptionSpec, setting } from "../option_spec.ts";

/** What `pacemap report` is asked for. */
export interface ReportArguments {
  readonly files: readonly string[];
  /** Where the report goes; null: standard output. */
  readonly output: string | null;
  readonly isComparison: boolean;
  readonly isHelp: boolean;
}

/** Its options, for completion. */
export const REPORT_OPTIONS: readonly OptionSpec<unknown>[] = [
  flag({
    long: "compare",
    group: "other",
    help: "Two scans side by side",
  }),
  setting({
    long: "output",
    short: "o",
    argument: "FILE",
    group: "output",
    help: "Where the report goes",
    fallback: null,
    parse: (text) => text,
  }),
];

const REMEDY = "See pacemap report --help";

/**
 * Reads the arguments.
 *
 * @throws {ConfigError} for words that make no sense
 */
export function parseReportArguments(
  words: readonly string[],
): ReportArguments {
  const files: string[] = [];
  let output: string | null = null;
  let isComparison = false;
  let isHelp = false;
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    const value = /^--output=(.*)$/s.exec(word)?.[1];
    if (word === "--help" || word === "-h") isHelp = true;
    else if (word === "--compare") isComparison = true;
    else if (word === "-o" || word === "--output" || value !== undefined) {
      output = value ?? words[++at] ?? "";
      if (output === "") {
        throw new ConfigError("-o", "There is no file behind it", REMEDY);
      }
    } else if (word.startsWith("-") && word !== "-") {
      throw new ConfigError(word, "Unknown option", REMEDY);
    } else files.push(word);
  }
  if (!isHelp) checkFiles(files, isComparison);
  return {
    files,
    output: output === "-" ? null : output,
    isComparison,
    isHelp,
  };
}

function checkFiles(files: readonly string[], isComparison: boolean): void {
  if (isComparison && files.length !== 2) {
    throw new ConfigError(
      "--compare",
      `It takes two files, not ${files.length}`,
      "Name the results, or the metadata, of an earlier and of a later scan",
    );
  }
  if (!isComparison && (files.length < 1 || files.length > 3)) {
    throw new ConfigError(
      "report",
      files.length === 0
        ? "There is no file to report on"
        : `It takes at most three files, not ${files.length}`,
      "Name the metadata of a scan, its status file and its results, or its checkpoint",
    );
  }
}
