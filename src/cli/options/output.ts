import {
  parseChoice,
  parseDecimalNumber,
  parseNames,
  parsePath,
} from "../option_parsers.ts";
import {
  flag,
  type OptionTable,
  PATH_REMEDY,
  setting,
} from "../option_spec.ts";
import { parseCount } from "../units.ts";

/** Row formats, as `--list-output-modules` names them. */
export const OUTPUT_MODULES = ["csv", "json"] as const;
/** Row formats with fields of their own, for the programs that they are named after. */
export const OUTPUT_PRESETS = ["zgrab2", "lzr"] as const;
/** What `--output-module` takes. */
export type OutputModule =
  | (typeof OUTPUT_MODULES)[number]
  | (typeof OUTPUT_PRESETS)[number];

/** What `--dedup-method` takes. */
export const DEDUP_METHODS = ["default", "none", "full", "window"] as const;
/** Responses of 26 to 34 bytes each: 3.4 GB at most. */
const MAX_DEDUP_WINDOW = 100_000_000;
/** A week. */
const MAX_WAIT_S = 604_800;

/** Values of `OUTPUT_OPTIONS`. */
export interface OutputValues {
  readonly outputModule: readonly OutputModule[];
  readonly outputFile: readonly string[];
  readonly outputFields: readonly string[] | null;
  readonly outputFilter: string;
  readonly outputArgs: string;
  readonly outputWait: number;
  readonly dedupMethod: (typeof DEDUP_METHODS)[number];
  readonly dedupWindowSize: number;
  readonly noHeaderRow: boolean;
  readonly listOutputFields: boolean;
  readonly listOutputModules: boolean;
}

/** What is written of the answers, where and how. */
export const OUTPUT_OPTIONS: OptionTable<OutputValues> = {
  outputModule: setting({
    long: "output-module",
    short: "O",
    argument: "NAME",
    group: "output",
    help:
      "Format of results: csv or json; zgrab2 and lzr for the programs of " +
      "these names. Several, each with its -o, write several files",
    remedy: `Give one of ${[...OUTPUT_MODULES, ...OUTPUT_PRESETS].join(", ")}`,
    fallback: [],
    fallbackText: "csv",
    isRepeatable: true,
    choices: [...OUTPUT_MODULES, ...OUTPUT_PRESETS],
    parse: (
      text,
    ) => [parseChoice(text, [...OUTPUT_MODULES, ...OUTPUT_PRESETS])],
  }),
  outputFile: setting({
    long: "output-file",
    short: "o",
    argument: "FILE",
    group: "output",
    help: "File for results, replaced if it exists; - for standard output",
    remedy: PATH_REMEDY,
    fallback: [],
    fallbackText: "-",
    isRepeatable: true,
    parse: (text) => [parsePath(text)],
  }),
  outputFields: setting({
    long: "output-fields",
    short: "f",
    argument: "FIELDS",
    group: "output",
    help: "Fields of each result, separated by commas or spaces; * for all",
    remedy: "Give names that --list-output-fields shows",
    fallback: null,
    absentText: "",
    fallbackText: "saddr, or saddr,sport with several ports",
    parse: parseNames,
  }),
  outputFilter: setting({
    long: "output-filter",
    argument: "FILTER",
    group: "output",
    help:
      "Write only such results, for example 'success = 1 && saddr = 192.0.2.0/24'; " +
      "an empty one takes all",
    remedy:
      "Compare fields with = != < > <= >=, and combine with &&, || and parentheses",
    fallback: "",
    parse: (text) => text,
  }),
  outputArgs: setting({
    long: "output-args",
    argument: "ARGS",
    group: "output",
    help: "Arguments of the format; csv and json have none",
    fallback: "",
    parse: (text) => text,
  }),
  outputWait: setting({
    long: "output-wait",
    argument: "SECONDS",
    group: "output",
    help:
      "While the disk of an output is full: pause sending, and end the scan after this time; " +
      "0 ends it at once",
    remedy: `Give a number of seconds from 0 to ${MAX_WAIT_S}`,
    fallback: 60,
    fallbackText: "60",
    parse: (text) =>
      parseDecimalNumber(text, { what: "Wait", min: 0, max: MAX_WAIT_S }),
  }),
  dedupMethod: setting({
    long: "dedup-method",
    argument: "METHOD",
    group: "output",
    help:
      "Which answers are repeats: none; full: all but the first of a target; " +
      "window: the same among the last targets; default: full, or window with several ports",
    remedy: `Give one of ${DEDUP_METHODS.join(", ")}`,
    fallback: "default",
    fallbackText: "default",
    choices: DEDUP_METHODS,
    parse: (text) => parseChoice(text, DEDUP_METHODS),
  }),
  dedupWindowSize: setting({
    long: "dedup-window-size",
    argument: "COUNT",
    group: "output",
    help: "Number of targets that --dedup-method window remembers",
    remedy: `Give a whole number from 1 to ${MAX_DEDUP_WINDOW}`,
    fallback: 1_000_000,
    fallbackText: "1000000",
    parse: (text) =>
      parseCount(text, {
        what: "Window",
        min: 1,
        max: MAX_DEDUP_WINDOW,
      }),
  }),
  noHeaderRow: flag({
    long: "no-header-row",
    group: "output",
    help: "Leave out the first CSV line, which names the fields",
  }),
  listOutputFields: flag({
    long: "list-output-fields",
    group: "output",
    help: "List the fields that the kind of probe has",
  }),
  listOutputModules: flag({
    long: "list-output-modules",
    group: "output",
    help: "List the formats of results",
  }),
};
