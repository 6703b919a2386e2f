import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type RawArguments,
  SCAN_COMMAND,
  splitArguments,
} from "./arguments.ts";
import { keysOf } from "./command_line.ts";
import { configText, effectiveConfig } from "./config_command.ts";
import { parseConfig } from "./config_file.ts";

Deno.test("effectiveConfig() tells value and origin of every option", () => {
  const given = splitArguments(["-r", "500", "-O", "csv", "192.0.2.1"]);
  const raw: RawArguments = {
    ...given,
    texts: new Map([
      ...given.texts,
      ["quiet", ["no"]],
      ["cooldownTime", ["2"]],
    ]),
    places: new Map([["quiet", "PACEMAP_QUIET"], ["cooldownTime", "conf:3"]]),
  };
  const { files, options, targets } = effectiveConfig(raw, [
    { kind: "system", path: "/etc/x", isRead: false },
  ]);
  const short = (
    long: string,
  ) => [options[long]!.value, options[long]!.source, options[long]!.place];
  assert.deepEqual(short("rate"), ["500", "command-line", null]);
  assert.deepEqual(short("output-module"), [["csv"], "command-line", null]);
  assert.deepEqual(short("quiet"), [false, "environment", "PACEMAP_QUIET"]);
  assert.deepEqual(short("cooldown-time"), ["2", "file", "conf:3"]);
  assert.deepEqual(short("batch"), ["64", "default", null]);
  assert.deepEqual(short("interface"), [null, "default", null]);
  assert.equal(options.interface!.default, "from the route to the targets");
  assert.equal(options.help!.variable, null);
  assert.deepEqual(targets, ["192.0.2.1"]);
  assert.deepEqual(files, [{ kind: "system", path: "/etc/x", read: false }]);
  assert.equal(Object.keys(options).length, keysOf(SCAN_COMMAND).length);
});

Deno.test("configText() is a file of options that says the same", () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.stringMatching(/^[ "'#=a]*$/)),
      fc.boolean(),
      (notes, isQuiet) => {
        const words = [`--notes=${notes}`, "-o", "a", "-o", "b c"];
        const raw = splitArguments(isQuiet ? [...words, "-q"] : words);
        const text = configText(effectiveConfig(raw, []));
        const entries = parseConfig(text, "f").map(({ name, text }) =>
          [name, text] as const
        );
        const [first, ...rest] = entries.filter(([name]) => name === "notes");
        assert.deepEqual(rest, []);
        // Only what no file can hold is left out.
        if (first !== undefined) assert.equal(first[1], notes);
        else assert.match(notes, /["\p{C}\p{Default_Ignorable_Code_Point}]/u);
        assert.deepEqual(entries.filter(([name]) => name !== "notes"), [
          ["output-file", "a"],
          ["output-file", "b c"],
          ...(isQuiet ? [["quiet", null] as const] : []),
        ]);
      },
    ),
  );
});
