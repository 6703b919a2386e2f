import assert from "node:assert/strict";
import fc from "fast-check";
import { spacedJson } from "./spaced_json.ts";

function jsonOf(value: unknown): string {
  return [...spacedJson(value)].join("");
}

Deno.test("spacedJson() puts blanks where ZMap has them", () => {
  assert.equal(
    jsonOf({ a: 1, b: [1, "x/y"], c: {}, d: [], e: { f: null } }),
    '{ "a": 1, "b": [ 1, "x\\/y" ], "c": { }, "d": [ ], "e": { "f": null } }',
  );
});

Deno.test("spacedJson() writes what JSON has no words for", () => {
  assert.equal(jsonOf(-(2n ** 63n)), "-9223372036854775808");
  assert.equal(jsonOf(Uint8Array.of(2, 0, 255)), '"0200ff"');
  assert.equal(jsonOf(Uint16Array.of(80, 443)), "[ 80, 443 ]");
  assert.equal(jsonOf(new Set(["a"])), '[ "a" ]');
  assert.equal(jsonOf({ a: undefined, b: NaN }), '{ "b": null }');
});

Deno.test("spacedJson() escapes what a terminal may obey", () => {
  const value = { "a\x9b": "\x7f\u202e", b: ["\x1b", "é"] };
  const text = jsonOf(value);
  assert.equal(
    text,
    '{ "a\\u009b": "\\u007f\\u202e", "b": [ "\\u001b", "é" ] }',
  );
  assert.deepEqual(JSON.parse(text), value);
});

Deno.test("spacedJson() is read back by any JSON parser", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    const text = JSON.stringify(value);
    assert.equal(JSON.stringify(JSON.parse(jsonOf(value))), text);
  }));
});
