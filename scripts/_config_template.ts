import { OPTION_GROUPS, OPTIONS, type OptionSpec } from "../src/cli/mod.ts";
import { wrapText } from "../src/cli/wrap_text.ts";

const WIDTH = 78;
const INTRODUCTION =
  `Options of every scan on this machine, a line each: NAME = VALUE, or NAME alone where an option takes no value. As
installed nothing is set, and all is as pacemap has it by default. The command line wins.`;
/** Options that a file cannot have, or that make no scan. */
const NOT_HERE = /^(?:config|help|version|list-(?:output|probe)-.*)$/;

/** Text of a configuration file that sets nothing: every option as a comment, with what it means. */
export function configTemplate(): string {
  const options: readonly OptionSpec<unknown>[] = Object.values(OPTIONS);
  const groups = Object.entries(OPTION_GROUPS).map(([group, heading]) => {
    const entries = options
      .filter((option) => option.group === group && !NOT_HERE.test(option.long))
      .map(entry);
    return entries.length === 0
      ? ""
      : `\n## ${heading.replace(/:$/, "")}\n${entries.join("")}`;
  });
  return comment(INTRODUCTION) + groups.join("");
}

function entry(
  { argument, fallbackText, help, long }: OptionSpec<unknown>,
): string {
  const fallback = fallbackText === "" ? "" : ` (default: ${fallbackText})`;
  const value = argument === "" ? "" : ` = ${argument}`;
  return `\n${comment(help + fallback)}#${long}${value}\n`;
}

function comment(text: string): string {
  const lines = wrapText(text, WIDTH).split("\n");
  return lines.map((line) => `# ${line}\n`).join("");
}
