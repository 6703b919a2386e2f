import {
  type CommandSpec,
  type RawArguments as RawArgumentsOf,
  readCommandLine,
  splitCommandLine,
} from "./command_line.ts";
import { type OptionKey, OPTIONS, type OptionValues } from "./options.ts";

/** A scan as a command. */
export const SCAN_COMMAND: CommandSpec<OptionValues> = {
  name: "pacemap",
  usage: "[OPTION]... [TARGET]...",
  options: OPTIONS,
};

/** The command line taken apart, values still being text. */
export interface RawArguments extends RawArgumentsOf<OptionValues> {
  /** As it was given. */
  readonly words?: readonly string[];
}

/** The command line, read. */
export interface Arguments {
  readonly values: OptionValues;
  /** Options that were given, whatever their value. */
  readonly given: ReadonlySet<OptionKey>;
  /** Subnets, addresses and host names. */
  readonly targets: readonly string[];
  /** The command line as it was given. */
  readonly words: readonly string[];
}

/**
 * Takes the command line of a scan apart.
 *
 * @throws {ConfigError} for an unknown, ambiguous or repeated option, and for a missing argument
 */
export function splitArguments(args: readonly string[]): RawArguments {
  return { ...splitCommandLine(SCAN_COMMAND, args), words: args };
}

/**
 * Reads the values of the options that were given, and takes the fallbacks of the others.
 *
 * @throws {ConfigError} for a value that its option does not take
 */
export function readArguments(raw: RawArguments): Arguments {
  const { values, given, operands } = readCommandLine(SCAN_COMMAND, raw);
  return { values, given, targets: operands, words: raw.words ?? [] };
}

/** The name of an option as users write it: `--target-ports`. */
export function optionName(key: OptionKey): string {
  return `--${OPTIONS[key].long}`;
}
