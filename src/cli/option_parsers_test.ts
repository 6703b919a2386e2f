import assert from "node:assert/strict";
import fc from "fast-check";
import {
  formatMac,
  parseDecimalNumber,
  parseMac,
  parseMaxTargets,
  parseNames,
  parsePath,
  parseSeed,
  parseSourcePorts,
  parseUser,
  parseWholeNumber,
  parseWindowRule,
} from "./option_parsers.ts";

const BYTE = { what: "Byte", min: 0, max: 255 };
const NOT_WHOLE = [
  "",
  " 1",
  "1 ",
  "+1",
  "01",
  "0x10",
  "1e3",
  "1.0",
  "1,000",
  "-",
  "٣",
  "1_0",
];

Deno.test("parseWholeNumber() reads decimal digits and nothing else", () => {
  assert.equal(parseWholeNumber("0", BYTE), 0);
  assert.equal(parseWholeNumber("255", BYTE), 255);
  for (const text of NOT_WHOLE) {
    assert.throws(() => parseWholeNumber(text, BYTE), SyntaxError, text);
  }
});

Deno.test("parseWholeNumber() names the limit that a value breaks", () => {
  const above = { name: "RangeError", message: "Byte 256 is above 255" };
  assert.throws(() => parseWholeNumber("256", BYTE), above);
  const below = { name: "RangeError", message: "Byte -1 is below 0" };
  assert.throws(() => parseWholeNumber("-1", BYTE), below);
  assert.throws(() => parseWholeNumber("9".repeat(400), BYTE), RangeError);
});

Deno.test("parseDecimalNumber() reads fractions", () => {
  assert.equal(parseDecimalNumber("0.5", BYTE), 0.5);
  assert.equal(parseDecimalNumber("8", BYTE), 8);
  for (const text of [".5", "5.", "1e1", "Infinity", "NaN", "0x1"]) {
    assert.throws(() => parseDecimalNumber(text, BYTE), SyntaxError, text);
  }
});

Deno.test("parseMaxTargets() takes counts, percentages and 0 for no limit", () => {
  assert.deepEqual(parseMaxTargets("5"), { amount: 5, unit: "targets" });
  assert.deepEqual(parseMaxTargets("1e6"), { amount: 1e6, unit: "targets" });
  assert.deepEqual(parseMaxTargets("1.5k"), { amount: 1500, unit: "targets" });
  assert.deepEqual(parseMaxTargets("0.0001%"), {
    amount: 0.0001,
    unit: "percent",
  });
  assert.deepEqual(parseMaxTargets("100%"), { amount: 100, unit: "percent" });
  assert.equal(parseMaxTargets("0"), null);
  assert.equal(parseMaxTargets("0%"), null);
  for (const text of ["", "%", "5x", "1%%", "0x5", "five"]) {
    assert.throws(() => parseMaxTargets(text), SyntaxError, text);
  }
  for (const text of ["-3", "0.5", "1e-2", "-1%"]) {
    assert.throws(() => parseMaxTargets(text), RangeError, text);
  }
});

Deno.test("parseMaxTargets() drops fractions and cuts what is too much", () => {
  const amountOf = (text: string): number => parseMaxTargets(text)!.amount;
  assert.equal(amountOf("5.7"), 5);
  assert.equal(amountOf("1.25e2"), 125);
  assert.equal(amountOf("1.29E+1"), 12);
  assert.equal(amountOf("5e-1%"), 0.5);
  assert.equal(amountOf("150%"), 100);
  assert.equal(amountOf("1e30"), 2 ** 48);
});

Deno.test("parseSeed() takes all numbers of 64 bits", () => {
  assert.equal(parseSeed("18446744073709551615"), (1n << 64n) - 1n);
  assert.equal(parseSeed("-1"), (1n << 64n) - 1n);
  assert.equal(parseSeed("0"), 0n);
  assert.throws(() => parseSeed("18446744073709551616"), RangeError);
  assert.throws(() => parseSeed("-9223372036854775809"), RangeError);
  assert.throws(() => parseSeed("1.5"), SyntaxError);
});

Deno.test("parseSourcePorts() takes a port or a range", () => {
  assert.deepEqual(parseSourcePorts("40000"), { first: 40000, last: 40000 });
  assert.deepEqual(parseSourcePorts("0-65535"), { first: 0, last: 65535 });
  for (const text of ["70000", "70000-70010", "80-79", "-5"]) {
    assert.throws(() => parseSourcePorts(text), text);
  }
  for (const text of ["", "-", "1-", "1-2-3", "a", "1,2"]) {
    assert.throws(() => parseSourcePorts(text), SyntaxError, text);
  }
});

Deno.test("parseMac() reads back what formatMac() wrote", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 6, maxLength: 6 }), (mac) => {
      assert.deepEqual(parseMac(formatMac(mac)), mac);
    }),
  );
  for (
    const text of [
      "",
      "00-11-22-33-44-55",
      "0:11:22:33:44:55",
      "00:11:22:33:44:55x",
    ]
  ) {
    assert.throws(() => parseMac(text), SyntaxError, text);
  }
});

Deno.test("parseNames() splits at commas and spaces", () => {
  assert.deepEqual(parseNames("a,b c, d"), ["a", "b", "c", "d"]);
  assert.throws(() => parseNames(" ,"), SyntaxError);
});

Deno.test("parsePath() refuses what cannot be a path", () => {
  assert.equal(parsePath("a b"), "a b");
  assert.throws(() => parsePath(""), SyntaxError);
  assert.throws(() => parsePath("a\0b"), SyntaxError);
});

Deno.test("parseWindowRule() reads words and interface identifiers", () => {
  assert.deepEqual(parseWindowRule("low"), { kind: "low" });
  assert.deepEqual(parseWindowRule("random"), { kind: "random" });
  for (
    const [id, interfaceId] of [
      ["53", 0x53n],
      ["1:0:0:53", 0x0001_0000_0000_0053n],
      ["::53", 0x53n],
      ["::192.0.2.1", 0xc000_0201n],
    ] as const
  ) {
    assert.deepEqual(parseWindowRule(`fixed:${id}`), {
      kind: "fixed",
      interfaceId,
    });
  }
  for (
    const text of ["", "lo", "fixed", "fixed:", "fixed:x", "fixed:12345", "53"]
  ) assert.throws(() => parseWindowRule(text), SyntaxError, text);
});

Deno.test("parseUser() takes a user, and a group besides", () => {
  for (const text of ["nobody", "65534", "scanner:scanner", "1:2"]) {
    assert.equal(parseUser(text), text);
  }
  for (const text of ["", ":", "a:", ":b", "a:b:c", "a b"]) {
    assert.throws(() => parseUser(text), { name: "SyntaxError" });
  }
});
