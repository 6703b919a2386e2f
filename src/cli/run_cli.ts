import { ConfigError } from "../base/mod.ts";
import { Phase } from "../scan/mod.ts";
import type { ProgramSignals } from "../signals/mod.ts";
import {
  type Arguments,
  type RawArguments,
  readArguments,
  SCAN_COMMAND,
  splitArguments,
} from "./arguments.ts";
import { SHELLS } from "./shells.ts";
import { addConfigFile } from "./config_file.ts";
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
import { OPTION_KEYS, OPTIONS } from "./options.ts";
import { inlineProbeArgs } from "./probe_args.ts";
import { scan, type ScanSetting } from "./run_scan.ts";
import { runInterruptibly } from "./signals.ts";
import { EXIT_CODE, printError, printOut, reportError } from "./terminal.ts";
import { untilAborted } from "./until_aborted.ts";
import { VERSION } from "./version.ts";

/** Subcommands that only this room can run, as they know all others. */
const COMPLETION = "completion";
const MANUAL = "man";

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
      const { completionScript } = await import("./completion.ts");
      printOut(
        completionScript(rest[0] ?? "", options, allCommands(subcommands)),
      );
      return EXIT_CODE.done;
    }
    if (name === MANUAL) {
      checkNoArguments(rest);
      const { manualPage } = await import("./manual.ts");
      const all = allCommands(subcommands);
      printOut(manualPage({ subcommands: all, date: "" }));
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

/** The subcommands, and what help, completion and manual say about those that only this room can run. */
export function allCommands(subcommands: Subcommands): Subcommands {
  const describe = (summary: string): Subcommand => ({
    summary,
    options: [],
    run: () => Promise.resolve(EXIT_CODE.done),
  });
  return {
    ...subcommands,
    [COMPLETION]: describe(
      `Print a completion script for ${SHELLS.join(", ")}`,
    ),
    [MANUAL]: describe("Print the manual page, for man -l"),
  };
}

function checkNoArguments([word]: readonly string[]): void {
  if (word === undefined) return;
  throw new ConfigError(
    "man",
    `Cannot use argument "${word}": man takes none`,
    "Write pacemap man | man -l -",
  );
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
    const explained = explain(splitArguments(args), subcommands);
    const scanArgs = await untilAborted(explained, signal);
    return scanArgs === null ? EXIT_CODE.done : await scan(scanArgs, setting);
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error;
    printError(`pacemap: No packet sent: ${signal.reason}\n`);
    return EXIT_CODE.endedEarly;
  }
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
    printOut(helpText(allCommands(subcommands), selectModules(all)));
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
