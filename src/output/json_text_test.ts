import assert from "node:assert/strict";
import fc from "fast-check";
import { JsonSource, jsonText } from "./json_text.ts";
import { spacedJson } from "./spaced_json.ts";

function spaced(text: string): string {
  return [...JsonSource.parse(text).spaced()].join("");
}

Deno.test("jsonText() is read back by any JSON parser", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    assert.equal(JSON.parse(jsonText(text)), text);
  }));
  assert.equal(jsonText('a/"\x1b'), '"a\\/\\"\\u001b"');
});

Deno.test("JsonSource keeps numbers as they are", () => {
  const numbers = [
    ...["0", "-0", "7", "1.0", "-0.0", "1e400", "1E+2", "1e-400", "0.10"],
    ...["9007199254740993", "18446744073709551615", "-9223372036854775808"],
    ...["123456789012345678901234567890.12345678901234567890"],
  ];
  for (const number of numbers) {
    assert.equal(spaced(number), number);
    assert.equal(
      spaced(` [${number},${number}]\n`),
      `[ ${number}, ${number} ]`,
    );
    assert.equal(spaced(`{"a":${number}}`), `{ "a": ${number} }`);
  }
});

Deno.test("JsonSource keeps the order of members, and those of the same name", () => {
  assert.equal(
    spaced('{"b":1,"2":2,"1":3,"b":4,"__proto__":null}'),
    '{ "b": 1, "2": 2, "1": 3, "b": 4, "__proto__": null }',
  );
});

Deno.test("JsonSource writes strings as all others are written", () => {
  assert.equal(
    spaced('["/\\/\\"\\\\","\\u001b\\u0041\u202e","{\\"a\\":[1,2]}",""]'),
    '[ "\\/\\/\\"\\\\", "\\u001bA\\u202e", "{\\"a\\":[1,2]}", "" ]',
  );
});

Deno.test("JsonSource writes what spacedJson() writes of the value", () => {
  const json = fc.tuple(
    fc.jsonValue(),
    fc.constantFrom(undefined, 1, "\t", "\n"),
  )
    .map(([value, blanks]) => JSON.stringify(value, null, blanks));
  fc.assert(fc.property(json, (text) => {
    // Names of members that are numbers change places in objects.
    fc.pre(!/"\d+":/.test(text) && !/-0/.test(text));
    assert.equal(spaced(text), [...spacedJson(JSON.parse(text))].join(""));
  }));
});

Deno.test("JsonSource takes JSON of any depth and length", () => {
  const depth = 50_000;
  const text = "[".repeat(depth) + "]".repeat(depth);
  assert.equal(spaced(text).length, 2 * depth + 2 * (depth - 1) + 1);
  const long = JSON.stringify(`"\\${"x".repeat(1e6)}`);
  assert.equal(spaced(long), long);
});

Deno.test("JsonSource.parse() refuses what is no JSON", () => {
  for (const text of ["", "{run: 7}", "[1,]", "01", "1 2", '"\n"', "NaN"]) {
    assert.throws(() => JsonSource.parse(text), SyntaxError, text);
  }
});
