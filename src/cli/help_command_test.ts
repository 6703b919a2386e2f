import assert from "node:assert/strict";
import { ConfigError } from "../base/mod.ts";
import { loadOutputModules } from "../output/mod.ts";
import { PROBE_MODULES } from "../probe/mod.ts";
import { readArguments, splitArguments } from "./arguments.ts";
import { helpOn } from "./help_command.ts";
import { HELP_TOPICS } from "./help_topics.ts";
import { shortHelp } from "./short_help.ts";
import { checkMistyped } from "./mistyped_command.ts";

const COMMANDS = {
  demo: {
    summary: "Show it",
    options: [],
    run: () => Promise.resolve(0),
  },
  doctor: {
    summary: "Check",
    options: "scan",
    help: "Usage: pacemap doctor\n",
    run: () => Promise.resolve(0),
  },
} as const;
const NAMES = ["config", "demo", "doctor", "resume", "status", "man", "help"];

/** The words of a command line in an example, as a shell splits them. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/(?:'[^']*'|[^\s'])+/g)]
    .map(([word]) => word.replaceAll("'", ""));
}

// The help of all formats is explained.
await loadOutputModules();

Deno.test("helpOn() explains each topic within 80 columns, with examples whose options exist", () => {
  const names = [
    ...Object.keys(HELP_TOPICS),
    ...PROBE_MODULES.map(({ name }) => name),
    ...["csv", "json"],
  ];
  for (const name of names) {
    const text = helpOn([name], COMMANDS);
    const [before = "", examples = ""] = text.split("\n\nExamples:\n");
    for (const line of before.split("\n")) {
      assert.ok(line.length <= 80, line);
    }
    const scans = examples.split("\n").flatMap((line) =>
      /(?:^|\s)pacemap (-[^|>]*)/.exec(line)?.[1] ?? []
    );
    assert.ok(scans.length > 0, text);
    for (const scan of scans) readArguments(splitArguments(wordsOf(scan)));
  }
});

Deno.test("helpOn() lists all topics, and explains commands and options", () => {
  const list = helpOn([], COMMANDS);
  for (const name of ["rate", "tcp_synscan", "json", "demo"]) {
    assert.match(list, new RegExp(`\\b${name}\\b`));
  }
  assert.equal(helpOn(["doctor"], COMMANDS), "Usage: pacemap doctor\n");
  assert.equal(helpOn(["demo"], COMMANDS), "pacemap demo: Show it\n");
  for (const word of ["--rate", "-r"]) {
    assert.match(helpOn([word], COMMANDS), /^ {2}-r, --rate <PPS> /);
  }
});

Deno.test("helpOn() names the topic that was meant", () => {
  assert.throws(
    () => helpOn(["filtres"], COMMANDS),
    (error) =>
      error instanceof ConfigError && error.option === "help" &&
      error.message === 'Unknown topic "filtres"' &&
      error.remedy === "Did you mean pacemap help filters?",
  );
  assert.throws(() => helpOn(["rate", "loss"], COMMANDS), ConfigError);
});

Deno.test("shortHelp() fits a screen of 24 lines and 80 columns", () => {
  const lines = shortHelp([...NAMES, "blocklist", "iterate", "tee"])
    .trimEnd().split("\n");
  // The last line of the screen is the next prompt.
  assert.ok(lines.length <= 23, `${lines.length} lines`);
  for (const line of lines) assert.ok(line.length <= 80, line);
});

Deno.test("checkMistyped() refuses what is nearly a command, and lets hosts through", () => {
  for (const word of ["docter", "doctr", "Doctor", "statsu", "resum", "hlep"]) {
    assert.throws(
      () => checkMistyped(word, NAMES),
      (error) =>
        error instanceof ConfigError && error.option === word &&
        error.remedy.startsWith("Did you mean pacemap "),
      word,
    );
  }
  for (
    const word of ["", "-p", "docter.", "demo.example", "192.0.2.1", "::1"]
      .concat("localhost", "example")
  ) {
    checkMistyped(word, NAMES);
  }
});
