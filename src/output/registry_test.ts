import assert from "node:assert/strict";
import {
  findOutputFormat,
  loadOutputModules,
  OUTPUT_FORMATS,
  requireOutputModule,
} from "./registry.ts";

Deno.test("findOutputFormat() finds formats by each of their names, of which none is another's", () => {
  const names = OUTPUT_FORMATS.flatMap(({ aliases = [], name }) => [
    name,
    ...aliases,
  ]);
  assert.equal(new Set(names).size, names.length);
  for (const format of OUTPUT_FORMATS) {
    for (const name of [format.name, ...format.aliases ?? []]) {
      assert.equal(findOutputFormat(name), format);
    }
  }
  assert.equal(findOutputFormat("xml"), undefined);
});

Deno.test("loadOutputModules() loads all formats, as the registry names them", async () => {
  const modules = await loadOutputModules();
  assert.deepEqual(
    modules.map(({ name }) => name),
    OUTPUT_FORMATS.map(({ name }) => name),
  );
  for (const module of modules) {
    assert.equal(requireOutputModule(module.name), module);
    assert.match(module.help, /^Writes /);
    assert.ok(module.help.endsWith("Takes no arguments."), module.name);
  }
  await assert.rejects(loadOutputModules(["csv", "xml"]), RangeError);
});

Deno.test("docs/outputs.md lists all formats as the registry does", async () => {
  const path = new URL("../../docs/outputs.md", import.meta.url);
  const rows = Deno.readTextFileSync(path).split("\n")
    .map((line) => line.replace(/ +/g, " "))
    .filter((line) => /^\| `[a-z0-9-]+` \| /.test(line));
  const wanted = (await loadOutputModules()).map(({ name, summary }) =>
    `| \`${name}\` | ${summary} |`
  );
  const first = rows.indexOf(wanted[0]!);
  assert.deepEqual(rows.slice(first, first + wanted.length), wanted);
});
