import assert from "node:assert/strict";
import { loadOutputModules, OUTPUT_FORMATS } from "../output/mod.ts";
import { PROBE_MODULES, requireProbeModule } from "../probe/mod.ts";
import { helpText } from "./help.ts";
import { OPTION_GROUPS } from "./option_spec.ts";
import { OPTION_KEYS, OPTIONS } from "./options.ts";

const DEFAULTS = {
  probe: requireProbeModule("tcp_synscan"),
  outputs: ["csv"],
} as const;
const SUBCOMMANDS = {
  demo: { summary: "Show it", options: [], run: () => Promise.resolve(0) },
};

await loadOutputModules();

Deno.test("helpText() names every option, heading and subcommand within 80 columns", () => {
  const text = helpText(SUBCOMMANDS, DEFAULTS);
  for (const key of OPTION_KEYS) {
    const { long, short } = OPTIONS[key];
    assert.ok(
      text.includes(
        short === "" ? `\n  --${long}` : `\n  -${short}, --${long}`,
      ),
      long,
    );
  }
  for (const heading of Object.values(OPTION_GROUPS)) {
    assert.ok(text.includes(`\n${heading}\n`));
  }
  assert.match(text, /^ {2}demo {2}Show it$/m);
  for (const line of text.split("\n")) assert.ok(line.length <= 80, line);
});

Deno.test("helpText() explains the modules in use, within 80 columns", () => {
  const text = helpText({}, DEFAULTS);
  assert.match(text, /^Probe module tcp_synscan:\n {2}Sends a TCP SYN/m);
  assert.match(text, /^ {4}windows {10}MSS, window scale, SACK/m);
  assert.match(text, /^Output module csv:\n {2}Writes a line/m);
  assert.doesNotMatch(text, /^Output module json:/m);
  for (const probe of PROBE_MODULES) {
    const outputs = OUTPUT_FORMATS.map(({ name }) => name);
    const both = helpText({}, { probe, outputs });
    assert.ok(both.includes(`\nProbe module ${probe.name}:\n`));
    for (const name of outputs) {
      assert.ok(both.includes(`\nOutput module ${name}:\n  Writes `), name);
    }
    for (const line of both.split("\n")) assert.ok(line.length <= 80, line);
  }
});
