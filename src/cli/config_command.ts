import { ConfigError, escapeUnsafe } from "../base/mod.ts";
import type { ProgramSignals } from "../signals/mod.ts";
import {
  type RawArguments,
  readArguments,
  splitArguments,
} from "./arguments.ts";
import { ARRAY_VARIABLES } from "./array_task.ts";
import { isFlagSet } from "./command_line.ts";
import { parseConfig } from "./config_file.ts";
import { variableOf } from "./environment.ts";
import type { OptionSpec } from "./option_spec.ts";
import { OPTION_KEYS, type OptionKey, OPTIONS } from "./options.ts";
import { gatherSettings, type OptionFile } from "./settings.ts";
import { EXIT_CODE, printable, printOut } from "./terminal.ts";

/** Text of `pacemap config --help`. */
export const CONFIG_HELP: string =
  `Usage: pacemap config [OPTION]... [TARGET]... [--json]

Shows every option of the scan that the same words would start: what is in force,
and where it comes from. Of each option the strongest place counts: the command
line, the file of --config, the environment (PACEMAP_RATE for --rate), the user's
file (~/.config/pacemap/pacemap.conf, or in $XDG_CONFIG_HOME), the system's file
(/etc/pacemap/pacemap.conf). --config replaces the files of user and system;
--no-config leaves them and the environment out. What is printed is such a file.

  --json  print one JSON object instead

Examples:
  pacemap config
  pacemap config -p 443 -r 50k -w networks.txt
  pacemap config --no-config --json

The options: pacemap --help
`;
/** Column of the origins. */
const ORIGIN_COLUMN = 40;

/** Where an option in force comes from. */
export type OptionSource =
  | "command-line"
  | "environment"
  | "file"
  | "default";

/** One option in force. */
export interface EffectiveOption {
  /** Its text, or texts where it may be repeated; null: nothing, or what the scan finds by itself. */
  readonly value: string | readonly string[] | boolean | null;
  readonly source: OptionSource;
  /** The variable, or file and line; null for the others. */
  readonly place: string | null;
  /** What holds where it is not given, for people; null: nothing. */
  readonly default: string | null;
  /** The variable that stands for it; null: it is for the command line only. */
  readonly variable: string | null;
}

/** All that `pacemap config` tells. */
export interface EffectiveConfig {
  readonly options: Readonly<Record<string, EffectiveOption>>;
  readonly targets: readonly string[];
  /** The files that were looked for, strongest first. */
  readonly files: readonly {
    readonly kind: OptionFile["kind"];
    readonly path: string;
    readonly read: boolean;
  }[];
}

/**
 * Runs `pacemap config`. Returns the exit code.
 *
 * @throws {ConfigError} for a value that its option does not take, wherever it stands
 */
export async function runConfigCommand(
  words: readonly string[],
  { ends, status }: ProgramSignals,
): Promise<number> {
  status.release();
  ends.release();
  const given = splitArguments(words);
  if (isFlagSet(given, "help")) {
    printOut(CONFIG_HELP);
    return EXIT_CODE.done;
  }
  const { files, raw } = await gatherSettings(given);
  const { values } = readArguments(raw);
  const config = effectiveConfig(raw, files);
  printOut(
    values.json
      ? `${escapeUnsafe(JSON.stringify(config))}\n`
      : configText(config),
  );
  return EXIT_CODE.done;
}

/** What is in force, from gathered settings. */
export function effectiveConfig(
  raw: RawArguments,
  files: readonly OptionFile[],
): EffectiveConfig {
  return {
    options: Object.fromEntries(
      OPTION_KEYS.map((key) => [OPTIONS[key].long, effectiveOption(raw, key)]),
    ),
    targets: raw.operands,
    files: files.map(({ isRead, kind, path }) => ({
      kind,
      path,
      read: isRead,
    })),
  };
}

function effectiveOption(
  { places, texts }: RawArguments,
  key: OptionKey,
): EffectiveOption {
  const option: OptionSpec<unknown> = OPTIONS[key];
  const given = texts.get(key);
  const place = places.get(key) ?? null;
  const variable = variableOf(option);
  return {
    value: given === undefined ? fallbackValue(option) : valueOf(option, given),
    source: given === undefined
      ? "default"
      : place === null
      ? "command-line"
      : place === variable || ARRAY_VARIABLES.includes(place)
      ? "environment"
      : "file",
    place,
    default: option.fallbackText || null,
    variable,
  };
}

function valueOf(
  { argument, isRepeatable }: OptionSpec<unknown>,
  texts: readonly string[],
): EffectiveOption["value"] {
  if (argument === "") return texts[0] === "";
  return isRepeatable ? texts : texts[0]!;
}

/** The default where its text is a value of the option, and not a description. */
function fallbackValue(option: OptionSpec<unknown>): EffectiveOption["value"] {
  const { argument, fallback, fallbackText, isRepeatable } = option;
  if (argument === "") return false;
  if (isRepeatable) return null;
  if (typeof fallback === "string") return fallback;
  try {
    const isValue = JSON.stringify(option.parse(fallbackText)) ===
      JSON.stringify(fallback);
    return fallbackText !== "" && isValue ? fallbackText : null;
  } catch {
    return null;
  }
}

/** As a file of options; what is not given stands in comments. */
export function configText(
  { files, options, targets }: EffectiveConfig,
): string {
  const lines = files.map(({ kind, path, read }) =>
    `# ${kind === "config" ? "--config" : `File of the ${kind}`}: ${path}${
      read ? "" : " (not there)"
    }`
  );
  if (targets.length > 0) lines.push(`# Targets: ${targets.join(" ")}`);
  for (const [long, option] of Object.entries(options)) {
    lines.push(...optionLines(long, option));
  }
  return lines.map((line) => `${printable(line)}\n`).join("");
}

function optionLines(
  long: string,
  { default: fallback, place, source, value, variable }: EffectiveOption,
): string[] {
  const origin = source === "default"
    ? fallback === null || fallback === value
      ? "default"
      : `default: ${fallback}`
    : source === "command-line"
    ? "command line"
    : place!;
  const values: readonly (string | boolean | null)[] = Array.isArray(value)
    ? value
    : [value];
  // What a file may not have, or need not.
  const isComment = source === "default" || variable === null ||
    long === "config";
  return values.map((one) => {
    const entry = entryOf(long, one);
    const start = isComment || entry === null
      ? `# ${entry ?? `${long} = ${JSON.stringify(one)}`}`
      : entry;
    return `${start.padEnd(ORIGIN_COLUMN - 1)} # ${origin}`;
  });
}

/** A line that a file of options may have; null for a value that none can hold. */
function entryOf(long: string, value: string | boolean | null): string | null {
  if (value === null || value === true) return long;
  if (value === false) return `${long} = no`;
  const forms = [value, `"${value}"`, `'${value}'`];
  const form = forms.find((text) => isReadAs(`${long} = ${text} # x`, value));
  return form === undefined ? null : `${long} = ${form}`;
}

function isReadAs(line: string, value: string): boolean {
  if (/[\n\r]/.test(value)) return false;
  try {
    const entries = parseConfig(line, "");
    return entries.length === 1 && entries[0]!.text === value;
  } catch (error) {
    if (error instanceof ConfigError) return false;
    throw error;
  }
}
