import { ConfigError } from "../base/mod.ts";
import { type RawArguments, SCAN_COMMAND } from "./arguments.ts";
import { AUTO_SHARD, readArrayTask } from "./array_task.ts";
import { isFlagSet, optionWords } from "./command_line.ts";
import { readConfigFile } from "./config_file.ts";
import {
  type Environment,
  type OptionLevel,
  PROCESS_ENVIRONMENT,
  readEnvironment,
} from "./environment.ts";
import { cannotRead } from "./files.ts";
import type { OptionKey, OptionValues } from "./options.ts";

/** Where options stand besides the command line. */
export interface Surroundings {
  readonly environment: Environment;
  /** The file of all users; read where it exists. */
  readonly systemFile: string;
}

/** Those of this process. */
export const SURROUNDINGS: Surroundings = {
  environment: PROCESS_ENVIRONMENT,
  systemFile: "/etc/pacemap/pacemap.conf",
};

/** A file of options that was looked for. */
export interface OptionFile {
  readonly kind: "config" | "user" | "system";
  readonly path: string;
  readonly isRead: boolean;
}

/** The options of the command line and of all other places. */
export interface GatheredSettings {
  /** With `places` for what does not come from the command line, and words that say the same without any of these. */
  readonly raw: RawArguments;
  readonly files: readonly OptionFile[];
}

/**
 * Options of which at most one counts: one of a stronger place takes the place of the others of weaker places. Within
 * one place they conflict.
 */
const ALTERNATIVES: readonly (readonly OptionKey[])[] = [
  ["rate", "bandwidth"],
  ["logFile", "logDirectory"],
  ["checkpoint", "noCheckpoint"],
  ["dryrun", "fastDryrun"],
];

/**
 * Adds the options of all other places to those of the command line: of each option the strongest place counts, the
 * command line, the file of `--config`, the environment, the user's file, the system's file. A file that `--config` or
 * its variable names is read instead of the user's and the system's.
 *
 * @throws {ConfigError} when one of the places cannot be read, or has what is no option
 */
export async function addSettings(
  raw: RawArguments,
  surroundings: Surroundings = SURROUNDINGS,
): Promise<RawArguments> {
  return (await gatherSettings(raw, surroundings)).raw;
}

/**
 * As `addSettings`, and tells which files there were.
 *
 * @throws {ConfigError} as `addSettings`
 */
export async function gatherSettings(
  raw: RawArguments,
  { environment, systemFile }: Surroundings = SURROUNDINGS,
): Promise<GatheredSettings> {
  const files: OptionFile[] = [];
  const levels: OptionLevel<OptionValues>[] = [];
  const isIsolated = isFlagSet(raw, "noConfig");
  const add = async (
    kind: OptionFile["kind"],
    path: string,
    option = "configuration",
  ): Promise<void> => {
    const isRead = kind === "config" || await exists(path);
    files.push({ kind, path, isRead });
    if (isRead) {
      levels.push(await readConfigFile(SCAN_COMMAND, { option, path }));
    }
  };
  const named = raw.texts.get("config")?.[0];
  if (named !== undefined) await add("config", named, "--config");
  if (!isIsolated) {
    const variables = readEnvironment(SCAN_COMMAND, environment);
    levels.push(variables);
    const other = variables.texts.get("config")?.[0];
    if (named === undefined && other !== undefined) {
      await add("config", other, variables.places.get("config"));
    } else if (named === undefined) {
      const userFile = userFileIn(environment);
      if (userFile !== null) await add("user", userFile);
      await add("system", systemFile);
    }
  }
  const gathered = levels.reduce(addLevel, raw);
  return { raw: withArrayTask(gathered, environment), files };
}

/**
 * Replaces `--shard auto` by what the environment says. A number of shards that stands anywhere counts; only without
 * one does that of the array.
 */
function withArrayTask(
  raw: RawArguments,
  environment: Environment,
): RawArguments {
  if (raw.texts.get("shard")?.[0] !== AUTO_SHARD) return raw;
  const { shard, shards } = readArrayTask(environment, raw.texts.has("shards"));
  const texts = new Map(raw.texts).set("shard", [shard.text]);
  const places = new Map(raw.places).set("shard", shard.variable);
  if (shards !== null) {
    texts.set("shards", [shards.text]);
    places.set("shards", shards.variable);
  }
  const { operands } = raw;
  // A scan that goes on elsewhere is the same shard.
  const words = [
    ...optionWords(SCAN_COMMAND, texts),
    ...operands.length === 0 ? [] : ["--", ...operands],
  ];
  return { ...raw, texts, places, words };
}

/** Adds a weaker place. */
function addLevel(
  raw: RawArguments,
  level: OptionLevel<OptionValues>,
): RawArguments {
  const added = [...level.texts].filter(([key, texts]) =>
    !raw.texts.has(key) && !isReplaced(key, texts, raw)
  );
  if (added.length === 0) return raw;
  const places = new Map(raw.places);
  for (const [key] of added) places.set(key, level.places.get(key)!);
  return {
    ...raw,
    texts: new Map([...raw.texts, ...added]),
    places,
    words: [
      ...optionWords(SCAN_COMMAND, new Map(added)),
      ...raw.words ?? [],
    ],
  };
}

function isReplaced(
  key: OptionKey,
  texts: readonly string[],
  stronger: RawArguments,
): boolean {
  // A bandwidth is a bound of a rate that finds itself.
  const isFixedRate = (key === "rate" ? texts : stronger.texts.get("rate"))
    ?.[0] !== "auto";
  return ALTERNATIVES.some((group) =>
    group.includes(key) && (group[0] !== "rate" || isFixedRate) &&
    group.some((other) => other !== key && counts(other, stronger))
  );
}

/** Whether an option is given as something else than left out. */
function counts(key: OptionKey, { texts }: RawArguments): boolean {
  const text = texts.get(key)?.[0];
  return text !== undefined && text !== SCAN_COMMAND.options[key].absentText;
}

/** The user's file, XDG Base Directory Specification; null where no variable tells a directory. */
function userFileIn(environment: Environment): string | null {
  const read = (name: string): string => {
    try {
      return environment.get(name) ?? "";
    } catch (error) {
      throw new ConfigError(
        name,
        "Cannot read the variable, which tells where the user's file of options is",
        `Add --allow-env=${name}, as deno task pacemap does, or give --no-config`,
        error,
      );
    }
  };
  const configured = read("XDG_CONFIG_HOME");
  // Relative paths are invalid there, and to be ignored.
  if (configured.startsWith("/")) return `${configured}/pacemap/pacemap.conf`;
  const home = read("HOME");
  return home.startsWith("/") ? `${home}/.config/pacemap/pacemap.conf` : null;
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (
      error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotADirectory
    ) return false;
    throw cannotRead({ option: "configuration", path }, error);
  }
}
