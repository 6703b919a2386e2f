import { OUTPUT_FORMATS, requireOutputModule } from "../output/mod.ts";
import { PROBE_MODULES } from "../probe/mod.ts";
import { EXAMPLES, INTRODUCTION, type Subcommands } from "./help.ts";
import { OPTION_GROUPS, type OptionSpec } from "./option_spec.ts";
import { variableOf } from "./environment.ts";
import { OPTION_KEYS, OPTIONS } from "./options.ts";
import {
  roffBold,
  roffEntry,
  roffExample,
  roffHelp,
  roffSection,
  roffSubsection,
  roffText,
} from "./roff.ts";
import { EXIT_CODE_MEANINGS } from "./terminal.ts";
import { VERSION } from "./version.ts";

const SIGNALS = [
  [
    "SIGINT, SIGTERM, SIGHUP",
    "The first ends the scan in every phase, with all it has found; after a second one, the output gets one more " +
    "second.",
  ],
  ["SIGQUIT", "Shows the status, and what is being waited for."],
  [
    "SIGTSTP, SIGSTOP, SIGCONT",
    "Stop the scan and let it go on: no burst follows, and the time counts for no limit.",
  ],
  ["SIGUSR1, SIGUSR2", "Raise and lower the rate by 5%."],
] as const;

const FILES = [
  [
    "$XDG_CONFIG_HOME/pacemap/pacemap.conf, ~/.config/pacemap/pacemap.conf",
    "Options of the user, a line each; see pacemap config --help.",
  ],
  ["/etc/pacemap/pacemap.conf", "Options of the system, which weigh less."],
  [
    "OUTPUT.pacemap",
    "Checkpoint of a scan beside its first output file; see --checkpoint.",
  ],
] as const;

/** What the manual is made of. */
export interface ManualParts {
  /** All commands but the scan. */
  readonly subcommands: Subcommands;
  /** Day of the release, as in 2026-01-31; empty where it is not known. */
  readonly date: string;
}

/** The manual page pacemap(1), in the macros of `man(7)`, made from the tables of options, commands and modules. */
export function manualPage({ date, subcommands }: ManualParts): string {
  const scanOptions = OPTION_KEYS.map((key) => OPTIONS[key]);
  return [
    `.TH PACEMAP 1 "${date}" "pacemap ${VERSION}" "User Commands"\n`,
    roffSection("Name", "pacemap \\- scan networks of any size\n"),
    roffSection("Synopsis", synopsis(Object.keys(subcommands))),
    roffSection("Description", `${roffText(oneLine(INTRODUCTION))}\n`),
    roffSection("Options", optionGroups(scanOptions)),
    roffSection("Commands", commandSections(subcommands)),
    roffSection("Probe modules", probeSections()),
    roffSection("Output modules", outputSections()),
    roffSection("Environment", environment()),
    roffSection("Files", entries(FILES)),
    roffSection("Signals", entries(SIGNALS)),
    roffSection("Exit status", exitStatus()),
    roffSection("Examples", withoutFirstMark(roffExample(rows(EXAMPLES)))),
    roffSection(
      "See also",
      `${roffText("capabilities(7), packet(7), pcap-filter(7)")}\n`,
    ),
  ].join("");
}

function synopsis(names: readonly string[]): string {
  const commands = names.map((name) =>
    `.br\n${roffBold(`pacemap ${name}`)} [\\fIOPTION\\fR]...\n`
  );
  return `${roffBold("pacemap")} [\\fIOPTION\\fR]... [\\fITARGET\\fR]...\n${
    commands.join("")
  }`;
}

/** Options under the headings of their groups. */
function optionGroups(options: readonly OptionSpec<unknown>[]): string {
  return Object.entries(OPTION_GROUPS).map(([group, heading]) =>
    roffSubsection(
      heading.replace(/:$/, ""),
      optionEntries(options.filter((option) => option.group === group)),
    )
  ).join("");
}

function optionEntries(options: readonly OptionSpec<unknown>[]): string {
  return options.map((option) => {
    const { argument, choices, fallbackText, help, long, short } = option;
    const names = [...(short === "" ? [] : [`-${short}`]), `--${long}`];
    const value = argument === "" ? "" : ` \\fI${roffText(argument)}\\fR`;
    const facts = [
      `${help}.`,
      choices.length === 0 ? "" : ` One of ${choices.join(", ")}.`,
      fallbackText === "" ? "" : ` Default: ${fallbackText}.`,
      option.isRepeatable ? " May be given several times." : "",
    ];
    return roffEntry(
      `${names.map(roffBold).join(", ")}${value}`,
      facts.join(""),
    );
  }).join("");
}

function commandSections(subcommands: Subcommands): string {
  return Object.entries(subcommands).map(([name, command]) => {
    const { help = "", options, summary } = command;
    const [usage = "", ...text] = help.split("\n\n");
    const body = help === ""
      ? `${roffText(summary)}.\n`
      : `${roffText(usage.replace(/^Usage: /, ""))}\n${
        roffHelp(text.join("\n\n"))
      }`;
    return roffSubsection(
      `pacemap ${name}`,
      body + (options === "scan" ? "" : optionEntries(options)),
    );
  }).join("");
}

function probeSections(): string {
  return PROBE_MODULES.map(({ help, name }) =>
    roffSubsection(name, withoutFirstMark(roffHelp(help)))
  ).join("");
}

function outputSections(): string {
  return OUTPUT_FORMATS.map(({ name }) => {
    const { help } = requireOutputModule(name);
    return roffSubsection(name, withoutFirstMark(roffHelp(help)));
  }).join("");
}

/** A heading begins a paragraph by itself. */
function withoutFirstMark(roff: string): string {
  return roff.replace(/^\.PP\n/, "");
}

function environment(): string {
  const example = variableOf(OPTIONS.targetPorts);
  return `${
    roffText(
      `Every option that may stand in a file has a variable: PACEMAP_ and its long name in capitals, with _ for each hyphen, as in ${example}. ` +
        "The command line wins over it, and it over the files.",
    )
  }\n`;
}

function exitStatus(): string {
  return EXIT_CODE_MEANINGS.map(([code, meaning]) =>
    roffEntry(roffBold(String(code)), `${meaning}.`)
  ).join("");
}

function entries(table: readonly (readonly [string, string])[]): string {
  return table.map(([term, text]) => roffEntry(roffBold(term), text)).join("");
}

/** The lines below a heading. */
function rows(text: string): string[] {
  return text.split("\n").slice(1).map((line) => line.trim());
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ");
}
