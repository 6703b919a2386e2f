import { parseArgs } from "node:util";
import { ConfigError } from "../base/mod.ts";
import { nearestName } from "./nearest.ts";
import { flagText, type OptionSpec, type OptionTable } from "./option_spec.ts";

/** What a command is called, and what it takes. */
export interface CommandSpec<V> {
  /** As users write it: `pacemap`, `pacemap blocklist`. */
  readonly name: string;
  /** What the usage line shows behind the name. */
  readonly usage: string;
  /**
   * Long names whose abbreviations stay what they are, however many other options begin so: those of the program that
   * this one takes the place of.
   *
   * @default {[]}
   */
  readonly settledNames?: ReadonlySet<string>;
  readonly options: OptionTable<V>;
}

/** The command line taken apart, values still being text. */
export interface RawArguments<V> {
  /**
   * Arguments of each option that was given: several only if it is repeatable; one text for flags, empty or
   * `FLAG_OFF`.
   */
  readonly texts: ReadonlyMap<keyof V & string, readonly string[]>;
  /** Where options stand that do not come from the command line: file and line. */
  readonly places: ReadonlyMap<keyof V & string, string>;
  /** What is no option. */
  readonly operands: readonly string[];
}

/** The command line, read. */
export interface ReadArguments<V> {
  readonly values: V;
  /** Options that were given, whatever their value. */
  readonly given: ReadonlySet<keyof V & string>;
  readonly operands: readonly string[];
}

/**
 * Takes a command line apart. Long options may be shortened as long as only one begins so.
 *
 * @throws {ConfigError} for an unknown, ambiguous or repeated option, and for a missing argument
 */
export function splitCommandLine<V>(
  spec: CommandSpec<V>,
  args: readonly string[],
): RawArguments<V> {
  const texts = new Map<keyof V & string, string[]>();
  const { positionals, tokens } = parseArgs({
    args: writeOutNames(spec, args),
    options: parserTable(spec),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const key = keysOf(spec).find((one) =>
      spec.options[one].long === token.name
    );
    if (key === undefined) throw unknownOption(spec, token.rawName);
    const text = readToken(spec.options[key], token);
    const before = texts.get(key) ?? [];
    texts.set(key, addText(spec.options[key], before, text));
  }
  return { texts, places: new Map(), operands: positionals };
}

/**
 * Reads the values of the options that were given, and takes the fallbacks of the others.
 *
 * @throws {ConfigError} for a value that its option does not take
 */
export function readCommandLine<V>(
  spec: CommandSpec<V>,
  raw: RawArguments<V>,
): ReadArguments<V> {
  const values: Partial<Record<keyof V, unknown>> = {};
  for (const key of keysOf(spec)) values[key] = readValue(spec, raw, key);
  // Each key was set to what its own OptionSpec<V[key]> returned.
  return {
    values: values as V,
    given: new Set(
      keysOf(spec).filter((key) => textsOf(spec, raw, key) !== undefined),
    ),
    operands: raw.operands,
  };
}

/** Keys of the options in the order of the help. */
export function keysOf<V>(spec: CommandSpec<V>): readonly (keyof V & string)[] {
  return Object.keys(spec.options as object) as (keyof V & string)[];
}

/**
 * The option of this long name, or the only one that begins so, or the only one of the settled names; null when there
 * is none.
 *
 * @param name without dashes
 * @throws {ConfigError} when several begin so
 */
export function findOption<V>(
  spec: CommandSpec<V>,
  name: string,
): (keyof V & string) | null {
  const keys = keysOf(spec);
  const exact = keys.find((key) => spec.options[key].long === name);
  if (exact !== undefined) return exact;
  const longer = keys.filter((key) => spec.options[key].long.startsWith(name));
  if (name === "" || longer.length === 0) return null;
  if (longer.length === 1) return longer[0]!;
  const { settledNames } = spec;
  const settled = longer.filter((key) =>
    settledNames?.has(spec.options[key].long)
  );
  if (settled.length === 1) return settled[0]!;
  const names = longer.map((key) => `--${spec.options[key].long}`);
  throw new ConfigError(
    `--${name}`,
    "Option is ambiguous",
    `Write one of ${names.join(", ")}`,
  );
}

/** Completes the names of long options, and leaves their arguments alone. */
function writeOutNames<V>(
  spec: CommandSpec<V>,
  args: readonly string[],
): string[] {
  const written: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (arg === "--") return [...written, ...args.slice(i)];
    let takesNext = false;
    if (arg.startsWith("--")) {
      const [name = ""] = arg.slice(2).split("=", 1);
      const key = findOption(spec, name);
      const hasValue = name.length + 2 < arg.length;
      takesNext = key !== null && !hasValue &&
        spec.options[key].argument !== "";
      const long = key === null ? name : spec.options[key].long;
      written.push(`--${long}${arg.slice(name.length + 2)}`);
    } else {
      takesNext = arg.startsWith("-") && endsOpen(spec, arg.slice(1));
      written.push(arg);
    }
    if (takesNext && i + 1 < args.length) written.push(args[++i]!);
  }
  return written;
}

/** Whether the last of some short options takes its argument from the next word. */
function endsOpen<V>(spec: CommandSpec<V>, letters: string): boolean {
  const keys = keysOf(spec);
  for (let i = 0; i < letters.length; i++) {
    const key = keys.find((other) => spec.options[other].short === letters[i]);
    if (key === undefined) return false;
    if (spec.options[key].argument !== "") return i === letters.length - 1;
  }
  return false;
}

/** The options as `parseArgs` has them. */
function parserTable<V>(
  spec: CommandSpec<V>,
): Record<string, { type: "boolean" | "string"; short?: string }> {
  return Object.fromEntries(
    keysOf(spec).map((key) => {
      const { argument, long, short } = spec.options[key];
      const type = argument === "" ? "boolean" : "string";
      return [long, short === "" ? { type } : { type, short }];
    }),
  );
}

/** The argument of an option as it was given; empty for a flag. */
function readToken(
  { argument, long, remedy }: OptionSpec<unknown>,
  { value }: { readonly value?: string | undefined },
): string {
  const name = `--${long}`;
  if (argument === "" && value !== undefined) {
    const text = flagText(value);
    if (text !== null) return text;
    throw new ConfigError(
      name,
      "Option takes no argument",
      `Write ${name}, or ${name}=no to take it back`,
    );
  }
  if (argument !== "" && value === undefined) {
    throw new ConfigError(name, "Argument is missing", remedy);
  }
  return value ?? "";
}

/** What an option was given so far, and another argument. */
function addText(
  { argument, isRepeatable, long }: OptionSpec<unknown>,
  before: readonly string[],
  text: string,
): string[] {
  if (argument === "") return [text];
  if (before.length > 0 && !isRepeatable) {
    const remedy = "Give it once";
    throw new ConfigError(`--${long}`, "Option is given twice", remedy);
  }
  return [...before, text];
}

/** Whether a flag was given and not taken back. */
export function isFlagSet<V>(
  { texts }: Pick<RawArguments<V>, "texts">,
  key: keyof V & string,
): boolean {
  return texts.get(key)?.[0] === "";
}

/** The words that give these options on a command line. */
export function optionWords<V>(
  spec: CommandSpec<V>,
  texts: RawArguments<V>["texts"],
): string[] {
  return keysOf(spec).flatMap((key) => {
    const { argument, long } = spec.options[key];
    return (texts.get(key) ?? []).map((text) =>
      argument === "" && text === "" ? `--${long}` : `--${long}=${text}`
    );
  });
}

/** Arguments of an option, or undefined where it was left out, or as good as that. */
function textsOf<V>(
  spec: CommandSpec<V>,
  { texts }: RawArguments<V>,
  key: keyof V & string,
): readonly string[] | undefined {
  const given = texts.get(key);
  return given?.[0] === spec.options[key].absentText ? undefined : given;
}

function readValue<V>(
  spec: CommandSpec<V>,
  raw: RawArguments<V>,
  key: keyof V & string,
): unknown {
  const option: OptionSpec<unknown> = spec.options[key];
  const texts = textsOf(spec, raw, key);
  if (texts === undefined) return option.fallback;
  try {
    return option.isRepeatable
      ? texts.flatMap((text) => option.parse(text))
      : option.parse(texts[0]!);
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof RangeError)) {
      throw error;
    }
    const name = `--${option.long}`;
    const place = raw.places.get(key);
    const message = place === undefined
      ? error.message
      : `${name}: ${error.message}`;
    throw new ConfigError(place ?? name, message, option.remedy, error);
  }
}

function unknownOption<V>(spec: CommandSpec<V>, name: string): ConfigError {
  const names = keysOf(spec).map((key) => `--${spec.options[key].long}`);
  const nearest = nearestName(name, names);
  const remedy = nearest === null
    ? `See ${spec.name} --help`
    : `Did you mean ${nearest}?`;
  return new ConfigError(name, "Unknown option", remedy);
}
