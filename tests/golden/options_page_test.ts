import assert from "node:assert/strict";
import { configTemplate } from "../../scripts/_config_template.ts";
import { optionsPage } from "../../scripts/_options_page.ts";
import { parseConfig } from "../../src/cli/config_file.ts";
import { OPTIONS } from "../../src/cli/mod.ts";

Deno.test("docs/options.md is what deno task options writes", async () => {
  const path = new URL("../../docs/options.md", import.meta.url);
  assert.equal(await Deno.readTextFile(path), optionsPage());
});

Deno.test("configTemplate() sets nothing, and has every option that a file can have", () => {
  const text = configTemplate();
  assert.deepEqual(parseConfig(text, "template"), []);
  const names = [...text.matchAll(/^#([a-z0-9-]+)(?: = .*)?$/gm)]
    .map(([, name]) => name);
  const others = Object.values(OPTIONS).map(({ long }) => long)
    .filter((long) => !names.includes(long));
  assert.deepEqual(others.toSorted(), [
    ...["config", "help", "list-output-fields", "list-output-modules"],
    ...["list-probe-modules", "version"],
  ]);
  const uncommented = text.replace(/^#(?=[a-z])/gm, "");
  assert.equal(parseConfig(uncommented, "template").length, names.length);
});
