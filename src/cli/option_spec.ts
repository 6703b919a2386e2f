/** Headings of `--help`, in this order. */
export const OPTION_GROUPS = {
  targets: "Targets:",
  sending: "Sending:",
  loss: "Loss:",
  sharding: "Order and shards:",
  network: "Network:",
  probes: "Probes:",
  output: "Results:",
  logging: "Logs and metadata:",
  other: "Other:",
} as const;

/** Key of a heading. */
export type OptionGroup = keyof typeof OPTION_GROUPS;

/** One option: all that reading the command line and writing the help have to know. */
export interface OptionSpec<T> {
  /** Without dashes, as in `target-ports`. */
  readonly long: string;
  /** One letter, or an empty string. */
  readonly short: string;
  /** What its argument is called in the help; an empty string for a flag. */
  readonly argument: string;
  readonly group: OptionGroup;
  /** One sentence without a final period. */
  readonly help: string;
  /** What a wrong value should have been, as a sentence without a final period. */
  readonly remedy: string;
  /** The value when the option is not given. */
  readonly fallback: T;
  /** The fallback as the help shows it; empty when there is nothing to show. */
  readonly fallbackText: string;
  /** An argument that means the same as leaving the option out; null when there is none. */
  readonly absentText: string | null;
  /** Whether it may be given several times; its value is then a list, to which each adds what `parse` returns. */
  readonly isRepeatable: boolean;
  /** Whether it has no meaning but on the command line, so that neither a file nor the environment may have it. */
  readonly isCommandLineOnly: boolean;
  /** The values that its argument can have, where they are few; for completion. */
  readonly choices: readonly string[];
  /**
   * Reads the argument.
   *
   * @throws {SyntaxError} when the text does not parse
   * @throws {RangeError} when the value is out of range
   */
  parse(text: string): T;
}

/** Options by key; `V` has the type of each value. */
export type OptionTable<V> = { readonly [K in keyof V]: OptionSpec<V[K]> };

/** The remedy of options that name a file. */
export const PATH_REMEDY = "Give the path of a file";

/** What `setting` needs: a whole option but for the parts that often are empty. */
export type SettingParts<T> =
  & Pick<
    OptionSpec<T>,
    "long" | "argument" | "group" | "help" | "fallback" | "parse"
  >
  & Partial<OptionSpec<T>>;

/** Makes an option with an argument. */
export function setting<T>(parts: SettingParts<T>): OptionSpec<T> {
  return {
    short: "",
    remedy: "",
    fallbackText: "",
    absentText: null,
    isRepeatable: false,
    isCommandLineOnly: false,
    choices: [],
    ...parts,
  };
}

/** How a flag is written that is not to be set, to take back what another place sets. */
export const FLAG_OFF = "no";
const ON_WORDS: readonly string[] = ["yes", "true", "on", "1"];
const OFF_WORDS: readonly string[] = [FLAG_OFF, "false", "off", "0"];

/**
 * The text of a flag that was given a value: empty where it is set, `FLAG_OFF` where it is not; null for other words.
 */
export function flagText(word: string): "" | typeof FLAG_OFF | null {
  const lower = word.toLowerCase();
  if (ON_WORDS.includes(lower)) return "";
  return OFF_WORDS.includes(lower) ? FLAG_OFF : null;
}

/** Makes an option without argument: false unless given. */
export function flag(
  parts:
    & Pick<OptionSpec<boolean>, "long" | "group" | "help">
    & Partial<OptionSpec<boolean>>,
): OptionSpec<boolean> {
  return setting({
    argument: "",
    fallback: false,
    absentText: FLAG_OFF,
    parse: () => true,
    ...parts,
  });
}
