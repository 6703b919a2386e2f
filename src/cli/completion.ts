import { ConfigError } from "../base/mod.ts";
import type { Subcommands } from "./help.ts";
import type { OptionSpec } from "./option_spec.ts";
import { SHELLS } from "./shells.ts";

/** A command whose words are completed; the name of a scan is empty. */
interface CompletedCommand {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly OptionSpec<unknown>[];
  /** Words that may stand behind its name. */
  readonly operands: readonly string[];
}

/**
 * A script that makes a shell complete options, their values, files and subcommands.
 *
 * @param scanOptions options of a command without a subcommand
 * @throws {ConfigError} for another shell
 */
export function completionScript(
  shell: string,
  scanOptions: readonly OptionSpec<unknown>[],
  subcommands: Subcommands,
): string {
  const commands: CompletedCommand[] = [
    { name: "", summary: "Scan", options: scanOptions, operands: [] },
    ...Object.entries(subcommands).map((
      [name, { operands = [], options, summary }],
    ) => ({
      name,
      summary,
      operands,
      options: options === "scan" ? scanOptions : options,
    })),
  ];
  switch (shell) {
    case "bash":
      return bashScript(commands);
    case "zsh":
      return zshScript(commands);
    case "fish":
      return fishScript(commands);
    default:
      throw new ConfigError(
        "completion",
        shell === "" ? "The shell is missing" : `Unknown shell "${shell}"`,
        `Give one of ${SHELLS.join(", ")}`,
      );
  }
}

function bashScript(commands: readonly CompletedCommand[]): string {
  const names = commandNames(commands);
  const cases = commands.map(({ name, options }) => {
    const values = options.filter(({ argument }) => argument !== "")
      .map((option) => {
        const patterns = namesOf(option).map((word) => `"${name} ${word}"`);
        return `    ${patterns.join("|")}) ${bashValue(option)}; return ;;`;
      });
    return values.join("\n");
  });
  const words = commands.map(({ name, operands, options }) => {
    const all = [...options.flatMap(namesOf), ...operands].join(" ");
    return `    "${name}") words="${all}" ;;`;
  });
  return `# Completion of pacemap for bash: source <(pacemap completion bash)
_pacemap() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]}
  local command="" words=""
  if ((COMP_CWORD > 1)); then
    case \${COMP_WORDS[1]} in ${
    names.join("|")
  }) command=\${COMP_WORDS[1]} ;; esac
  fi
  COMPREPLY=()
  case "$command $previous" in
${cases.filter((text) => text !== "").join("\n")}
  esac
  case $command in
${words.join("\n")}
  esac
  if ((COMP_CWORD == 1)); then words+=" ${names.join(" ")}"; fi
  if [[ $command == tee && $current != -* ]]; then
    COMPREPLY=($(compgen -f -- "$current"))
  else
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  fi
}
complete -o filenames -F _pacemap pacemap
`;
}

function bashValue({ argument, choices }: OptionSpec<unknown>): string {
  if (choices.length > 0) {
    return `COMPREPLY=($(compgen -W "${choices.join(" ")}" -- "$current"))`;
  }
  if (argument === "FILE") return 'COMPREPLY=($(compgen -f -- "$current"))';
  if (argument === "DIRECTORY") {
    return 'COMPREPLY=($(compgen -d -- "$current"))';
  }
  return ":";
}

function zshScript(commands: readonly CompletedCommand[]): string {
  const named = commands.filter(({ name }) => name !== "");
  const list = named.map(({ name, summary }) =>
    `    ${zshQuote(`${name}:${summary}`)}`
  );
  const functions = commands.map(({ name, operands, options }) => {
    const lines = options.map((option) => `    ${zshOption(option)}`);
    const rest = name === "tee"
      ? "'1:file:_files'"
      : operands.length > 0
      ? zshQuote(`1:word:(${operands.join(" ")})`)
      : "'*:target:_hosts'";
    return `_pacemap_${name || "scan"}() {
  _arguments -s -S \\
${[...lines, `    ${rest}`].join(" \\\n")}
}`;
  });
  const cases = named.map(({ name }) =>
    `    ${name}) shift words; ((CURRENT--)); _pacemap_${name}; return ;;`
  );
  return `#compdef pacemap
# Completion of pacemap for zsh: pacemap completion zsh > a file _pacemap in a directory of $fpath
${functions.join("\n")}
_pacemap() {
  local -a commands=(
${list.join("\n")}
  )
  if ((CURRENT > 2)); then
    case $words[2] in
${cases.join("\n")}
    esac
  elif [[ $words[2] != -* ]]; then
    _describe command commands
  fi
  _pacemap_scan
}
if [[ $funcstack[1] == _pacemap ]]; then _pacemap "$@"; else compdef _pacemap pacemap; fi
`;
}

function zshOption(option: OptionSpec<unknown>): string {
  const { argument, choices, help, isRepeatable, long, short } = option;
  const hasArgument = argument !== "";
  const action = choices.length > 0
    ? `(${choices.join(" ")})`
    : argument === "FILE"
    ? "_files"
    : argument === "DIRECTORY"
    ? "_directories"
    : "";
  const tail = zshQuote(
    `[${escapeZsh(help)}]${
      hasArgument ? `:${escapeZsh(argument)}:${action}` : ""
    }`,
  );
  const longName = `--${long}${hasArgument ? "=" : ""}`;
  if (short === "") return `${isRepeatable ? "'*'" : ""}${longName}${tail}`;
  const both = `{-${short}${hasArgument ? "+" : ""},${longName}}`;
  const excluded = isRepeatable ? "'*'" : `'(-${short} --${long})'`;
  return `${excluded}${both}${tail}`;
}

function escapeZsh(text: string): string {
  return text.replace(/[[\]:\\]/g, "\\$&");
}

function zshQuote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function fishScript(commands: readonly CompletedCommand[]): string {
  const names = commandNames(commands);
  const start = `__fish_use_subcommand`;
  const lines = commands.flatMap(({ name, operands, options, summary }) => {
    const condition = name === ""
      ? `not __fish_seen_subcommand_from ${names.join(" ")}`
      : `__fish_seen_subcommand_from ${name}`;
    const command = name === "" ? [] : [
      `complete -c pacemap -n ${start} -f -a ${name} -d ${fishQuote(summary)}`,
    ];
    const words = operands.length === 0 ? [] : [
      `complete -c pacemap -n ${fishQuote(condition)} -f -a ${
        fishQuote(operands.join(" "))
      }`,
    ];
    return [
      ...command,
      ...words,
      ...options.map((option) =>
        `complete -c pacemap -n ${fishQuote(condition)} ${fishOption(option)}`
      ),
    ];
  });
  return `# Completion of pacemap for fish: pacemap completion fish | source
complete -c pacemap -n 'not __fish_seen_subcommand_from tee' -f
${lines.join("\n")}
`;
}

function fishOption(option: OptionSpec<unknown>): string {
  const { argument, choices, help, long, short } = option;
  const values = argument === ""
    ? []
    : choices.length > 0
    ? ["-x", "-a", fishQuote(choices.join(" "))]
    : argument === "FILE" || argument === "DIRECTORY"
    ? ["-r", "-F"]
    : ["-x"];
  return [
    ...(short === "" ? [] : ["-s", short]),
    ...["-l", long, ...values, "-d", fishQuote(help)],
  ].join(" ");
}

function fishQuote(text: string): string {
  return `'${text.replace(/['\\]/g, "\\$&")}'`;
}

function commandNames(commands: readonly CompletedCommand[]): string[] {
  return commands.map(({ name }) => name).filter((name) => name !== "");
}

/** An option as users write it: long and, if there is one, short. */
function namesOf({ long, short }: OptionSpec<unknown>): string[] {
  return short === "" ? [`--${long}`] : [`--${long}`, `-${short}`];
}
