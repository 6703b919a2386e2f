import type { JsonSource } from "../../output/mod.ts";
import {
  parseChoice,
  parseJson,
  parsePath,
  parseWholeNumber,
} from "../option_parsers.ts";
import {
  flag,
  type OptionTable,
  PATH_REMEDY,
  setting,
} from "../option_spec.ts";

/** What `--log-format` takes. */
export const LOG_FORMATS = ["text", "json"] as const;
/** One of them. */
export type LogFormat = (typeof LOG_FORMATS)[number];

/** What `--status` takes. */
export const STATUS_FORMS = ["display", "zmap", "lines", "none"] as const;
/** One of them. */
export type StatusForm = (typeof STATUS_FORMS)[number];

/** What `--color` takes. */
export const COLOR_CHOICES = ["auto", "always", "never"] as const;
/** One of them. */
export type ColorChoice = (typeof COLOR_CHOICES)[number];

/** Longest time between two status lines: a day. */
const MAX_STATUS_INTERVAL_SECONDS = 86_400;

/** Values of `LOGGING_OPTIONS`. */
export interface LoggingValues {
  readonly quiet: boolean;
  /** Null: what the terminal allows. */
  readonly status: StatusForm | null;
  /** In seconds; null: what the form of the status needs. */
  readonly statusInterval: number | null;
  readonly color: ColorChoice;
  readonly verbosity: number;
  readonly logFile: string | null;
  readonly logDirectory: string | null;
  readonly logFormat: LogFormat;
  readonly disableSyslog: boolean;
  readonly statusUpdatesFile: string | null;
  readonly metadataFile: string | null;
  readonly summaryFile: string | null;
  readonly json: boolean;
  readonly notes: string | null;
  readonly userMetadata: JsonSource | null;
}

/** Logs, status and metadata. */
export const LOGGING_OPTIONS: OptionTable<LoggingValues> = {
  quiet: flag({
    long: "quiet",
    short: "q",
    group: "logging",
    help: "Show neither status nor summary",
  }),
  status: setting({
    long: "status",
    argument: "FORM",
    group: "logging",
    help:
      "How the status is shown: display, rewritten in place; zmap, a line a second as ZMap has it; lines, the same, rarer with time; none",
    remedy: `Give one of ${
      STATUS_FORMS.join(", ")
    }; a file of status rows is --status-updates-file`,
    fallback: null,
    fallbackText: "display in a terminal, else lines",
    choices: STATUS_FORMS,
    parse: (text) => parseChoice(text, STATUS_FORMS),
  }),
  statusInterval: setting({
    long: "status-interval",
    argument: "SECONDS",
    group: "logging",
    help: "Time between two updates of the status",
    remedy: "Give a whole number of seconds, for example 10",
    fallback: null,
    fallbackText:
      "1; with --status lines 10 after a minute, 60 after ten minutes",
    parse: (text) =>
      parseWholeNumber(text, {
        what: "Interval",
        min: 1,
        max: MAX_STATUS_INTERVAL_SECONDS,
      }),
  }),
  color: setting({
    long: "color",
    argument: "WHEN",
    group: "logging",
    help:
      "Colour in the log on standard error: auto, always or never; auto follows NO_COLOR, FORCE_COLOR and the terminal",
    remedy: `Give one of ${COLOR_CHOICES.join(", ")}`,
    fallback: "auto",
    fallbackText: "auto",
    choices: COLOR_CHOICES,
    parse: (text) => parseChoice(text, COLOR_CHOICES),
  }),
  verbosity: setting({
    long: "verbosity",
    short: "v",
    argument: "LEVEL",
    group: "logging",
    help:
      "What is logged: 0 fatal, 1 error, 2 warning, 3 information, 4 debug, 5 trace",
    remedy: "Give a whole number from 0 to 5",
    fallback: 3,
    fallbackText: "3",
    parse: (text) =>
      parseWholeNumber(text, { what: "Verbosity", min: 0, max: 5 }),
  }),
  logFile: setting({
    long: "log-file",
    short: "l",
    argument: "FILE",
    group: "logging",
    help: "File for the log, replaced if it exists; - for standard output",
    remedy: PATH_REMEDY,
    fallback: null,
    fallbackText: "standard error",
    parse: parsePath,
  }),
  logDirectory: setting({
    long: "log-directory",
    short: "L",
    argument: "DIRECTORY",
    group: "logging",
    help:
      "Directory for the log, in a file that is named after the time of the start",
    remedy: "Give the path of a directory",
    fallback: null,
    parse: parsePath,
  }),
  logFormat: setting({
    long: "log-format",
    argument: "FORMAT",
    group: "logging",
    help:
      "text, or json for one object a line, which on standard error includes status lines, summary and errors",
    remedy: `Give one of ${LOG_FORMATS.join(", ")}`,
    fallback: "text",
    fallbackText: "text",
    choices: LOG_FORMATS,
    parse: (text) => parseChoice(text, LOG_FORMATS),
  }),
  disableSyslog: flag({
    long: "disable-syslog",
    group: "logging",
    help: "Does nothing, as pacemap does not write to syslog",
  }),
  statusUpdatesFile: setting({
    long: "status-updates-file",
    short: "u",
    argument: "FILE",
    group: "logging",
    help:
      "Write a row a second about the scan: JSON lines when FILE ends in .json or .jsonl, else CSV",
    remedy: PATH_REMEDY,
    fallback: null,
    parse: parsePath,
  }),
  metadataFile: setting({
    long: "metadata-file",
    short: "m",
    argument: "FILE",
    group: "logging",
    help: "File for facts about the scan, as JSON; - for standard output",
    remedy: PATH_REMEDY,
    fallback: null,
    parse: parsePath,
  }),
  summaryFile: setting({
    long: "summary-file",
    argument: "FILE",
    group: "logging",
    help:
      "File for the summary as JSON, with the exit code and its reason, also when the scan cannot start",
    remedy: PATH_REMEDY,
    fallback: null,
    parse: parsePath,
  }),
  json: flag({
    long: "json",
    group: "logging",
    help:
      "Write the summary as one line of JSON, the last of standard error, in place of the text",
  }),
  notes: setting({
    long: "notes",
    argument: "TEXT",
    group: "logging",
    help: "Text to be copied into the metadata",
    fallback: null,
    parse: (text) => text,
  }),
  userMetadata: setting({
    long: "user-metadata",
    argument: "JSON",
    group: "logging",
    help: "JSON to be copied into the metadata",
    remedy: "Give JSON, for example '{\"run\": 7}'",
    fallback: null,
    parse: parseJson,
  }),
};
