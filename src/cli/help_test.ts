import assert from "node:assert/strict";
import { findProbeModule } from "../probe/mod.ts";
import { helpText } from "./help.ts";
import { OPTION_GROUPS } from "./option_spec.ts";
import { OPTION_KEYS, OPTIONS } from "./options.ts";

const SUBCOMMANDS = {
  demo: { summary: "Show it", options: [], run: () => Promise.resolve(0) },
};

Deno.test("helpText() names every option, heading and subcommand within 80 columns", () => {
  const text = helpText(SUBCOMMANDS, null);
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

Deno.test("helpText() explains the kind of probe that is asked for", () => {
  const module = findProbeModule("tcp_synscan")!;
  assert.match(helpText({}, module), /Probe module tcp_synscan:/);
});
