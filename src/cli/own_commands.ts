import { OUTPUT_FORMATS } from "../output/mod.ts";
import { PROBE_MODULES } from "../probe/mod.ts";
import { type Subcommand, type Subcommands, withExamples } from "./help.ts";
import { HELP_TOPICS } from "./help_topics.ts";
import { SHELLS } from "./shells.ts";
import { EXIT_CODE } from "./terminal.ts";

const COMPLETION_HELP = withExamples(
  `Usage: pacemap completion SHELL

Prints a script that makes a shell complete commands, options, their values and
files. SHELL is ${SHELLS.join(", ")}.
`,
  [
    "source <(pacemap completion bash)",
    "pacemap completion zsh > ~/.zfunc/_pacemap",
    "pacemap completion fish | source",
  ],
);

const MANUAL_HELP = withExamples(
  `Usage: pacemap man

Prints the manual page, made from the same tables as --help, in the form that man
reads.
`,
  [
    "pacemap man | man -l -",
    "pacemap man > /usr/local/share/man/man1/pacemap.1",
  ],
);

const HELP_HELP = withExamples(
  `Usage: pacemap help TOPIC

Explains a subject, a kind of probe, a format, a command or an option. Without a
topic it lists all of them.
`,
  [
    "pacemap help rate",
    "pacemap help tcp_synscan",
    "pacemap help --loss-target",
  ],
);

/** All commands: those given, and the ones that know all others, with what help, completion and manual say of them. */
export function allCommands(subcommands: Subcommands): Subcommands {
  const own = (
    facts: Pick<Subcommand, "help" | "operands" | "summary">,
  ): Subcommand => ({
    ...facts,
    options: [],
    run: () => Promise.resolve(EXIT_CODE.done),
  });
  const named = {
    ...subcommands,
    completion: own({
      summary: `Print a completion script for ${SHELLS.join(", ")}`,
      help: COMPLETION_HELP,
      operands: SHELLS,
    }),
    man: own({
      summary: "Print the manual page, for man -l",
      help: MANUAL_HELP,
    }),
  };
  const topics = [
    ...Object.keys(HELP_TOPICS),
    ...PROBE_MODULES.map(({ name }) => name),
    ...OUTPUT_FORMATS.map(({ name }) => name),
    ...Object.keys(named),
  ];
  return {
    ...named,
    help: own({
      summary: "Explain a topic: pacemap help TOPIC",
      help: HELP_HELP,
      operands: [...new Set(topics)],
    }),
  };
}
