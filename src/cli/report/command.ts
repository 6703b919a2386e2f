import { ConfigError, escapeUnsafeInLines } from "../../base/mod.ts";
import { describeFileError } from "../../output/file_error.ts";
import type { ProgramSignals } from "../../signals/mod.ts";
import { EXIT_CODE, printOut } from "../terminal.ts";
import { parseReportArguments } from "./arguments.ts";
import { comparisonText, readSide } from "./comparison.ts";
import { comparisonPage } from "./comparison_page.ts";
import { sortInputs } from "./inputs.ts";
import { reportPage } from "./page.ts";

export { REPORT_OPTIONS } from "./arguments.ts";

/** Text of `pacemap report --help`. */
export const REPORT_HELP: string =
  `Usage: pacemap report METADATA [STATUS] [RESULTS] [-o FILE.html]
       pacemap report CHECKPOINT [-o FILE.html]
       pacemap report --compare BEFORE AFTER [-o FILE.html]

Makes the report of a scan, as --report does at its end, from the files that it
has left: its metadata (--metadata-file), its status file (--status-updates-file)
and its results (CSV or JSON lines), each known by what is in it; or from its
checkpoint. The report is one HTML file that needs nothing else.

  -o, --output FILE  where it goes; without it, standard output
  --compare          two scans side by side: their figures, and the hosts gained,
                     lost and moved, that is found at other ports or in another
                     class. BEFORE and AFTER are results, or metadata that name
                     them.
                     Text, or with -o an HTML file. All hosts are held in memory

Examples:
  pacemap report metadata.json status.csv found.csv -o report.html
  pacemap report found.csv.pacemap -o report.html
  pacemap report --compare monday.csv tuesday.csv
`;

/**
 * Runs `pacemap report`. Returns the exit code.
 *
 * @throws {ConfigError} for files that cannot be read, or are none of a scan
 */
export async function runReportCommand(
  words: readonly string[],
  { ends, status }: ProgramSignals,
): Promise<number> {
  status.release();
  ends.release();
  const { files, isComparison, isHelp, output } = parseReportArguments(words);
  if (isHelp) {
    printOut(REPORT_HELP);
    return EXIT_CODE.done;
  }
  if (!isComparison) {
    return write(await reportPage(await sortInputs(files)), output);
  }
  const [before, after] = [
    await readSide(files[0]!),
    await readSide(files[1]!),
  ];
  return output === null
    ? write(escapeUnsafeInLines(comparisonText(before, after)), null)
    : write(comparisonPage(before, after), output);
}

function write(text: string, path: string | null): number {
  if (path === null) {
    printOut(text);
    return EXIT_CODE.done;
  }
  try {
    Deno.writeTextFileSync(path, text);
  } catch (error) {
    throw new ConfigError(
      "-o",
      `Cannot write "${path}": ${describeFileError(error)}`,
      "Name a file that can be written",
      error,
    );
  }
  return EXIT_CODE.done;
}
