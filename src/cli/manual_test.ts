import assert from "node:assert/strict";
import { loadOutputModules, OUTPUT_FORMATS } from "../output/mod.ts";
import { PROBE_MODULES } from "../probe/mod.ts";
import { manualPage } from "./manual.ts";
import { flag } from "./option_spec.ts";
import { OPTION_KEYS, OPTIONS } from "./options.ts";
import { roffText } from "./roff.ts";

const SUBCOMMANDS = {
  tee: {
    summary: "Split",
    options: [flag({ long: "odd", short: "z", group: "other", help: "Odd" })],
    help: "Usage: pacemap tee [OPTION]...\n\nKeeps it.\n\n  --json  as JSON\n",
    run: () => Promise.resolve(0),
  },
  doctor: {
    summary: "Check it",
    options: "scan" as const,
    run: () => Promise.resolve(0),
  },
};
await loadOutputModules();
const PAGE = manualPage({ date: "2026-01-31", subcommands: SUBCOMMANDS });
/** All that the page is written in. */
const MACROS = ["TH", "SH", "SS", "TP", "PP", "br", "nf", "fi", "RS", "RE"];

Deno.test("manualPage() has every option, with its argument and default", () => {
  for (const key of OPTION_KEYS) {
    const { argument, fallbackText, help, long, short } = OPTIONS[key];
    const names = [...(short === "" ? [] : [`-${short}`]), `--${long}`]
      .map((name) => `\\fB${roffText(name)}\\fR`).join(", ");
    const value = argument === "" ? "" : ` \\fI${roffText(argument)}\\fR`;
    assert.ok(PAGE.includes(`.TP\n${names}${value}\n${roffText(help)}.`), long);
    assert.ok(PAGE.includes(roffText(fallbackText)), long);
  }
});

Deno.test("manualPage() has every command and module, and all exit codes", () => {
  assert.ok(PAGE.includes('.SS "pacemap tee"\npacemap tee [OPTION]...\n'));
  assert.ok(PAGE.includes(".TP\n\\fB\\-\\-json\\fR\nas JSON\n"));
  assert.ok(PAGE.includes("\\fB\\-z\\fR, \\fB\\-\\-odd\\fR\nOdd.\n"));
  assert.ok(PAGE.includes('.SS "pacemap doctor"\nCheck it.\n'));
  const modules = [
    ...PROBE_MODULES.map(({ name }) => name),
    ...OUTPUT_FORMATS.map(({ name }) => name),
  ];
  for (const name of modules) {
    assert.ok(PAGE.includes(`\n.SS "${roffText(name)}"\n`));
  }
  const status = PAGE.slice(PAGE.indexOf('.SH "EXIT STATUS"'));
  for (const code of [0, 1, 2, 3, 4, 130]) {
    assert.match(status, new RegExp(`^\\\\fB${code}\\\\fR\\n\\w`, "m"));
  }
});

Deno.test("manualPage() is plain ASCII, in known macros and escapes, without empty lines", () => {
  assert.match(
    PAGE,
    /^\.TH PACEMAP 1 "2026-01-31" "pacemap [\d.]+" "User Commands"\n/,
  );
  for (const line of PAGE.trimEnd().split("\n")) {
    assert.match(line, /^[\x20-\x7e]+$/, line);
    if (/^[.']/.test(line)) {
      const [, macro = ""] = /^\.(\w+)/.exec(line) ?? [];
      assert.ok(MACROS.includes(macro), line);
    }
    assert.match(line, /^(?:[^\\]|\\[-e&]|\\f[BIR]|\\\((?:ha|ti|ga|aq))*$/);
  }
});
