import assert from "node:assert/strict";
import { ConfigError, PreflightError } from "../base/mod.ts";
import {
  errorReport,
  errorText,
  EXIT_CODE,
  EXIT_CODE_MEANINGS,
  printable,
} from "./terminal.ts";

Deno.test("EXIT_CODE_MEANINGS are what docs/automation.md says, for every code", () => {
  assert.deepEqual(
    EXIT_CODE_MEANINGS.map(([code]) => code),
    Object.values(EXIT_CODE),
  );
  const url = new URL("../../docs/automation.md", import.meta.url);
  const page = Deno.readTextFileSync(url);
  const [, table = ""] = page.split("## Exit codes");
  const rows = table.split("\n## ", 1)[0]!.split("\n")
    .map((line) => /^\| (\d+) +\| (.*?) +\|$/.exec(line))
    .filter((row) => row !== null)
    .map(([, code, text]) => [Number(code), text!.replaceAll("`", "")]);
  assert.deepEqual(rows, EXIT_CODE_MEANINGS);
});

Deno.test("errorReport() tells bad input, a machine that cannot, and faults apart", () => {
  const cases: [unknown, number, string][] = [
    [new ConfigError("--rate", "No", "Yes"), EXIT_CODE.badInput, "--rate"],
    [new PreflightError("route", "No", ""), EXIT_CODE.environment, "route"],
    [new Error("what"), EXIT_CODE.endedEarly, ""],
  ];
  for (const [error, exitCode, place] of cases) {
    const report = errorReport(error);
    assert.deepEqual([report.exitCode, report.place], [exitCode, place]);
    assert.match(report.text, /^pacemap: .*\n/);
  }
});

Deno.test("errorText() has the error on one line and the remedy on the next", () => {
  assert.equal(
    errorText("--rate", "Rate 5x is no number", "Give a number"),
    "pacemap: --rate: Rate 5x is no number\n  Give a number\n",
  );
  assert.equal(
    errorText("a:3", "Bad\nline", ""),
    "pacemap: a:3: Bad\\u000aline\n",
  );
});

Deno.test("printable() keeps text and replaces control characters", () => {
  assert.equal(printable("Grüße, 世界"), "Grüße, 世界");
  assert.equal(
    printable("\x1b[31m\r\x7f\x9b"),
    "\\u001b[31m\\u000d\\u007f\\u009b",
  );
  assert.equal(printable("\u202e\u2066\u200f"), "\\u202e\\u2066\\u200f");
});
