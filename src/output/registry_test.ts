import assert from "node:assert/strict";
import { findOutputModule, OUTPUT_MODULES } from "./registry.ts";

Deno.test("findOutputModule() finds formats by each of their names, of which none is another's", () => {
  const names = OUTPUT_MODULES.flatMap(({ aliases = [], name }) => [
    name,
    ...aliases,
  ]);
  assert.equal(new Set(names).size, names.length);
  for (const module of OUTPUT_MODULES) {
    assert.equal(findOutputModule(module.name), module);
    for (const name of module.aliases ?? []) {
      assert.equal(findOutputModule(name), module);
    }
    assert.match(module.help, /^Writes /);
    assert.ok(module.help.endsWith("Takes no arguments."), module.name);
  }
  assert.equal(findOutputModule("xml"), undefined);
});

Deno.test("README lists all formats as the registry does", () => {
  const path = new URL("../../README.md", import.meta.url);
  const rows = Deno.readTextFileSync(path).split("\n")
    .map((line) => line.replace(/ +/g, " "))
    .filter((line) => /^\| `[a-z0-9-]+` \| /.test(line));
  const wanted = OUTPUT_MODULES.map(({ name, summary }) =>
    `| \`${name}\` | ${summary} |`
  );
  const first = rows.indexOf(wanted[0]!);
  assert.deepEqual(rows.slice(first, first + wanted.length), wanted);
});
