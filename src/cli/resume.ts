import { ConfigError } from "../base/mod.ts";
import {
  type CheckpointContent,
  type HeldCheckpoint,
  MOST_LIFE_ARGS,
  openCheckpoint,
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
import { keysOf } from "./command_line.ts";
import { addConfigFile } from "./config_file.ts";
import { OPTIONS } from "./options.ts";
import { scan } from "./run_scan.ts";
import { runInterruptibly } from "./signals.ts";
import { EXIT_CODE, printError, printOut } from "./terminal.ts";
import { checkTrusted } from "./trusted_file.ts";

const HELP = `Usage: pacemap resume [FILE] [OPTION]...

Goes on with a scan that ended before all was done, however it ended. FILE is its
checkpoint, OUTPUT.pacemap; without one, the newest in this directory. Sends
again what was under way in the last moments, and adds to the same outputs.

The options of the scan are those that it began with. Others may be given, such as
--rate, --max-runtime or --interface, but none that changes what is scanned or
written: such a scan is another one, and refused.

The options: pacemap --help; how far a scan is: pacemap status FILE
`;

/** Options that a checkpoint of its own would make no sense for. */
const NOT_HERE = [
  "checkpoint",
  "noCheckpoint",
  "dryrun",
  "fastDryrun",
] as const;

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
  const given = splitArguments(words);
  if (given.texts.has("help")) {
    printOut(HELP);
    return EXIT_CODE.done;
  }
  checkGiven(given);
  return await runInterruptibly(async (signal) => {
    const path = absolutePath(given.operands[0] ?? await newestCheckpoint());
    checkTrusted({ option: path, path }, "checkpoint");
    using held = await openCheckpoint(path);
    if (held.state.phase === "done") {
      throw new ConfigError(
        path,
        "The scan is complete: nothing is left to do",
        "Start another scan, or remove the file",
      );
    }
    const { args, overrides } = await argumentsOf(held, given);
    const resumed: ResumedScan = { held, path, overrides };
    return await scan(args, { phase, signal, signals, resumed });
  }, signals.ends);
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

/** The options that the scan began with, those added by earlier runs, and those given now. */
async function argumentsOf(
  { job, state }: CheckpointContent,
  given: RawArguments,
): Promise<
  { readonly args: Arguments; readonly overrides: readonly string[] }
> {
  enter(job.directory);
  const first = splitArguments(job.args);
  const before = splitArguments(state.lives.at(-1)?.args ?? []);
  const added = new Map([...before.texts, ...given.texts]);
  const overrides = wordsOf(added);
  if (overrides.join(" ").length > MOST_LIFE_ARGS) {
    throw new ConfigError(
      "pacemap resume",
      `The options have more than ${MOST_LIFE_ARGS} characters`,
      "Give fewer of them",
    );
  }
  const texts = new Map([...first.texts, ...added]);
  const configPath = texts.get("config")?.[0] ?? null;
  const all = await addConfigFile(
    SCAN_COMMAND,
    { ...first, texts },
    configPath,
  );
  const seeded = new Map([...all.texts]);
  if (!seeded.has("seed")) seeded.set("seed", [job.seed]);
  return { args: readArguments({ ...all, texts: seeded }), overrides };
}

/** Relative paths are meant from where the scan began; on another machine from here. */
function enter(directory: string): void {
  if (Deno.cwd() === directory) return;
  try {
    Deno.chdir(directory);
  } catch {
    return;
  }
}

function wordsOf(texts: RawArguments["texts"]): string[] {
  return keysOf(SCAN_COMMAND).flatMap((key) => {
    const { argument, long } = OPTIONS[key];
    return (texts.get(key) ?? []).map((text) =>
      argument === "" ? `--${long}` : `--${long}=${text}`
    );
  });
}

function absolutePath(path: string): string {
  return path.startsWith("/") ? path : `${Deno.cwd()}/${path}`;
}

/**
 * The checkpoint in this directory that was written last.
 *
 * @throws {ConfigError} when there is none
 */
export async function newestCheckpoint(): Promise<string> {
  let newest: { readonly name: string; readonly atMs: number } | null = null;
  for await (const { isFile, name } of Deno.readDir(".")) {
    if (!isFile || !name.endsWith(CHECKPOINT_SUFFIX)) continue;
    const atMs = (await Deno.stat(name)).mtime?.getTime() ?? 0;
    if (newest === null || atMs > newest.atMs) newest = { name, atMs };
  }
  if (newest !== null) return newest.name;
  throw new ConfigError(
    "FILE",
    `No checkpoint is in this directory: no file ends in ${CHECKPOINT_SUFFIX}`,
    "Name the checkpoint",
  );
}
