import { ConfigError } from "../base/mod.ts";
import { loadOutputModules } from "../output/mod.ts";
import { Phase } from "../scan/phase.ts";
import type { ProgramSignals } from "../signals/mod.ts";
import {
  type Arguments,
  type RawArguments,
  readArguments,
  splitArguments,
} from "./arguments.ts";
import { readBuildFacts, splitBuildWords, versionText } from "./build_facts.ts";
import { isFlagSet } from "./command_line.ts";
import { logFailure } from "./fatal_log.ts";
import type { NamedPath } from "./files.ts";
import type { CommandSource, SelectedModules, Subcommands } from "./help.ts";
import {
  makeProbe,
  outputFieldList,
  outputModuleList,
  probeModuleList,
  requireModule,
} from "./lists.ts";
import { logFileOf } from "./logging.ts";
import { OPTION_KEYS, OPTIONS } from "./options.ts";
import { checkMistyped } from "./mistyped_command.ts";
import { inlineProbeArgs } from "./probe_args.ts";
import type { ScanSetting } from "./run_scan.ts";
import { addSettings } from "./settings.ts";
import { runInterruptibly } from "./signals.ts";
import { SummaryReport } from "./summary_report.ts";
import { EXIT_CODE, printError, printOut, reportError } from "./terminal.ts";
import { untilAborted } from "./until_aborted.ts";

/** Subcommands that only this room can run, as they know all others. */
const COMPLETION = "completion";
const MANUAL = "man";
const HELP = "help";

/**
 * Runs the program: a subcommand if the first argument names one, a scan otherwise. Prints errors itself and
 * returns the exit code.
 */
export async function runCli(
  args: readonly string[],
  subcommands: CommandSource,
  signals: ProgramSignals,
): Promise<number> {
  const { commit, words } = splitBuildWords(args);
  try {
    const [name = "", ...rest] = words;
    if ((name === COMPLETION || name === MANUAL) && asksForHelp(rest)) {
      printOut((await loadCommands(subcommands))[name]!.help!);
      return EXIT_CODE.done;
    }
    if (name === COMPLETION) {
      const { completionScript } = await import("./completion.ts");
      const options = OPTION_KEYS.map((key) => OPTIONS[key]);
      const all = await loadCommands(subcommands);
      printOut(completionScript(rest[0] ?? "", options, all));
      return EXIT_CODE.done;
    }
    if (name === MANUAL) {
      checkNoArguments(rest);
      const { manualPage } = await import("./manual.ts");
      const all = await loadCommands(subcommands);
      await loadOutputModules();
      printOut(manualPage({ subcommands: all, date: "" }));
      return EXIT_CODE.done;
    }
    if (name === HELP) {
      const { helpOn } = await import("./help_command.ts");
      await loadOutputModules();
      printOut(helpOn(rest, await loadCommands(subcommands)));
      return EXIT_CODE.done;
    }
    const subcommand = await subcommands.find(name);
    if (subcommand !== undefined) return await subcommand.run(rest, signals);
    checkMistyped(name, allNames(subcommands));
    const phase = new Phase("Reading the options");
    signals.status.answerWith(() => printError(`${phase.report()}\n`));
    const summary = new SummaryReport(words);
    const setting = { commit, phase, signals, subcommands, summary };
    return await summary.around(() =>
      runInterruptibly(
        (signal) => scanOrExplain(words, { ...setting, signal }),
        signals.ends,
      )
    );
  } catch (error) {
    return reportError(error);
  }
}

/** Whether a command that has no options is asked for its help. */
function asksForHelp(words: readonly string[]): boolean {
  return words.some((word) => word === "-h" || word === "--help");
}

/** Loaded for what speaks of all commands alone. */
async function loadCommands(subcommands: CommandSource): Promise<Subcommands> {
  const { allCommands } = await import("./own_commands.ts");
  return allCommands(await subcommands.all());
}

function allNames({ names }: CommandSource): string[] {
  return [...names, COMPLETION, MANUAL, HELP];
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
  { commit, subcommands, ...setting }: ScanSetting & {
    /** The commit that an executable was built from. */
    readonly commit: string | null;
    readonly subcommands: CommandSource;
  },
): Promise<number> {
  const { signal } = setting;
  try {
    const raw = splitArguments(args);
    const explained = explain(raw, subcommands, commit);
    const scanArgs = await untilAborted(explained, signal).catch((error) => {
      if (!signal.aborted) {
        const isJson = raw.texts.get("logFormat")?.at(-1) === "json";
        logFailure(namedLog(raw), error, isJson);
      }
      throw error;
    });
    if (scanArgs === null) return EXIT_CODE.done;
    if (scanArgs.values.resume) {
      const { scanOrResume } = await import("./resume.ts");
      return await scanOrResume(scanArgs, setting);
    }
    const { scan } = await import("./run_scan.ts");
    return await scan(scanArgs, setting);
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error;
    setting.summary.setOutcome({ reason: String(signal.reason) });
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
  subcommands: CommandSource,
  commit: string | null,
): Promise<Arguments | null> {
  const isHelp = isFlagSet(raw, "help");
  if (isFlagSet(raw, "version") && !isHelp) {
    const facts = readBuildFacts(commit);
    const text = isFlagSet(raw, "json")
      ? JSON.stringify(facts)
      : versionText(facts);
    printOut(`${text}\n`);
    return null;
  }
  if (isHelp && isShortHelp(raw.words ?? [])) {
    const { shortHelp } = await import("./short_help.ts");
    printOut(shortHelp(allNames(subcommands)));
    return null;
  }
  if (isHelp) {
    const { helpText } = await import("./help.ts");
    const commands = await loadCommands(subcommands);
    const modules = selectModules(await settingsForHelp(raw));
    await loadOutputModules(modules.outputs);
    printOut(helpText(commands, modules));
    return null;
  }
  const args = readArguments(await addSettings(raw));
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

/** Whether the help was asked for as `-h`. */
function isShortHelp(words: readonly string[]): boolean {
  return !words.some((word) => /^--h(e(l(p)?)?)?$/.test(word));
}

/** All settings; those of the command line where others are wrong, as the help tells how to mend them. */
async function settingsForHelp(raw: RawArguments): Promise<RawArguments> {
  try {
    return await addSettings(raw);
  } catch (error) {
    // A file that was named is part of the question.
    if (raw.texts.has("config")) throw error;
    reportError(error);
    return raw;
  }
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
