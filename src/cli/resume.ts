import { ConfigError } from "../base/mod.ts";
import {
  type CheckpointContent,
  type HeldCheckpoint,
  MOST_LIFE_ARGS,
  openCheckpoint,
  readCheckpoint,
} from "../checkpoint/mod.ts";
import { Phase } from "../scan/mod.ts";
import type { ProgramSignals } from "../signals/mod.ts";
import {
  type Arguments,
  type RawArguments,
  readArguments,
  SCAN_COMMAND,
  splitArguments,
} from "./arguments.ts";
import { CHECKPOINT_SUFFIX } from "./checkpoint.ts";
import { isFlagSet, optionWords } from "./command_line.ts";
import { addSettings } from "./settings.ts";
import { OPTIONS } from "./options.ts";
import { scan, type ScanSetting } from "./run_scan.ts";
import { runInterruptibly } from "./signals.ts";
import { SummaryReport } from "./summary_report.ts";
import { EXIT_CODE, printable, printError, printOut } from "./terminal.ts";
import { checkTrusted } from "./trusted_file.ts";
import { checkpointPathOf, isUnfinished } from "./unfinished.ts";

/** Text of `pacemap resume --help`. */
export const RESUME_HELP: string = `Usage: pacemap resume [FILE] [OPTION]...

Goes on with a scan that ended before all was done, however it ended. FILE is its
checkpoint, OUTPUT.pacemap; without one, the newest in this directory. Sends
again what was under way in the last moments, and adds to the same outputs.

The options of the scan are those that it began with. Others may be given, such as
--rate, --max-runtime or --interface, but none that changes what is scanned or
written: such a scan is another one, and refused.

Examples:
  pacemap resume
  pacemap resume found.csv.pacemap --rate 5k
  pacemap resume found.csv.pacemap --max-runtime 2h -i eth1

The options: pacemap --help; how far a scan is: pacemap status FILE
`;

/** Options that a checkpoint of its own would make no sense for. */
const NOT_HERE = [
  "checkpoint",
  "noCheckpoint",
  "dryrun",
  "fastDryrun",
  "overwrite",
  "resume",
] as const;
/** What the first run may have been told of where it begins. */
const OF_FIRST_RUN = ["overwrite", "resume"] as const;

/**
 * Runs `pacemap resume`. Returns the exit code.
 *
 * @throws {ConfigError} when the checkpoint cannot be used, or the scan would be another one
 */
export async function runResumeCommand(
  words: readonly string[],
  signals: ProgramSignals,
): Promise<number> {
  const phase = new Phase("Reading the checkpoint");
  signals.status.answerWith(() => printError(`${phase.report()}\n`));
  const summary = new SummaryReport(words);
  return await summary.around(async () => {
    const given = splitArguments(words);
    if (isFlagSet(given, "help")) {
      printOut(RESUME_HELP);
      return EXIT_CODE.done;
    }
    checkGiven(given);
    return await runInterruptibly(
      (signal) => goOn(given, { phase, signal, signals, summary }),
      signals.ends,
    );
  });
}

/** Goes on with the scan whose checkpoint is named, or the newest in this directory. */
async function goOn(
  given: RawArguments,
  setting: Omit<ScanSetting, "resumed">,
): Promise<number> {
  const path = absolutePath(
    given.operands[0] ?? await newestCheckpoint(".", isLeftToDo),
  );
  checkTrusted({ option: path, path }, "checkpoint");
  using held = await openCheckpoint(path);
  if (held.state.phase === "done") {
    throw new ConfigError(
      path,
      "The scan is complete: nothing is left to do",
      "Start another scan, or remove the file",
    );
  }
  const { args, overrides } = await argumentsOf({ ...held, path }, given);
  const resumed: ResumedScan = { held, path, overrides };
  return await scan(args, { ...setting, resumed });
}

/**
 * Runs a scan with `--resume`: goes on with the one of its checkpoint where that is not complete, else begins. Returns
 * the exit code.
 *
 * @throws {ConfigError} when the checkpoint cannot be used, or is that of another scan
 */
export async function scanOrResume(
  args: Arguments,
  setting: Omit<ScanSetting, "resumed">,
): Promise<number> {
  const { values } = args;
  checkResumable(args);
  const path = checkpointPathOf(values);
  if (path === null) {
    throw new ConfigError(
      "--resume",
      "Nothing tells which checkpoint is meant: no result goes to a file",
      "Name an output file, or the checkpoint with --checkpoint",
    );
  }
  if (!await isUnfinished(path)) return await scan(args, setting);
  const absolute = absolutePath(path);
  checkTrusted({ option: "--resume", path: absolute }, "checkpoint");
  using held = await openCheckpoint(absolute);
  const first = splitArguments(held.job.args).texts;
  const given = splitArguments(args.words).texts;
  const added = new Map(
    [...given].filter(([key, texts]) =>
      !NOT_HERE.some((one) => one === key) &&
      texts.join("\n") !== first.get(key)?.join("\n")
    ),
  );
  const overrides = optionWords(SCAN_COMMAND, added);
  const seed = values.seed ?? BigInt(held.job.seed);
  return await scan({ ...args, values: { ...values, seed } }, {
    ...setting,
    resumed: { held, path: absolute, overrides },
  });
}

function checkResumable({ values }: Arguments): void {
  const conflicts = [
    ["--no-checkpoint", values.noCheckpoint],
    ["--overwrite", values.overwrite],
    ["--dryrun", values.dryrun],
    ["--fast-dryrun", values.fastDryrun],
  ] as const;
  for (const [name, isGiven] of conflicts) {
    if (!isGiven) continue;
    throw new ConfigError(
      "--resume",
      `Conflicts with ${name}`,
      "Give one of them",
    );
  }
}

/** A scan that goes on. */
export interface ResumedScan {
  readonly held: HeldCheckpoint;
  /** Absolute path of the checkpoint. */
  readonly path: string;
  /** Options that were added to those that the scan began with. */
  readonly overrides: readonly string[];
}

function checkGiven({ operands, texts }: RawArguments): void {
  if (operands.length > 1) {
    throw new ConfigError(
      "FILE",
      `More than one: "${operands[0]}", "${operands[1]}"`,
      "Give one checkpoint; the targets are those that the scan began with",
    );
  }
  for (const key of NOT_HERE) {
    if (!texts.has(key)) continue;
    throw new ConfigError(
      `--${OPTIONS[key].long}`,
      "Cannot be given when a scan goes on",
      "Leave the option out",
    );
  }
}

/** A file or the environment may not add them either. */
function checkAdded({ places }: RawArguments): void {
  for (const key of NOT_HERE) {
    const place = places.get(key);
    if (place === undefined) continue;
    throw new ConfigError(
      place,
      `--${OPTIONS[key].long} cannot be given when a scan goes on`,
      "Remove it there, or give --no-config",
    );
  }
}

/** The options that the scan began with, those added by earlier runs, and those given now. */
async function argumentsOf(
  { job, path, state }: CheckpointContent & { readonly path: string },
  given: RawArguments,
): Promise<
  { readonly args: Arguments; readonly overrides: readonly string[] }
> {
  enter(directoryOf(job, path));
  const first = splitArguments(job.args);
  const before = splitArguments(state.lives.at(-1)?.args ?? []);
  const added = new Map([...before.texts, ...given.texts]);
  const overrides = optionWords(SCAN_COMMAND, added);
  if (overrides.join(" ").length > MOST_LIFE_ARGS) {
    throw new ConfigError(
      "pacemap resume",
      `The options have more than ${MOST_LIFE_ARGS} characters`,
      "Give fewer of them",
    );
  }
  const texts = new Map([...first.texts, ...added]);
  for (const key of OF_FIRST_RUN) texts.delete(key);
  // What the scan began with stands, wherever that came from then.
  const all = await addSettings({ ...first, texts });
  checkAdded(all);
  const seeded = new Map([...all.texts]);
  if (!seeded.has("seed")) seeded.set("seed", [job.seed]);
  return { args: readArguments({ ...all, texts: seeded }), overrides };
}

/**
 * The directory from which relative paths are meant: the one in which the scan began. Where its files were moved
 * together, also to another machine, it is the one that stands to the checkpoint as that did.
 */
export function directoryOf(
  { checkpoint, directory }: Pick<
    CheckpointContent["job"],
    "checkpoint" | "directory"
  >,
  path: string,
): string {
  const ending = `/${checkpoint.replace(/^(\.\/+)+/, "")}`;
  return !checkpoint.startsWith("/") && path.endsWith(ending)
    ? path.slice(0, -ending.length) || "/"
    : directory;
}

function enter(directory: string): void {
  if (Deno.cwd() === directory) return;
  try {
    Deno.chdir(directory);
  } catch {
    const text = `The scan began in "${directory}", which is not here: ` +
      `relative paths are meant from "${Deno.cwd()}"`;
    printError(`pacemap: ${printable(text)}\n`);
  }
}

function absolutePath(path: string): string {
  return path.startsWith("/") ? path : `${Deno.cwd()}/${path}`;
}

/** Whether a checkpoint is none of a scan that is complete and could not remove it. */
export async function isLeftToDo(path: string): Promise<boolean> {
  try {
    return (await readCheckpoint(path)).state.phase !== "done";
  } catch {
    // What is wrong with it is to be said.
    return true;
  }
}

/**
 * The checkpoint in a directory that was written last.
 *
 * @param isWanted tells those that are none
 * @throws {ConfigError} when there is none
 */
export async function newestCheckpoint(
  directory = ".",
  isWanted: (path: string) => Promise<boolean> = () => Promise.resolve(true),
): Promise<string> {
  const found: { readonly path: string; readonly atMs: number }[] = [];
  for await (const { isFile, name } of Deno.readDir(directory)) {
    if (!isFile || !name.endsWith(CHECKPOINT_SUFFIX)) continue;
    const path = directory === "." ? name : `${directory}/${name}`;
    const atMs = (await Deno.stat(path)).mtime?.getTime() ?? 0;
    found.push({ path, atMs });
  }
  found.sort((a, b) => b.atMs - a.atMs);
  for (const { path } of found) if (await isWanted(path)) return path;
  if (found.length > 0) {
    throw new ConfigError(
      "FILE",
      "The scans of all checkpoints in this directory are complete",
      "Name the checkpoint, if it is elsewhere",
    );
  }
  throw new ConfigError(
    "FILE",
    `No checkpoint is in this directory: no file ends in ${CHECKPOINT_SUFFIX}`,
    "Name the checkpoint",
  );
}
