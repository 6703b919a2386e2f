import { Command, CommanderError, Option } from "commander";
import { ConfigError } from "../base/mod.ts";
import { nearestName } from "./nearest.ts";
import { OPTION_GROUPS, type OptionSpec } from "./option_spec.ts";
import {
  OPTION_KEYS,
  type OptionKey,
  OPTIONS,
  type OptionValues,
} from "./options.ts";

const HELP_WIDTH = 80;
const HELP_REMEDY = "See pacemap --help";

/** The command line taken apart, values still being text. */
export interface RawArguments {
  /** Argument of each option that was given; empty for flags. */
  readonly texts: ReadonlyMap<OptionKey, string>;
  /** Subnets, addresses and host names. */
  readonly targets: readonly string[];
}

/** The command line, read. */
export interface Arguments {
  readonly values: OptionValues;
  /** Options that were given, whatever their value. */
  readonly given: ReadonlySet<OptionKey>;
  readonly targets: readonly string[];
}

/**
 * Takes the command line apart.
 *
 * @throws {ConfigError} for an unknown or repeated option, and for a missing argument
 */
export function splitArguments(args: readonly string[]): RawArguments {
  const texts = new Map<OptionKey, string>();
  const command = createCommand();
  for (const key of OPTION_KEYS) {
    command.on(`option:${OPTIONS[key].long}`, (text?: string) => {
      if (texts.has(key) && OPTIONS[key].argument !== "") {
        throw new ConfigError(
          optionName(key),
          "Option is given twice",
          "Give it once",
        );
      }
      texts.set(key, text ?? "");
    });
  }
  try {
    command.parse(args, { from: "user" });
  } catch (error) {
    throw error instanceof CommanderError
      ? describeCommanderError(error)
      : error;
  }
  return { texts, targets: command.args };
}

/**
 * Reads the values of the options that were given, and takes the fallbacks of the others.
 *
 * @throws {ConfigError} for a value that its option does not take
 */
export function readArguments(raw: RawArguments): Arguments {
  const values: Partial<Record<OptionKey, unknown>> = {};
  for (const key of OPTION_KEYS) {
    values[key] = readValue(key, raw.texts.get(key));
  }
  // Each key was set to what its own OptionSpec<OptionValues[key]> returned.
  return {
    values: values as unknown as OptionValues,
    given: new Set(raw.texts.keys()),
    targets: raw.targets,
  };
}

/** The command with its options as commander has them; for the help and for splitting. */
export function createCommand(): Command {
  const command = new Command("pacemap")
    .usage("[OPTION]... [TARGET]...")
    .helpOption(false)
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      writeErr: () => {},
      outputError: () => {},
      getOutHelpWidth: () => HELP_WIDTH,
      getErrHelpWidth: () => HELP_WIDTH,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .argument("[targets...]")
    .action(() => {});
  for (const key of OPTION_KEYS) command.addOption(createOption(OPTIONS[key]));
  return command;
}

/** The name of an option as users write it: `--target-ports`. */
export function optionName(key: OptionKey): string {
  return `--${OPTIONS[key].long}`;
}

function createOption(spec: OptionSpec<unknown>): Option {
  const short = spec.short === "" ? "" : `-${spec.short}, `;
  const argument = spec.argument === "" ? "" : ` <${spec.argument}>`;
  const fallback = spec.fallbackText === ""
    ? ""
    : ` (default: ${spec.fallbackText})`;
  return new Option(
    `${short}--${spec.long}${argument}`,
    `${spec.help}${fallback}`,
  )
    .helpGroup(OPTION_GROUPS[spec.group]);
}

function readValue(key: OptionKey, text: string | undefined): unknown {
  const spec = OPTIONS[key];
  if (text === undefined) return spec.fallback;
  try {
    return spec.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) {
      throw new ConfigError(optionName(key), error.message, spec.remedy, error);
    }
    throw error;
  }
}

function describeCommanderError(error: CommanderError): ConfigError {
  const quoted = /'([^']*)'/.exec(error.message)?.[1] ?? "";
  if (error.code === "commander.optionMissingArgument") {
    const key = OPTION_KEYS.find((name) =>
      quoted.includes(`--${OPTIONS[name].long} `)
    );
    if (key !== undefined) {
      return new ConfigError(
        optionName(key),
        "Argument is missing",
        OPTIONS[key].remedy,
        error,
      );
    }
  }
  if (error.code !== "commander.unknownOption") {
    return new ConfigError("command line", error.message, HELP_REMEDY, error);
  }
  const [name = "", value] = quoted.startsWith("--")
    ? quoted.split("=", 2)
    : [quoted];
  const key = OPTION_KEYS.find((other) => optionName(other) === name);
  if (key !== undefined && value !== undefined) {
    return new ConfigError(
      name,
      "Option takes no argument",
      `Write ${name}`,
      error,
    );
  }
  const nearest = nearestName(name, OPTION_KEYS.map(optionName));
  const remedy = nearest === null ? HELP_REMEDY : `Did you mean ${nearest}?`;
  return new ConfigError(name, "Unknown option", remedy, error);
}
