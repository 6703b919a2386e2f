import { ConfigError } from "../base/mod.ts";
import {
  type CommandSpec,
  type RawArguments as RawArgumentsOf,
  readCommandLine,
  splitCommandLine,
} from "./command_line.ts";
import { type OptionKey, OPTIONS, type OptionValues } from "./options.ts";

/** The long options of ZMap 4.4, whose scripts may abbreviate them. */
const ZMAP_OPTIONS: ReadonlySet<string> = new Set(
  ("target-ports output-file blocklist-file allowlist-file list-of-ips-file rate bandwidth batch max-targets " +
    "max-runtime max-results probes cooldown-time seed retries dryrun fast-dryrun shards shard source-port " +
    "validate-source-port source-ip gateway-mac source-mac interface iplayer netmap-wait-ping probe-module " +
    "probe-args probe-ttl list-probe-modules output-fields output-module output-args output-filter " +
    "list-output-modules list-output-fields no-header-row dedup-method dedup-window-size verbosity log-file " +
    "log-directory metadata-file status-updates-file quiet disable-syslog notes user-metadata config " +
    "max-sendto-failures min-hitrate sender-threads cores ignore-blocklist-errors help version")
    .split(" "),
);

/** A scan as a command. */
export const SCAN_COMMAND: CommandSpec<OptionValues> = {
  name: "pacemap",
  usage: "[OPTION]... [TARGET]...",
  settledNames: ZMAP_OPTIONS,
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
  const raw = splitCommandLine(SCAN_COMMAND, args);
  for (const word of raw.operands) checkDash(word);
  return { ...raw, words: args };
}

/** Texts for people have other characters in the place of the hyphens before an option. */
function checkDash(word: string): void {
  const [, dashes = "", name = ""] =
    /^([^\P{Dash}-]-?)([a-z].*)$/u.exec(word) ?? [];
  if (name === "") return;
  const code = dashes.codePointAt(0)!.toString(16).toUpperCase();
  throw new ConfigError(
    word,
    `Begins with the character U+${code}, which is no hyphen`,
    `Write ${/^.(?:$|[\s=0-9])/.test(name) ? "-" : "--"}${name}`,
  );
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
