import { ConfigError } from "../base/mod.ts";
import { environmentNames } from "../link/mod.ts";
import { ARRAY_VARIABLES } from "./array_task.ts";
import { type CommandSpec, keysOf, type RawArguments } from "./command_line.ts";
import { nearestName } from "./nearest.ts";
import { FLAG_OFF, flagText, type OptionSpec } from "./option_spec.ts";

/** What the names of all variables begin with that stand for options. */
const PREFIX = "PACEMAP_";
/** What Kubernetes sets in each container for a service of the name "pacemap". */
const OF_KUBERNETES =
  /^PACEMAP_(?:SERVICE_(?:HOST|PORT(?:_\w+)?)|PORT(?:_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)?)$/;

/**
 * Variables that are read besides those of options: the terminal, where files are, who called `sudo`, systemd, which
 * task of an array this is.
 */
const OTHER_VARIABLES: readonly string[] = [
  ...["FORCE_COLOR", "LANG", "LC_ALL", "LC_CTYPE", "NO_COLOR", "TERM"],
  ...["HOME", "XDG_CONFIG_HOME", "SUDO_UID"],
  ...["NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC"],
  ...ARRAY_VARIABLES,
];

/** All variables that the program may read, sorted. */
export function permittedVariables<V>(spec: CommandSpec<V>): string[] {
  const variables = keysOf(spec).map((key) => variableOf(spec.options[key]))
    .filter((name) => name !== null);
  return [...OTHER_VARIABLES, ...variables].sort();
}

/** The environment of the process, or of a test. */
export interface Environment {
  /** Names that begin with a prefix. */
  names(prefix: string): readonly string[];
  /**
   * The value of a variable, undefined where it is not set.
   *
   * @throws {Deno.errors.NotCapable} when it may not be read
   * @throws {TypeError} when it is no text
   */
  get(name: string): string | undefined;
}

/** The environment of this process. */
export const PROCESS_ENVIRONMENT: Environment = {
  names: environmentNames,
  get: (name) => Deno.env.get(name),
};

/** Options of one origin: arguments as the command line has them, and where each stands. */
export type OptionLevel<V> = Pick<RawArguments<V>, "places" | "texts">;

/** The variable that stands for an option; null for one that only the command line has. */
export function variableOf(
  { isCommandLineOnly, long }: Pick<
    OptionSpec<unknown>,
    "isCommandLineOnly" | "long"
  >,
): string | null {
  return isCommandLineOnly
    ? null
    : `${PREFIX}${long.replaceAll("-", "_").toUpperCase()}`;
}

/**
 * The options that the environment sets. An empty variable counts as not set; of an option that may be repeated, each
 * line is one argument.
 *
 * @throws {ConfigError} for a variable that stands for no option, or has no value of the option
 */
export function readEnvironment<V>(
  spec: CommandSpec<V>,
  environment: Environment,
): OptionLevel<V> {
  const keys = new Map(
    keysOf(spec).map((key) => [variableOf(spec.options[key]), key]),
  );
  const texts = new Map<keyof V & string, readonly string[]>();
  const places = new Map<keyof V & string, string>();
  for (const name of environment.names(PREFIX)) {
    const key = keys.get(name);
    if (key === undefined) {
      if (OF_KUBERNETES.test(name)) continue;
      throw unknownVariable(name, [...keys.keys()]);
    }
    const value = valueOf(name, environment);
    if (value === "") continue;
    texts.set(key, textsOf(spec.options[key], { name, value }));
    places.set(key, name);
  }
  return { texts, places };
}

function textsOf(
  { argument, isRepeatable }: OptionSpec<unknown>,
  { name, value }: { readonly name: string; readonly value: string },
): readonly string[] {
  if (argument !== "") {
    return isRepeatable
      ? value.split("\n").filter((line) => line !== "")
      : [value];
  }
  const text = flagText(value);
  if (text !== null) return [text];
  throw new ConfigError(
    name,
    `Cannot read ${JSON.stringify(value)} as yes or no`,
    `Write yes, or ${FLAG_OFF}`,
  );
}

function valueOf(name: string, environment: Environment): string {
  try {
    return environment.get(name) ?? "";
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) {
      throw new ConfigError(
        name,
        "Deno does not let the program read this variable",
        `Add --allow-env=${name}, as deno task pacemap does, or unset the variable`,
        error,
      );
    }
    throw new ConfigError(
      name,
      "The value of the variable is no text",
      "Give it in UTF-8",
      error,
    );
  }
}

function unknownVariable(
  name: string,
  variables: readonly (string | null)[],
): ConfigError {
  const known = variables.filter((one) => one !== null);
  // The prefix is right, and would count for the length.
  const nearest = nearestName(
    name.slice(PREFIX.length).toUpperCase(),
    known.map((one) => one.slice(PREFIX.length)),
  );
  return new ConfigError(
    name,
    "No option has this variable",
    nearest === null
      ? "See pacemap config for all options, or unset the variable"
      : `Did you mean ${PREFIX}${nearest}? Correct or unset the variable`,
  );
}
