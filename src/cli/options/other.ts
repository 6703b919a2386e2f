import { parsePath, parseUser } from "../option_parsers.ts";
import {
  flag,
  type OptionTable,
  PATH_REMEDY,
  setting,
} from "../option_spec.ts";

/** Values of `OTHER_OPTIONS`. */
export interface OtherValues {
  readonly noPreflight: boolean;
  readonly noSandbox: boolean;
  readonly user: string | null;
  readonly config: string | null;
  readonly noConfig: boolean;
  readonly help: boolean;
  readonly version: boolean;
}

/** All else. */
export const OTHER_OPTIONS: OptionTable<OtherValues> = {
  noPreflight: flag({
    long: "no-preflight",
    group: "other",
    help:
      "Do not check the machine before the first packet; pacemap doctor checks all",
  }),
  noSandbox: flag({
    long: "no-sandbox",
    group: "other",
    help:
      "Let the running scan make any system call: for a debugger, or where a kernel's filter is in the way",
  }),
  user: setting({
    long: "user",
    argument: "USER",
    group: "other",
    help:
      "Whom root becomes once everything is open: USER or USER:GROUP, names or numbers",
    remedy: "Give the name or number of a user",
    fallback: null,
    fallbackText: "nobody",
    parse: parseUser,
  }),
  config: setting({
    long: "config",
    short: "C",
    argument: "FILE",
    group: "other",
    help: "File with further options, a line each: NAME = VALUE, or NAME",
    remedy: PATH_REMEDY,
    fallback: null,
    fallbackText: "the user's and the system's pacemap.conf",
    parse: parsePath,
  }),
  noConfig: flag({
    long: "no-config",
    group: "other",
    help:
      "Read neither PACEMAP_ variables nor the user's and the system's file of options",
    isCommandLineOnly: true,
  }),
  help: flag({
    long: "help",
    isCommandLineOnly: true,
    short: "h",
    group: "other",
    help: "Show all options; as -h, those that are used most",
  }),
  version: flag({
    long: "version",
    isCommandLineOnly: true,
    short: "V",
    group: "other",
    help: "Show version, commit and runtime; with --json for programs",
  }),
};
