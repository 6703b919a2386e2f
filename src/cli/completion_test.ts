import assert from "node:assert/strict";
import { ConfigError } from "../base/mod.ts";
import { completionScript } from "./completion.ts";
import { flag, setting } from "./option_spec.ts";
import { OPTION_KEYS, OPTIONS } from "./options.ts";
import { SHELLS } from "./shells.ts";

const OPTION_LIST = OPTION_KEYS.map((key) => OPTIONS[key]);
const SUBCOMMANDS = {
  tee: {
    summary: "It's [a] demo: really",
    options: [flag({ long: "odd", short: "z", group: "other", help: "Don't" })],
    run: () => Promise.resolve(0),
  },
  doctor: {
    summary: "Check",
    options: "scan" as const,
    run: () => Promise.resolve(0),
  },
};

Deno.test("completionScript() names every option and subcommand", () => {
  for (const shell of SHELLS) {
    const script = completionScript(shell, OPTION_LIST, SUBCOMMANDS);
    for (const { long, short } of OPTION_LIST) {
      const isNamed = shell === "fish"
        ? script.includes(`-l ${long} `)
        : script.includes(`--${long}`);
      assert.ok(isNamed, `${shell} --${long}`);
      if (short !== "") {
        const dash = shell === "fish" ? `-s ${short} ` : `-${short}`;
        assert.ok(script.includes(dash), `${shell} -${short}`);
      }
    }
    assert.ok(script.includes("tee"));
    assert.ok(script.includes("doctor"));
  }
});

Deno.test("completionScript() quotes what a shell would take for its own", () => {
  const zsh = completionScript("zsh", OPTION_LIST, SUBCOMMANDS);
  assert.ok(zsh.includes(`'tee:It'\\''s [a] demo: really'`));
  assert.ok(zsh.includes(`'[Don'\\''t]'`));
  const fish = completionScript("fish", OPTION_LIST, SUBCOMMANDS);
  assert.ok(fish.includes(`-d 'It\\'s [a] demo: really'`));
});

Deno.test("completionScript() offers values where they are few", () => {
  const option = setting({
    long: "kind",
    argument: "KIND",
    group: "other",
    help: "Kind",
    choices: ["red", "green"],
    fallback: "",
    parse: (text) => text,
  });
  assert.match(completionScript("bash", [option], {}), /-W "red green"/);
  assert.match(completionScript("zsh", [option], {}), /:KIND:\(red green\)/);
  assert.match(completionScript("fish", [option], {}), /-x -a 'red green'/);
});

Deno.test("completionScript() offers the words that a command takes", () => {
  const help = {
    summary: "Explain",
    options: [],
    operands: ["rate", "loss"],
    run: () => Promise.resolve(0),
  };
  const script = (shell: string): string =>
    completionScript(shell, [], { help });
  assert.match(script("bash"), /"help"\) words="rate loss"/);
  assert.match(
    script("zsh"),
    /_pacemap_help.*\n.*\n {4}'1:word:\(rate loss\)'/,
  );
  assert.match(script("fish"), /from help' -f -a 'rate loss'/);
});

Deno.test("completionScript() refuses other shells", () => {
  for (const shell of ["", "tcsh"]) {
    assert.throws(
      () => completionScript(shell, OPTION_LIST, {}),
      (error) => error instanceof ConfigError && /bash, zsh/.test(error.remedy),
    );
  }
});
