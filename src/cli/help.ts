import { requireOutputModule } from "../output/mod.ts";
import type { ProbeModule } from "../probe/mod.ts";
import type { ProgramSignals } from "../signals/mod.ts";
import { SCAN_COMMAND } from "./arguments.ts";
import { type CommandSpec, keysOf } from "./command_line.ts";
import { OPTION_GROUPS, type OptionSpec } from "./option_spec.ts";
import { EXIT_CODE_MEANINGS } from "./terminal.ts";
import { wrapText } from "./wrap_text.ts";

const INDENT = "  ";
/** Columns of the help. */
const WIDTH = 80;

/** A command that takes the rest of the command line: `pacemap demo`. */
export interface Subcommand {
  /** One line for the help. */
  readonly summary: string;
  /** Its options, for completion; a scan's when it takes those. */
  readonly options: readonly OptionSpec<unknown>[] | "scan";
  /** What its `--help` shows but for its options: the usage, what it does, and examples; for the manual. */
  readonly help?: string;
  /** Words that may stand behind its name, for completion. */
  readonly operands?: readonly string[];
  /** Runs it with the arguments behind its name; returns the exit code. Looks after the signals by itself. */
  run(args: string[], signals: ProgramSignals): Promise<number>;
}

/** Subcommands by name. */
export type Subcommands = Readonly<Record<string, Subcommand>>;

/** What a scan is, for the help and the manual. */
export const INTRODUCTION: string =
  `Scans addresses of IPv4 and IPv6: sends one probe to each target and reports
who answers. A TARGET is an address, a prefix such as 192.0.2.0/24 or
2001:db8::/120, a range or a host name; without any, and without a list, all
IPv4 addresses outside of the blocklist are scanned.`;

const SETTINGS = `Settings:
Every option may also stand in a file, or in the environment: PACEMAP_RATE for
--rate. pacemap config shows what is in force and where it comes from; pacemap
config --help says which of these places counts.`;

/** Command lines to begin with; the first line is a heading. */
export const EXAMPLES: string = `Examples:
  pacemap -p 443 192.0.2.0/24
  pacemap -p 80,443 -r 5000 -o results.csv -w targets.txt
  pacemap -M icmp_echoscan -O json -f "saddr ttl" -I addresses.txt`;

/** Columns of an exit code. */
const CODE_WIDTH = 3;

/** Subcommands whose code is loaded when it is asked for. */
export interface CommandSource {
  /** Names of all, in the order of the help. */
  readonly names: readonly string[];
  /** The one of this name; undefined when there is none. */
  find(name: string): Promise<Subcommand | undefined>;
  /** All, in the order of the help. */
  all(): Promise<Subcommands>;
}

/** What `--help` explains at the end. */
export interface SelectedModules {
  readonly probe: ProbeModule;
  /** Names in the registry. */
  readonly outputs: readonly string[];
}

/** Text of `--help`. */
export function helpText(
  subcommands: Subcommands,
  { outputs, probe }: SelectedModules,
): string {
  const names = Object.keys(subcommands);
  const width = Math.max(0, ...names.map((name) => name.length));
  const commands = names.map((name) =>
    `  ${name.padEnd(width)}  ${subcommands[name]!.summary}`
  );
  const usages = [
    usageLine(SCAN_COMMAND),
    ...names.map((name) => `       pacemap ${name} [OPTION]...`),
  ];
  const sections = [
    usages.join("\n"),
    INTRODUCTION,
    optionSections(SCAN_COMMAND),
    commands.length === 0 ? "" : `Commands:\n${commands.join("\n")}`,
    SETTINGS,
    EXAMPLES,
    exitCodes(),
    moduleSection("Probe", probe.name, probe.help),
    ...outputs.map((name) =>
      moduleSection("Output", name, requireOutputModule(name).help)
    ),
  ];
  return `${sections.filter((section) => section !== "").join("\n\n")}\n`;
}

function exitCodes(): string {
  const lines = EXIT_CODE_MEANINGS.map(([code, meaning]) =>
    `${INDENT}${String(code).padStart(CODE_WIDTH)}  ${meaning}`
  );
  return `Exit codes:\n${wrapText(lines.join("\n"), WIDTH)}`;
}

/** Text of `--help` of a subcommand: usage, what it does, its options, and whole command lines. */
export function commandHelp<V>(
  spec: CommandSpec<V>,
  introduction: string,
  examples: readonly string[],
): string {
  return withExamples(
    `${usageLine(spec)}\n\n${introduction}\n\n${optionSections(spec)}\n`,
    examples,
  );
}

/** A help with whole command lines at its end. */
export function withExamples(
  help: string,
  examples: readonly string[],
): string {
  const lines = examples.map((line) => `${INDENT}${line}\n`);
  return `${help}\nExamples:\n${lines.join("")}`;
}

function usageLine<V>({ name, usage }: CommandSpec<V>): string {
  return `Usage: ${name} ${usage}`;
}

/** All options, under the headings of their groups. */
function optionSections<V>(spec: CommandSpec<V>): string {
  const options = keysOf(spec).map((key): OptionSpec<unknown> =>
    spec.options[key]
  );
  const width = Math.max(...options.map((option) => namesOf(option).length));
  const sections = Object.entries(OPTION_GROUPS).map(([group, heading]) => {
    const rows = options.filter((option) => option.group === group);
    return rows.length === 0 ? "" : `${heading}\n${optionRows(rows, width)}`;
  });
  return sections.filter((section) => section !== "").join("\n\n");
}

/** One row for each option: its names, in `width` columns, and what it does. */
export function optionRows(
  options: readonly OptionSpec<unknown>[],
  width: number = Math.max(...options.map((one) => namesOf(one).length)),
): string {
  const rows = options.map((option) =>
    `${INDENT}${namesOf(option).padEnd(width)}  ${explanation(option)}`
  );
  return wrapText(rows.join("\n"), WIDTH);
}

function namesOf({ argument, long, short }: OptionSpec<unknown>): string {
  const letter = short === "" ? "" : `-${short}, `;
  return `${letter}--${long}${argument === "" ? "" : ` <${argument}>`}`;
}

function explanation({ fallbackText, help }: OptionSpec<unknown>): string {
  return fallbackText === "" ? help : `${help} (default: ${fallbackText})`;
}

function moduleSection(kind: string, name: string, help: string): string {
  return helpSection(`${kind} module ${name}:`, help);
}

/** A heading, and text that is filled below it. */
export function helpSection(heading: string, help: string): string {
  const lines = wrapText(help.trim(), WIDTH - INDENT.length).split("\n");
  const body = lines.map((line) => line === "" ? "" : `${INDENT}${line}`);
  return [heading, ...body].join("\n");
}
