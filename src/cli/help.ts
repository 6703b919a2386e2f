import type { ProbeModule } from "../probe/mod.ts";
import type { OptionSpec } from "./option_spec.ts";
import { createCommand } from "./arguments.ts";
import {
  type CommandSpec,
  createCommand as createCommandOf,
  HELP_WIDTH,
} from "./command_line.ts";
import type { OutputModule } from "./options/output.ts";
import { OUTPUT_HELP } from "./output_help.ts";
import { wrapText } from "./wrap_text.ts";

const INDENT = "  ";

/** A command that takes the rest of the command line: `pacemap demo`. */
export interface Subcommand {
  /** One line for the help. */
  readonly summary: string;
  /** Its options, for completion; a scan's when it takes those. */
  readonly options: readonly OptionSpec<unknown>[] | "scan";
  /** Runs it with the arguments behind its name; returns the exit code. */
  run(args: string[]): Promise<number>;
}

/** Subcommands by name. */
export type Subcommands = Readonly<Record<string, Subcommand>>;

const INTRODUCTION =
  `Scans IPv4 addresses: sends one probe to each target and reports who answers.
A TARGET is an address, a prefix such as 192.0.2.0/24 or a host name; without
any, and without a list, all addresses outside of the blocklist are scanned.`;

const EXAMPLES = `Examples:
  pacemap -p 443 192.0.2.0/24
  pacemap -p 80,443 -r 5000 -o results.csv -w targets.txt
  pacemap -M icmp_echoscan -O json -f "saddr ttl" -I addresses.txt`;

const EXIT_CODES = `Exit codes:
  0 done, 1 ended early, 2 bad input, 3 the machine cannot run this scan,
  4 done, but more was lost than --loss-target allows`;

/** What `--help` explains at the end. */
export interface SelectedModules {
  readonly probe: ProbeModule;
  readonly outputs: readonly OutputModule[];
}

/** Text of `--help`. */
export function helpText(
  subcommands: Subcommands,
  { outputs, probe }: SelectedModules,
): string {
  const [usage = "", ...options] = createCommand().helpInformation().trimEnd()
    .split("\n");
  const names = Object.keys(subcommands);
  const width = Math.max(0, ...names.map((name) => name.length));
  const commands = names.map((name) =>
    `  ${name.padEnd(width)}  ${subcommands[name]!.summary}`
  );
  const usages = [
    usage,
    ...names.map((name) => `       pacemap ${name} [OPTION]...`),
  ];
  const sections = [
    usages.join("\n"),
    INTRODUCTION,
    options.join("\n").trim(),
    commands.length === 0 ? "" : `Commands:\n${commands.join("\n")}`,
    EXAMPLES,
    EXIT_CODES,
    moduleSection("Probe", probe.name, probe.help),
    ...outputs.map((name) => moduleSection("Output", name, OUTPUT_HELP[name])),
  ];
  return `${sections.filter((section) => section !== "").join("\n\n")}\n`;
}

/** Text of `--help` of a subcommand: usage, what it does, its options. */
export function commandHelp<V>(
  spec: CommandSpec<V>,
  introduction: string,
): string {
  const [usage = "", ...options] = createCommandOf(spec).helpInformation()
    .trimEnd().split("\n");
  return `${usage}\n\n${introduction}\n\n${options.join("\n").trim()}\n`;
}

function moduleSection(kind: string, name: string, help: string): string {
  const lines = wrapText(help.trim(), HELP_WIDTH - INDENT.length).split("\n");
  const body = lines.map((line) => line === "" ? "" : `${INDENT}${line}`);
  return [`${kind} module ${name}:`, ...body].join("\n");
}
