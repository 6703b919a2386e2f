import type { JsonSource } from "../../output/mod.ts";
import { parseJson, parsePath, parseWholeNumber } from "../option_parsers.ts";
import {
  flag,
  type OptionTable,
  PATH_REMEDY,
  setting,
} from "../option_spec.ts";

/** Values of `LOGGING_OPTIONS`. */
export interface LoggingValues {
  readonly quiet: boolean;
  readonly verbosity: number;
  readonly logFile: string | null;
  readonly logDirectory: string | null;
  readonly disableSyslog: boolean;
  readonly statusUpdatesFile: string | null;
  readonly metadataFile: string | null;
  readonly notes: string | null;
  readonly userMetadata: JsonSource | null;
}

/** Logs, status and metadata. */
export const LOGGING_OPTIONS: OptionTable<LoggingValues> = {
  quiet: flag({
    long: "quiet",
    short: "q",
    group: "logging",
    help: "Show no status line",
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
