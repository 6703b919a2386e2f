import {
  configureSync,
  type LogLevel,
  type LogRecord,
  resetSync,
} from "@logtape/logtape";
import { formatCount, formatLocalTime, localTime } from "../base/mod.ts";
import { DescriptorOutput } from "../link/mod.ts";
import {
  describeFileError,
  LogChannel,
  openSinkNow,
  outputDescriptor,
  outputName,
  wholeLinesBytes,
} from "../output/mod.ts";
import type { NamedPath } from "./files.ts";
import {
  formatJsonRecord,
  JsonScreen,
  messageOf,
  stageOf,
} from "./json_log.ts";
import type { ColorChoice, LogFormat } from "./options/logging.ts";
import { RecentLog } from "./recent_log.ts";
import type { TextSink } from "./status_screen.ts";
import { errorText, printable } from "./terminal.ts";
import { type TerminalFacts, terminalFacts } from "./terminal_facts.ts";

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
const STANDARD_ERROR_FD = 2;
const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** What `openLog` needs. */
export interface LogOptions {
  /** 0 (fatal only) to 5 (everything). */
  readonly verbosity: number;
  /** The log file and the option that names it, or null for standard error. */
  readonly file: NamedPath | null;
  /**
   * In JSON, status lines and the summary on standard error are so too, where the log goes there.
   *
   * @default {"text"}
   */
  readonly format?: LogFormat;
  /**
   * Whether the log has colours, on standard error.
   *
   * @default {"auto"}
   */
  readonly color?: ColorChoice;
  /**
   * Whether what an earlier run of the scan has written to the file stays, as far as its lines are whole.
   *
   * @default {false}
   */
  readonly isContinued?: boolean;
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

/** Where the program's log goes, until it is closed. */
export interface Log {
  /** Standard error: status lines, the summary, and the log if no file was named for it. */
  readonly screen: TextSink;
  /** What standard error can show of a status. */
  readonly facts: TerminalFacts;
  /** The last lines. */
  readonly recent: RecentLog;
  /** Waits for what can still be written; false when the log could not be kept. May be called again. */
  close(): Promise<boolean>;
}

/**
 * Sends all logs of the program to standard error or to a file. Writing them never waits, and lines that cannot be
 * written are lost, and counted: a log must not end a scan, nor delay it.
 *
 * @throws {ConfigError} when the file cannot be opened
 */
export function openLog(
  { color = "auto", file, format = "text", isContinued = false, verbosity }:
    LogOptions,
): Log {
  const isOwnFile = file !== null &&
    outputDescriptor(file.path) !== STANDARD_ERROR_FD;
  const keptBytes = isOwnFile && isContinued ? wholeLinesBytes(file.path) : 0;
  const logFile = isOwnFile
    ? openSinkNow(file.path, { option: file.option, keptBytes })
    : null;
  const isJson = format === "json";
  const found = terminalFacts(color);
  const isAddressable = found.isAddressable && (isOwnFile || !isJson);
  const facts = { ...found, isAddressable };
  const formatNotice = isJson ? noticeAsJson : noticeAsText;
  const screen = new LogChannel({
    sink: DescriptorOutput.inherited(STANDARD_ERROR_FD),
    columns: isAddressable ? (): number => facts.size().columns : null,
    formatNotice: isOwnFile ? noticeAsText : formatNotice,
    // Nothing is left to say it on; the exit code does.
    onFailure: () => {},
    rest,
  });
  const channel = logFile === null ? screen : new LogChannel({
    sink: logFile,
    columns: null,
    formatNotice,
    onFailure: (error) => screen.lines(failureLines(file!, error)),
    rest,
  });
  const isDecorated = facts.hasColor && !isOwnFile;
  const formatLine = isJson
    ? formatJsonRecord
    : isDecorated
    ? decorate
    : formatRecord;
  const recent = new RecentLog();
  configureLogger(LEVELS[verbosity] ?? "trace", (record) => {
    recent.add(record);
    channel.log(
      formatLine(record),
      LEVELS.length - LEVELS.indexOf(record.level),
    );
  });
  return {
    screen: isJson && !isOwnFile ? new JsonScreen(screen) : screen,
    facts,
    recent,
    async close(): Promise<boolean> {
      resetSync();
      await channel.close();
      if (channel !== screen && channel.lostLines > 0) {
        screen.lines([missingLines(file!, channel.lostLines)]);
      }
      await screen.close();
      return channel.failure === null && screen.failure === null;
    },
  };
}

function configureLogger(
  lowestLevel: LogLevel,
  log: (record: LogRecord) => void,
): void {
  configureSync({
    reset: true,
    sinks: { log },
    loggers: [
      { category: [], sinks: ["log"], lowestLevel },
      {
        category: ["logtape", "meta"],
        sinks: ["log"],
        lowestLevel: "warning",
        parentSinks: "override",
      },
    ],
  });
}

/** A line of the log that is about the log. */
function noticeRecord(text: string): LogRecord {
  return {
    category: ["pacemap", "log"],
    level: "warning",
    message: [text],
    rawMessage: text,
    timestamp: Date.now(),
    properties: {},
  };
}

function noticeAsText(text: string): string {
  return formatRecord(noticeRecord(text));
}

function noticeAsJson(text: string): string {
  return formatJsonRecord(noticeRecord(text));
}

function failureLines({ option, path }: NamedPath, error: unknown): string[] {
  const message = `Cannot write ${outputName(path)}: ${
    describeFileError(error)
  }`;
  const remedy = "The scan goes on without it";
  return errorText(option, message, remedy).trimEnd().split("\n");
}

function missingLines({ option, path }: NamedPath, count: number): string {
  const lines = count === 1 ? "line" : "lines";
  const missing = `${formatCount(count)} ${lines} of the log missing`;
  return `pacemap: ${option}: ${missing} in ${printable(outputName(path))}`;
}

async function rest(ms: number, until: Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([promise, until]);
  clearTimeout(timer);
}

/** One line as ZMap writes it: `Jan 05 17:21:28.329 [INFO] scan: text`, in local time. */
export function formatRecord(record: LogRecord): string {
  return `${prefixOf(record)}${textOf(record)}`;
}

function decorate(record: LogRecord): string {
  return `${COLORS[record.level]}${prefixOf(record)}${RESET_COLOR}${
    textOf(record)
  }`;
}

function prefixOf({ category, level, timestamp }: LogRecord): string {
  return `${formatTime(new Date(timestamp))} [${LABELS[level]}] ${
    stageOf(category)
  }: `;
}

function textOf(record: LogRecord): string {
  return printable(messageOf(record));
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
