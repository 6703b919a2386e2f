import {
  configureSync,
  type LogLevel,
  type LogRecord,
  resetSync,
} from "@logtape/logtape";
import { ConfigError, formatLocalTime, localTime } from "../base/mod.ts";
import { describeFileError } from "../output/mod.ts";
import type { NamedPath } from "./files.ts";
import { printable, printError } from "./terminal.ts";

/** By `--verbosity`. */
const LEVELS: readonly LogLevel[] = [
  "fatal",
  "error",
  "warning",
  "info",
  "debug",
  "trace",
];
const LABELS: Readonly<Record<LogLevel, string>> = {
  fatal: "FATAL",
  error: "ERROR",
  warning: "WARN",
  info: "INFO",
  debug: "DEBUG",
  trace: "TRACE",
};
const COLORS: Readonly<Record<LogLevel, string>> = {
  fatal: "\x1b[31m",
  error: "\x1b[31m",
  warning: "\x1b[33m",
  info: "\x1b[32m",
  debug: "\x1b[34m",
  trace: "\x1b[34m",
};
const RESET_COLOR = "\x1b[0m";
/** Ends what a status line may have left open, and clears its line. */
const CLEAR_LINE = "\r\x1b[K";
const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** What `openLog` needs. */
export interface LogOptions {
  /** 0 (fatal only) to 5 (everything). */
  readonly verbosity: number;
  /** The log file and the option that names it, or null for standard error. */
  readonly file: NamedPath | null;
}

/** The log file that `--log-file` or `--log-directory` asks for. */
export function logFileOf(
  values: {
    readonly logFile: string | null;
    readonly logDirectory: string | null;
  },
  now: Date = new Date(),
): Pick<LogOptions, "file"> {
  const { logDirectory, logFile } = values;
  if (logDirectory !== null) {
    const path = `${logDirectory}/pacemap-${formatFileTime(now)}.log`;
    return { file: { option: "--log-directory", path } };
  }
  return {
    file: logFile === null ? null : { option: "--log-file", path: logFile },
  };
}

/**
 * Sends all logs of the program to standard error or to a file, until the result is disposed of. Lines that
 * cannot be written are lost: a log must not end a scan.
 *
 * @throws {ConfigError} when the file cannot be opened
 */
export function openLog(options: LogOptions): Disposable {
  const { verbosity } = options;
  const file = options.file === null ? null : openFile(options.file);
  const stream = file ?? Deno.stderr;
  const isTerminal = file === null && Deno.stderr.isTerminal();
  const encoder = new TextEncoder();
  let lostLines = 0;
  const sink = (record: LogRecord): void => {
    const line = isTerminal ? decorate(record) : formatRecord(record);
    const bytes = encoder.encode(`${line}\n`);
    try {
      for (let at = 0; at < bytes.length;) {
        at += stream.writeSync(bytes.subarray(at));
      }
    } catch {
      lostLines++;
    }
  };
  configureSync({
    reset: true,
    sinks: { log: sink },
    loggers: [
      {
        category: [],
        sinks: ["log"],
        lowestLevel: LEVELS[verbosity] ?? "trace",
      },
      {
        category: ["logtape", "meta"],
        sinks: ["log"],
        lowestLevel: "warning",
        parentSinks: "override",
      },
    ],
  });
  return {
    [Symbol.dispose](): void {
      resetSync();
      file?.close();
      if (lostLines > 0) {
        printError(`pacemap: ${lostLines} log lines could not be written\n`);
      }
    },
  };
}

/** One line as ZMap writes it: `Jan 05 17:21:28.329 [INFO] scan: text`, in local time. */
export function formatRecord(record: LogRecord): string {
  return `${prefixOf(record)}${textOf(record)}`;
}

function decorate(record: LogRecord): string {
  if (Deno.noColor) return `${CLEAR_LINE}${formatRecord(record)}`;
  return `${CLEAR_LINE}${COLORS[record.level]}${
    prefixOf(record)
  }${RESET_COLOR}${textOf(record)}`;
}

function prefixOf({ category, level, timestamp }: LogRecord): string {
  const module = category.length > 1
    ? category.slice(1).join(".")
    : category.join(".");
  return `${formatTime(new Date(timestamp))} [${LABELS[level]}] ${module}: `;
}

function textOf({ message }: LogRecord): string {
  return printable(
    message.map((part) => typeof part === "object" ? Deno.inspect(part) : part)
      .join(""),
  );
}

function formatTime(time: Date): string {
  const { clock, date } = localTime(time);
  const milliseconds = String(time.getMilliseconds()).padStart(3, "0");
  return `${MONTHS[time.getMonth()]} ${
    date.slice(-2)
  } ${clock}.${milliseconds}`;
}

/** Local time as `2024-01-31T235959+0100`. */
function formatFileTime(time: Date): string {
  return formatLocalTime(time).replaceAll(":", "");
}

function openFile({ option, path }: NamedPath): Deno.FsFile {
  try {
    return Deno.openSync(path, { write: true, create: true, truncate: true });
  } catch (error) {
    throw new ConfigError(
      option,
      `Cannot open "${path}" for writing: ${describeFileError(error)}`,
      "Name a file in a directory that you may write to",
      error,
    );
  }
}
