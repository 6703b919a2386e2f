import { ConfigError } from "../base/mod.ts";
import {
  type CommandSpec,
  findOption,
  keysOf,
  type RawArguments,
} from "./command_line.ts";
import { inputName, readInput } from "./files.ts";
import { checkTrusted } from "./trusted_file.ts";

/** Read when it exists and no other is named. */
export const DEFAULT_CONFIG_PATH = "/etc/pacemap/pacemap.conf";
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
 * Adds the options of a configuration file to those of the command line, which win.
 *
 * @param path null: the default file, if it exists
 * @throws {ConfigError} when the file cannot be read, or a line is no option
 */
export async function addConfigFile<V, Raw extends RawArguments<V>>(
  spec: CommandSpec<V>,
  raw: Raw & RawArguments<V>,
  path: string | null,
): Promise<Raw> {
  if (path === null && !await exists(DEFAULT_CONFIG_PATH)) return raw;
  const entries = await readConfigFile({
    option: "--config",
    path: path ?? DEFAULT_CONFIG_PATH,
  }, 0);
  const texts = new Map<keyof V & string, string[]>();
  const places = new Map(raw.places);
  for (const { name, place, text } of entries) {
    const key = keyOf(spec, { name, place });
    const { argument, isRepeatable, long } = spec.options[key];
    if ((text === null) !== (argument === "")) {
      throw new ConfigError(
        place,
        text === null
          ? `Option "${long}" needs an argument`
          : `Option "${long}" takes no argument`,
        text === null ? `Write ${long} = ${argument}` : `Write ${long} alone`,
      );
    }
    const before = texts.get(key) ?? [];
    if (before.length > 0 && !isRepeatable) {
      throw new ConfigError(
        place,
        `Option "${long}" is given twice`,
        `It is in ${places.get(key)} too`,
      );
    }
    if (raw.texts.has(key)) continue;
    texts.set(key, [...before, text ?? ""]);
    places.set(key, place);
  }
  return { ...raw, texts: new Map([...raw.texts, ...texts]), places };
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

async function readConfigFile(
  file: { readonly option: string; readonly path: string },
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
      ...await readConfigFile({ option: entry.place, path }, depth + 1),
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
    if (
      key !== undefined && key !== null && spec.options[key].long !== "config"
    ) {
      return key;
    }
    if (key) reason = "A configuration file cannot name another one";
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

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
