import {
  configureSync,
  type LogLevel,
  type LogRecord,
  resetSync,
} from "@logtape/logtape";
import { ConfigError } from "../base/mod.ts";
import { describeFileError } from "../output/mod.ts";
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
  /** Path of the log file, or null for standard error. */
  readonly path: string | null;
}

/**
 * Sends all logs of the program to standard error or to a file, until the result is disposed of. Lines that
 * cannot be written are lost: a log must not end a scan.
 *
 * @throws {ConfigError} when the file cannot be opened
 */
export function openLog({ verbosity, path }: LogOptions): Disposable {
  const file = path === null ? null : openFile(path);
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
  const [day, hours, minutes, seconds] = [
    time.getDate(),
    time.getHours(),
    time.getMinutes(),
    time.getSeconds(),
  ].map((part) => String(part).padStart(2, "0"));
  const milliseconds = String(time.getMilliseconds()).padStart(3, "0");
  return `${
    MONTHS[time.getMonth()]
  } ${day} ${hours}:${minutes}:${seconds}.${milliseconds}`;
}

function openFile(path: string): Deno.FsFile {
  try {
    return Deno.openSync(path, { write: true, create: true, truncate: true });
  } catch (error) {
    throw new ConfigError(
      "--log-file",
      `Cannot open "${path}" for writing: ${describeFileError(error)}`,
      "Name a file in a directory that you may write to",
      error,
    );
  }
}
