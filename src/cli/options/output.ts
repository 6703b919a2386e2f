import { findOutputFormat, OUTPUT_FORMATS } from "../../output/mod.ts";
import { nearestName } from "../nearest.ts";
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

/** What `--dedup-method` takes. */
export const DEDUP_METHODS = ["default", "none", "full", "window"] as const;
/** Responses of 26 to 34 bytes each: 3.4 GB at most. */
const MAX_DEDUP_WINDOW = 100_000_000;
/** A week. */
const MAX_WAIT_S = 604_800;

/** Values of `OUTPUT_OPTIONS`. */
export interface OutputValues {
  /** Names in the registry. */
  readonly outputModule: readonly string[];
  readonly outputFile: readonly string[];
  readonly outputFields: readonly string[] | null;
  readonly outputFilter: string;
  readonly outputArgs: string;
  readonly outputWait: number;
  readonly dedupMethod: (typeof DEDUP_METHODS)[number];
  readonly dedupWindowSize: number;
  readonly noHeaderRow: boolean;
  readonly pcapOut: string | null;
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
      "Format of results, one of --list-output-modules: csv, json, hostport, nmap-xml " +
      "and others. Several, each with its -o, write several files",
    remedy: "Give a name that --list-output-modules shows",
    fallback: [],
    fallbackText: "csv",
    isRepeatable: true,
    choices: OUTPUT_FORMATS.map(({ name }) => name),
    parse: (text) => [parseOutputModule(text)],
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
    help: "Arguments of the format; none has any so far",
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
  pcapOut: setting({
    long: "pcap-out",
    argument: "FILE",
    group: "output",
    help:
      "Capture file for the probes, replaced if it exists: each that the kernel has taken. " +
      "The scan gets slower where the file cannot keep up",
    remedy: PATH_REMEDY,
    fallback: null,
    parse: parsePath,
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

/** Reads the name of a format, or another name of it. */
function parseOutputModule(text: string): string {
  const format = findOutputFormat(text);
  if (format !== undefined) return format.name;
  const names = OUTPUT_FORMATS.map(({ name }) => name);
  const similar = names.filter((name) => name.split("-").includes(text));
  const nearest = nearestName(text, names);
  const hint = similar.length > 0
    ? `; did you mean ${similar.join(" or ")}?`
    : nearest === null
    ? ""
    : `; did you mean ${nearest}?`;
  throw new SyntaxError(`Unknown output module "${text}"${hint}`);
}
