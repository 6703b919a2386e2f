import { ConfigError, escapeUnsafe } from "../base/mod.ts";
import { outputDescriptor, outputFault, ResultFile } from "../output/mod.ts";
import type { ScanOutcome } from "../scan/mod.ts";
import {
  type Environment,
  PROCESS_ENVIRONMENT,
  variableOf,
} from "./environment.ts";
import { statOrNull } from "./files.ts";
import { jsonLogLine } from "./json_log.ts";
import { FLAG_OFF } from "./option_spec.ts";
import { OPTIONS, type OptionValues } from "./options.ts";
import {
  type ErrorReport,
  errorReport,
  EXIT_CODE,
  printError,
} from "./terminal.ts";
import { VERSION } from "./version.ts";

/** What names the file of the summary. */
export const SUMMARY_OPTION = "--summary-file";
/** How each summary begins. */
const BEGINNING = '{"version":"';
/** How long the file of the summary may take nothing in the end. */
const PATIENCE_MS = 5000;

/** The options that the last words of a scan depend on. */
type ReportOptions = Pick<
  OptionValues,
  "json" | "logFormat" | "summaryFile"
>;

/** What a scan leaves to programs: `schemas/summary.schema.json`, less the summary itself. */
interface SummaryHead {
  readonly version: string;
  readonly status: "complete" | "incomplete" | "failed";
  readonly exit_code: number;
  readonly reason: string;
  readonly error: Omit<ErrorReport, "exitCode" | "text"> | null;
  /** RFC 3339, UTC. */
  readonly start_time: string;
  readonly end_time: string;
}

/**
 * The last words of a scan in JSON: one object in the file of `--summary-file`, and with `--json` as the last line of
 * standard error, whatever ends the scan. Errors before the options are read are told too, as far as the command line
 * or the environment say where.
 */
export class SummaryReport {
  readonly #startTime = new Date();
  #endTime = this.#startTime;
  #options: ReportOptions;
  #file: ResultFile | null = null;
  /** Whether there is a scan, and not a text that explains. */
  #isScan = false;
  #outcome: Omit<ScanOutcome, "exitCode"> | null = null;

  /** @param words the command line, before it is read */
  constructor(
    words: readonly string[],
    environment: Environment = PROCESS_ENVIRONMENT,
  ) {
    this.#options = earlyOptions(words, environment);
  }

  /** Takes the options as they were read. */
  useOptions(options: ReportOptions): void {
    this.#options = options;
    this.#isScan = true;
  }

  /**
   * Opens the file, while the program still has its rights.
   *
   * @throws {ConfigError} when it cannot be opened
   * @throws the reason of the signal when that aborts before a pipe has a reader
   */
  async open(signal: AbortSignal | null): Promise<void> {
    const { summaryFile: path } = this.#options;
    if (path === null || this.#file !== null) return;
    this.#file = await ResultFile.open(path, {
      option: SUMMARY_OPTION,
      signal,
    });
  }

  /** Notes how the scan has ended. */
  setOutcome(outcome: Omit<ScanOutcome, "exitCode">): void {
    this.#outcome = outcome;
  }

  /**
   * Runs a scan and writes its summary; returns the exit code. Errors are told, in the form of the log.
   *
   * @throws what `run` throws, where neither summary nor log is to be JSON
   */
  async around(run: () => Promise<number>): Promise<number> {
    try {
      const exitCode = await run();
      return this.#isScan ? await this.#finish(exitCode, null) : exitCode;
    } catch (error) {
      const { json, logFormat, summaryFile } = this.#options;
      if (!json && summaryFile === null && logFormat === "text") throw error;
      const report = errorReport(error);
      this.#tell(report);
      return await this.#finish(report.exitCode, report);
    }
  }

  #tell(
    { message, place, remedy, text }: Omit<ErrorReport, "exitCode">,
  ): void {
    const fields = { place, remedy };
    const line = { level: "error", stage: "cli", message, fields } as const;
    const isJson = this.#options.logFormat === "json";
    printError(isJson ? `${jsonLogLine(line)}\n` : text);
  }

  async #finish(
    exitCode: number,
    error: ErrorReport | null,
  ): Promise<number> {
    const { json, summaryFile } = this.#options;
    if (!json && summaryFile === null) return exitCode;
    this.#endTime = new Date();
    const mayWrite = error === null || error.place !== SUMMARY_OPTION;
    const isWritten = summaryFile === null || !mayWrite ||
      await this.#writeFile(summaryFile, this.#line(exitCode, error));
    const lastCode = isWritten || !isDone(exitCode)
      ? exitCode
      : EXIT_CODE.endedEarly;
    if (json) printError(this.#line(lastCode, error));
    return lastCode;
  }

  /** Writes the file; false where that failed, which it tells. */
  async #writeFile(path: string, line: string): Promise<boolean> {
    const patience = AbortSignal.timeout(PATIENCE_MS);
    try {
      if (this.#file === null) await checkReplaceable(path);
      await this.open(patience);
      const file = this.#file!;
      const timer = setTimeout(
        () => file.abandon("it takes nothing"),
        PATIENCE_MS,
      );
      await file.write(new TextEncoder().encode(line));
      await file.close();
      clearTimeout(timer);
      const fault = outputFault(file, false);
      if (fault === null) return true;
      const text = `pacemap: ${escapeUnsafe(fault)}\n`;
      this.#tell({ message: fault, place: SUMMARY_OPTION, remedy: "", text });
    } catch (error) {
      this.#tell(errorReport(
        error === patience.reason
          ? new ConfigError(SUMMARY_OPTION, "Nobody reads the pipe", "")
          : error,
      ));
    }
    return false;
  }

  #line(exitCode: number, error: ErrorReport | null): string {
    const outcome = this.#outcome;
    const hasBegun = outcome?.summary !== undefined ||
      exitCode === EXIT_CODE.interrupted;
    const head: SummaryHead = {
      version: VERSION,
      status: isDone(exitCode)
        ? "complete"
        : hasBegun
        ? "incomplete"
        : "failed",
      exit_code: exitCode,
      reason: exitCode === EXIT_CODE.interrupted
        ? "interrupted twice"
        : error === null
        ? reasonOf(exitCode, outcome)
        : error.message,
      error: error === null ? null : {
        place: error.place,
        message: error.message,
        remedy: error.remedy,
      },
      start_time: this.#startTime.toISOString(),
      end_time: this.#endTime.toISOString(),
    };
    const summary = outcome?.summary ?? null;
    return `${escapeUnsafe(JSON.stringify({ ...head, summary }))}\n`;
  }
}

function isDone(exitCode: number): boolean {
  return exitCode === EXIT_CODE.done || exitCode === EXIT_CODE.lossy;
}

/**
 * Before the options are known to be right, only a summary may be replaced: the name may be that of a list.
 *
 * @throws {ConfigError} when the file is something else
 */
async function checkReplaceable(path: string): Promise<void> {
  if (outputDescriptor(path) !== null) return;
  const facts = await statOrNull(path);
  if (facts === null || !facts.isFile || facts.size === 0) return;
  const start = new Uint8Array(BEGINNING.length);
  using file = await Deno.open(path);
  await file.read(start);
  if (new TextDecoder().decode(start) === BEGINNING) return;
  throw new ConfigError(
    SUMMARY_OPTION,
    `The error is not written to "${path}", which holds something else than a summary`,
    "Name a file of its own",
  );
}

function reasonOf(
  exitCode: number,
  outcome: Omit<ScanOutcome, "exitCode"> | null,
): string {
  if (outcome === null) return "ended before the scan began";
  return outcome.reason === "completed" && exitCode === EXIT_CODE.endedEarly
    ? "an output, or the log, has not all that belongs into it"
    : outcome.reason;
}

/** What words and variables say of the last words, however wrong they are otherwise. */
function earlyOptions(
  words: readonly string[],
  environment: Environment,
): ReportOptions {
  const end = words.indexOf("--");
  const options = end < 0 ? words : words.slice(0, end);
  const textOf = (key: keyof ReportOptions): string | null => {
    const name = `--${OPTIONS[key].long}`;
    const at = options.findLastIndex((word) =>
      word === name || word.startsWith(`${name}=`)
    );
    if (at < 0) return variableText(key, environment);
    const word = options[at]!;
    if (word !== name) return word.slice(name.length + 1);
    return OPTIONS[key].argument === "" ? "" : options[at + 1] ?? null;
  };
  const json = textOf("json");
  return {
    json: json !== null && json !== FLAG_OFF,
    summaryFile: textOf("summaryFile"),
    logFormat: textOf("logFormat") === "json" ? "json" : "text",
  };
}

function variableText(
  key: keyof ReportOptions,
  environment: Environment,
): string | null {
  const name = variableOf(OPTIONS[key]);
  if (name === null) return null;
  try {
    return environment.get(name) || null;
  } catch {
    // Whoever needs it says so.
    return null;
  }
}
