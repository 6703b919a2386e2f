import {
  commandHelp,
  type CommandSpec,
  EXIT_CODE,
  flag,
  isFlagSet,
  type Log,
  openLog,
  OPTIONS,
  type OptionTable,
  type OptionValues,
  printOut,
  readCommandLine,
  runKillably,
  setting,
  splitCommandLine,
  type Subcommand,
  VERSION,
  withExamples,
} from "../cli/mod.ts";
import type { ProgramSignals } from "../signals/mod.ts";

/** Options that all companions have. */
export type CommonValues = Pick<OptionValues, "logFile" | "help" | "version">;

/** Options of the companions that log as much as the user wants. */
export type LoggingValues = Pick<OptionValues, "verbosity" | "disableSyslog">;

/** Options of all companions. */
export const COMMON_OPTIONS: OptionTable<CommonValues> = {
  logFile: OPTIONS.logFile,
  help: OPTIONS.help,
  version: OPTIONS.version,
};

/** Options of logging. */
export const LOGGING_OPTIONS: OptionTable<LoggingValues> = {
  verbosity: OPTIONS.verbosity,
  disableSyslog: OPTIONS.disableSyslog,
};

/** The list of what is allowed. */
export const ALLOWLIST_OPTION: typeof OPTIONS.allowlistFile =
  OPTIONS.allowlistFile;

/** The list of what is not; without it nothing is blocked. */
export const BLOCKLIST_OPTION: typeof OPTIONS.blocklistFile = setting<
  string | null
>({
  ...OPTIONS.blocklistFile,
  help:
    "Addresses, prefixes, ranges and hosts to leave out, one per line; - for standard input",
});

/** Leniency with lists. */
export const IGNORE_ERRORS_OPTION: typeof OPTIONS.ignoreBlocklistErrors = flag(
  OPTIONS.ignoreBlocklistErrors,
);

/** A companion as a command. */
export interface Companion<V> {
  readonly command: CommandSpec<V>;
  /** What it does, in a few lines. */
  readonly introduction: string;
  /** Whole command lines, for its help. */
  readonly examples: readonly string[];
  /** Does it with these options; returns the exit code. */
  run(
    args: CompanionArguments<V>,
    ends: ProgramSignals["ends"],
  ): Promise<number>;
  /** Whether it looks after the signals that end the program; else the first one ends it at once, as any filter. */
  readonly endsByItself: boolean;
}

/** The command line of a companion, read. */
export interface CompanionArguments<V> {
  readonly values: V;
  readonly given: ReadonlySet<keyof V & string>;
  readonly operands: readonly string[];
  /** Standard error, where lines that do not wait go. */
  readonly screen: Pick<Log["screen"], "status" | "lines">;
}

/** A companion for the table of subcommands. */
export function asSubcommand<V extends CommonValues & Partial<LoggingValues>>(
  companion: Companion<V>,
  summary: string,
): Subcommand {
  const { command, examples, introduction } = companion;
  return {
    summary,
    options: Object.values(command.options),
    help: withExamples(
      `Usage: ${command.name} ${command.usage}\n\n${introduction}\n`,
      examples,
    ),
    run: (args, { ends, status }) => {
      status.release();
      return companion.endsByItself
        ? runCompanion(companion, args, ends)
        : runKillably(() => runCompanion(companion, args, ends), ends);
    },
  };
}

/** Reads the command line, and shows help or version if that is asked for. */
async function runCompanion<
  V extends CommonValues & Partial<LoggingValues>,
>(
  companion: Companion<V>,
  args: readonly string[],
  ends: ProgramSignals["ends"],
): Promise<number> {
  const { command, examples, introduction } = companion;
  const raw = splitCommandLine(command, args);
  if (isFlagSet(raw, "help")) {
    printOut(commandHelp(command, introduction, examples));
    return EXIT_CODE.done;
  }
  if (isFlagSet(raw, "version")) {
    printOut(`${command.name} ${VERSION}\n`);
    return EXIT_CODE.done;
  }
  const read = readCommandLine(command, raw);
  const { logFile, verbosity } = read.values;
  const log = openLog({
    verbosity: verbosity ?? WARNINGS,
    file: logFile === null ? null : { option: "--log-file", path: logFile },
  });
  let exitCode: number = EXIT_CODE.endedEarly;
  let isLogKept = true;
  try {
    exitCode = await companion.run({ ...read, screen: log.screen }, ends);
  } finally {
    isLogKept = await log.close();
  }
  return exitCode === EXIT_CODE.done && !isLogKept
    ? EXIT_CODE.endedEarly
    : exitCode;
}

/** Level of those that have no option for it. */
const WARNINGS = 2;
