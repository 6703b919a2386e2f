import { ConfigError } from "../base/mod.ts";
import { type CommandSpec, findOption, keysOf } from "./command_line.ts";
import type { OptionLevel } from "./environment.ts";
import { inputName, type NamedPath, readInput } from "./files.ts";
import { flagText, type OptionSpec } from "./option_spec.ts";
import { checkTrusted } from "./trusted_file.ts";

const LINE = /^([A-Za-z][A-Za-z0-9_-]*)(?:\s*=\s*|\s+|$)(.*)$/s;
const QUOTED = /^(["'])(.*?)\1\s*(?:#.*)?$/s;
const INCLUDE = "include";
/** Files that include each other without end are found so. */
const MAX_DEPTH = 16;

/** One option of a configuration file. */
export interface ConfigEntry {
  /** As it is written there: a long name, the beginning of one, or a short name. */
  readonly name: string;
  /** What stands behind the name, or null. */
  readonly text: string | null;
  /** File and line. */
  readonly place: string;
}

/**
 * Reads the options of a configuration file.
 *
 * @param file with the option that named it
 * @throws {ConfigError} when the file cannot be read, or a line is no option
 */
export async function readConfigFile<V>(
  spec: CommandSpec<V>,
  file: NamedPath,
): Promise<OptionLevel<V>> {
  const texts = new Map<keyof V & string, string[]>();
  const places = new Map<keyof V & string, string>();
  for (const { name, place, text } of await readEntries(file, 0)) {
    const key = keyOf(spec, { name, place });
    const { isRepeatable, long } = spec.options[key];
    const before = texts.get(key) ?? [];
    if (before.length > 0 && !isRepeatable) {
      throw new ConfigError(
        place,
        `Option "${long}" is given twice`,
        `It is in ${places.get(key)} too`,
      );
    }
    texts.set(key, [...before, argumentOf(spec.options[key], { place, text })]);
    places.set(key, place);
  }
  return { texts, places };
}

/** The argument as a command line has it. */
function argumentOf(
  { argument, long }: OptionSpec<unknown>,
  { place, text }: Pick<ConfigEntry, "place" | "text">,
): string {
  if (argument !== "") {
    if (text !== null) return text;
    throw new ConfigError(
      place,
      `Option "${long}" needs an argument`,
      `Write ${long} = ${argument}`,
    );
  }
  const found = text === null ? "" : flagText(text);
  if (found !== null) return found;
  throw new ConfigError(
    place,
    `Option "${long}" takes no argument but yes and no`,
    `Write ${long} alone, or ${long} = no`,
  );
}

/** Takes the text of a configuration file apart: `name value`, `name = value` or `name` on each line. */
export function parseConfig(text: string, path: string): ConfigEntry[] {
  const entries: ConfigEntry[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    const bare = line.trim();
    if (bare === "" || bare.startsWith("#")) continue;
    const place = `${path}:${index + 1}`;
    const match = LINE.exec(bare);
    if (match === null) {
      throw new ConfigError(
        place,
        `Cannot read "${bare}" as an option`,
        "Write NAME = VALUE, or NAME alone for an option without a value",
      );
    }
    entries.push({ name: match[1]!, text: valueOf(match[2]!, place), place });
  }
  return entries;
}

function valueOf(text: string, place: string): string | null {
  const quoted = QUOTED.exec(text);
  if (quoted !== null) return quoted[2]!;
  if (/^["']/.test(text)) {
    throw new ConfigError(
      place,
      `Cannot read ${text}: the quotes do not match`,
      "Put the whole value between two quotes of one kind",
    );
  }
  const [value = ""] = text.split("#", 1);
  return value.trim() === "" ? null : value.trim();
}

async function readEntries(
  file: NamedPath,
  depth: number,
): Promise<ConfigEntry[]> {
  checkTrusted(file);
  const text = new TextDecoder().decode(await readInput(file));
  const entries: ConfigEntry[] = [];
  for (const entry of parseConfig(text, inputName(file.path))) {
    if (entry.name !== INCLUDE) {
      entries.push(entry);
      continue;
    }
    if (entry.text === null || depth === MAX_DEPTH) {
      throw new ConfigError(
        entry.place,
        entry.text === null
          ? "The file to include is missing"
          : "Files include each other without end",
        "Write include FILE",
      );
    }
    const path = resolve(entry.text, file.path);
    entries.push(
      ...await readEntries({ option: entry.place, path }, depth + 1),
    );
  }
  return entries;
}

/** A relative path is meant from the directory of the file that names it. */
function resolve(path: string, includer: string): string {
  if (path.startsWith("/")) return path;
  return `${includer.slice(0, includer.lastIndexOf("/") + 1)}${path}`;
}

function keyOf<V>(
  spec: CommandSpec<V>,
  { name, place }: Pick<ConfigEntry, "name" | "place">,
): keyof V & string {
  let reason = `Unknown option "${name}"`;
  try {
    const key = name.length === 1
      ? keysOf(spec).find((other) => spec.options[other].short === name)
      : findOption(spec, name);
    if (key) {
      const { isCommandLineOnly, long } = spec.options[key];
      if (!isCommandLineOnly && long !== "config") return key;
      reason = long === "config"
        ? "A configuration file cannot name another one"
        : `Option "${long}" is for the command line only`;
    }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ConfigError(
      place,
      `"${name}": ${error.message}`,
      error.remedy,
      error,
    );
  }
  throw new ConfigError(
    place,
    reason,
    "Write names as in --help, without dashes",
  );
}
