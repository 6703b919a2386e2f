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
