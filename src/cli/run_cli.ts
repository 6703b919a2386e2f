import { Phase } from "../scan/mod.ts";
import type { ProgramSignals } from "../signals/mod.ts";
import {
  type Arguments,
  type RawArguments,
  readArguments,
  SCAN_COMMAND,
  splitArguments,
} from "./arguments.ts";
import { completionScript, SHELLS } from "./completion.ts";
import { addConfigFile } from "./config_file.ts";
import { logFailure } from "./fatal_log.ts";
import type { NamedPath } from "./files.ts";
import {
  helpText,
  type SelectedModules,
  type Subcommand,
  type Subcommands,
} from "./help.ts";
import {
  makeProbe,
  outputFieldList,
  outputModuleList,
  probeModuleList,
  requireModule,
} from "./lists.ts";
import { logFileOf } from "./logging.ts";
import { OPTION_KEYS, OPTIONS } from "./options.ts";
import { inlineProbeArgs } from "./probe_args.ts";
import { scan, type ScanSetting } from "./run_scan.ts";
import { runInterruptibly } from "./signals.ts";
import { EXIT_CODE, printError, printOut, reportError } from "./terminal.ts";
import { untilAborted } from "./until_aborted.ts";
import { VERSION } from "./version.ts";

/** Subcommand that only this room can run, as it knows all others. */
const COMPLETION = "completion";

/**
 * Runs the program: a subcommand if the first argument names one, a scan otherwise. Prints errors itself and
 * returns the exit code.
 */
export async function runCli(
  args: readonly string[],
  subcommands: Subcommands,
  signals: ProgramSignals,
): Promise<number> {
  try {
    const [name = "", ...rest] = args;
    if (name === COMPLETION) {
      const options = OPTION_KEYS.map((key) => OPTIONS[key]);
      printOut(completionScript(rest[0] ?? "", options, {
        ...subcommands,
        [COMPLETION]: completionCommand(),
      }));
      return EXIT_CODE.done;
    }
    const subcommand = Object.hasOwn(subcommands, name)
      ? subcommands[name]
      : undefined;
    if (subcommand !== undefined) return await subcommand.run(rest, signals);
    const phase = new Phase("Reading the options");
    signals.status.answerWith(() => printError(`${phase.report()}\n`));
    return await runInterruptibly(
      (signal) => scanOrExplain(args, { subcommands, signals, signal, phase }),
      signals.ends,
    );
  } catch (error) {
    return reportError(error);
  }
}

/** What completion and help say about completion itself. */
function completionCommand(): Subcommand {
  return {
    summary: `Print a completion script for ${SHELLS.join(", ")}`,
    options: [],
    run: () => Promise.resolve(EXIT_CODE.done),
  };
}

/** Prints what the arguments ask to be told, or scans; returns the exit code. */
async function scanOrExplain(
  args: readonly string[],
  { subcommands, ...setting }: ScanSetting & {
    readonly subcommands: Subcommands;
  },
): Promise<number> {
  const { signal } = setting;
  try {
    const raw = splitArguments(args);
    const scanArgs = await untilAborted(explain(raw, subcommands), signal)
      .catch((error) => {
        if (!signal.aborted) logFailure(namedLog(raw), error);
        throw error;
      });
    return scanArgs === null ? EXIT_CODE.done : await scan(scanArgs, setting);
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error;
    printError(`pacemap: No packet sent: ${signal.reason}\n`);
    return EXIT_CODE.endedEarly;
  }
}

/** The log file of a command line that may not be read any further. */
function namedLog({ texts }: RawArguments): NamedPath | null {
  return logFileOf({
    logFile: texts.get("logFile")?.[0] ?? null,
    logDirectory: texts.get("logDirectory")?.[0] ?? null,
  }).file;
}

/** Prints what the arguments ask to be told, and returns null; the arguments of a scan if they ask for one. */
async function explain(
  raw: RawArguments,
  subcommands: Subcommands,
): Promise<Arguments | null> {
  if (raw.texts.has("version") && !raw.texts.has("help")) {
    printOut(`pacemap ${VERSION}\n`);
    return null;
  }
  const configPath = raw.texts.get("config")?.[0] ?? null;
  const all = await addConfigFile(SCAN_COMMAND, raw, configPath);
  if (raw.texts.has("help")) {
    const commands = { ...subcommands, [COMPLETION]: completionCommand() };
    printOut(helpText(commands, selectModules(all)));
    return null;
  }
  const args = readArguments(all);
  const list = await listText(args);
  if (list !== null) {
    printOut(list);
    return null;
  }
  const explanation = explainArgs(args);
  if (explanation !== null) {
    printError(explanation);
    return null;
  }
  return args;
}

/** The modules that the help explains; all other options may have any value. */
function selectModules({ texts, ...rest }: RawArguments): SelectedModules {
  const names = ["probeModule", "outputModule"] as const;
  const { values } = readArguments({
    ...rest,
    texts: new Map(names.flatMap((name) => {
      const given = texts.get(name);
      return given === undefined ? [] : [[name, given]];
    })),
  });
  const { outputModule, probeModule } = values;
  return {
    probe: requireModule(probeModule),
    outputs: outputModule.length === 0 ? ["csv"] : outputModule,
  };
}

/** What the word in the place of `--probe-args` asks to be told, or null when it asks nothing. */
function explainArgs({ values }: Arguments): string | null {
  const { explanations = {} } = requireModule(values.probeModule);
  return Object.hasOwn(explanations, values.probeArgs)
    ? explanations[values.probeArgs]!
    : null;
}

/** What one of the `--list-…` options prints, or null when none was given. */
async function listText({ values }: Arguments): Promise<string | null> {
  if (values.listOutputModules) return outputModuleList();
  if (values.listProbeModules) return probeModuleList();
  if (!values.listOutputFields) return null;
  const probeArgs = await inlineProbeArgs(values.probeArgs) ||
    requireModule(values.probeModule).exampleArgs;
  return outputFieldList(makeProbe({ ...values, probeArgs }));
}
