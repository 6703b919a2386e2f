import assert from "node:assert/strict";
import { readArguments, splitArguments } from "../cli/arguments.ts";
import type { Subcommand } from "../cli/help.ts";
import { MASSCAN_SOURCES } from "../cli/masscan/command.ts";
import { translateMasscan } from "../cli/masscan/translate.ts";
import { allCommands } from "../cli/own_commands.ts";
import { COMMANDS } from "./commands.ts";

const ALL = allCommands(await COMMANDS.all());
/** What commands take besides the options of a scan. */
const WORDS = ["--json", "--echo", "--help"];

/** The commands of a line of an example, without what a shell does around them. */
function commandsOf(line: string): string[][] {
  const parts = line.replace(/<\((.*)\)/, "| $1").split(/[|<>]/);
  return parts.map((part) =>
    [...part.trim().matchAll(/(?:'[^']*'|[^\s'])+/g)].map(([word]) =>
      word.replaceAll("'", "")
    )
  ).filter(([program, command]) =>
    program === "pacemap" || command === "pacemap"
  )
    .map((words) => words.slice(words.indexOf("pacemap") + 1));
}

async function check(name: string, rest: readonly string[]): Promise<void> {
  const command: Subcommand | undefined = ALL[name];
  if (command === undefined) readArguments(splitArguments([name, ...rest]));
  else if (name === "masscan") await translateMasscan(rest, MASSCAN_SOURCES);
  else if (command.options === "scan") {
    readArguments(splitArguments(rest.filter((word) => !WORDS.includes(word))));
  } else if (command.operands !== undefined) {
    const isOption = rest[0]!.startsWith("--");
    assert.ok(isOption || command.operands.includes(rest[0]!), rest[0]);
  } else {
    const names = command.options.flatMap((
      { long, short },
    ) => [`--${long}`, `-${short}`]);
    for (const word of rest.filter((word) => word.startsWith("-"))) {
      assert.ok([...names, ...WORDS].includes(word), `${name} ${word}`);
    }
  }
}

for (const [name, { help = "" }] of Object.entries(ALL)) {
  Deno.test(`pacemap ${name} --help has examples that this command takes`, async () => {
    assert.match(help, new RegExp(`^Usage: pacemap ${name}\\b`));
    const [, rest = ""] = help.split("\nExamples:\n");
    const lines = rest.split("\n").filter((line) => line.startsWith("  "));
    assert.ok(lines.length >= 2, help);
    const own = lines.flatMap(commandsOf).filter(([word]) => word === name);
    assert.ok(own.length >= 2, lines.join("\n"));
    for (const [command = "", ...words] of lines.flatMap(commandsOf)) {
      await check(command, words);
    }
    for (const line of help.split("\nExamples:\n")[0]!.split("\n")) {
      assert.ok(line.length <= 82, line);
    }
  });
}
