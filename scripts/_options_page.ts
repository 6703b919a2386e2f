import {
  OPTION_GROUPS,
  OPTIONS,
  type OptionSpec,
  variableOf,
} from "../src/cli/mod.ts";

const INTRODUCTION = `# Options

All options of a scan, from the table that also makes \`--help\`, the manual page
and the completions. \`deno task options\` writes this page.
`;
const HEADINGS = ["option", "variable", "default", "means"];

/** Text of `docs/options.md`: every option with its variable of the environment, its default and its meaning. */
export function optionsPage(): string {
  const options: readonly OptionSpec<unknown>[] = Object.values(OPTIONS);
  const sections = Object.entries(OPTION_GROUPS).map(([group, heading]) => {
    const rows = options.filter((option) => option.group === group).map(row);
    return `\n## ${heading.replace(/:$/, "")}\n\n${table([HEADINGS, ...rows])}`;
  });
  return INTRODUCTION + sections.join("");
}

function row(option: OptionSpec<unknown>): string[] {
  const { argument, choices, fallbackText, help, long, short } = option;
  const names = `${short === "" ? "" : `-${short}, `}--${long}`;
  const variable = variableOf(option);
  const values = choices.length === 0 ? "" : `. One of ${choices.join(", ")}`;
  return [
    code(`${names}${argument === "" ? "" : ` ${argument}`}`),
    variable === null ? "" : code(variable),
    escapeMarkdown(fallbackText),
    escapeMarkdown(help + values),
  ];
}

function code(text: string): string {
  return `\`${text}\``;
}

/** A table of Markdown as `deno fmt` lays it out. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) =>
    Math.max(...rows.map((cells) => cells[column]!.length))
  );
  const [head = [], ...rest] = rows;
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(" | ")} |\n`;
  const rule = line(widths.map((width) => "-".repeat(width)));
  return line(head) + rule + rest.map(line).join("");
}

/** Characters that are more than themselves in a cell. */
function escapeMarkdown(text: string): string {
  return text.replace(/[|*_<>[\]`\\]/g, "\\$&");
}
