import assert from "node:assert/strict";
import { parsePrefix, prefixRange } from "./prefix.ts";

Deno.test("parsePrefix() reads addresses and prefixes and drops host bits", () => {
  assert.deepEqual(parsePrefix("192.0.2.1"), {
    address: 0xc000_0201,
    length: 32,
  });
  assert.deepEqual(parsePrefix("192.0.2.77/30"), {
    address: 0xc000_024c,
    length: 30,
  });
  assert.deepEqual(parsePrefix("255.255.255.255/0"), { address: 0, length: 0 });
  assert.deepEqual(parsePrefix("255.255.255.255/1"), {
    address: 0x8000_0000,
    length: 1,
  });
});

for (
  const [text, error, reason] of [
    ["", SyntaxError, "must have four octets"],
    ["1.2.3", SyntaxError, "must have four octets"],
    ["1.2.3.4.5", SyntaxError, "must have four octets"],
    ["1..2.3", SyntaxError, 'octet "" is not a decimal number'],
    ["0x1.2.3.4", SyntaxError, 'octet "0x1" is not a decimal number'],
    ["01.2.3.4", SyntaxError, 'octet "01" is not a decimal number'],
    ["1.2.3.-4", SyntaxError, 'octet "-4" is not a decimal number'],
    ["1.2.3.4 ", SyntaxError, 'octet "4 " is not a decimal number'],
    [" 1.2.3.4/33", RangeError, "length is above 32"],
    ["1.2.3.4/33", RangeError, "length is above 32"],
    ["1.2.3.4/", SyntaxError, "length must be a decimal number"],
    ["1.2.3.4/abc", SyntaxError, "length must be a decimal number"],
    ["1.2.3.4/31abc", SyntaxError, "length must be a decimal number"],
    ["1.2.3.4/08", SyntaxError, "length must be a decimal number"],
    ["1.2.3.4/8/8", SyntaxError, "length must be a decimal number"],
    ["/abc", SyntaxError, "length must be a decimal number"],
    ["/24", SyntaxError, "must have four octets"],
    ["1.2.3.256", RangeError, "octet 256 is above 255"],
  ] as const
) {
  Deno.test(`parsePrefix() rejects "${text}"`, () => {
    assert.throws(
      () => parsePrefix(text),
      (thrown: Error) =>
        thrown instanceof error && thrown.message.includes(reason) &&
        thrown.message.includes(JSON.stringify(text)),
    );
  });
}

Deno.test("prefixRange() gives both ends for each length", () => {
  const all = { first: 0, last: 0xffff_ffff };
  assert.deepEqual(prefixRange({ address: 0x0a00_0001, length: 0 }), all);
  const half = { first: 0x8000_0000, last: 0xffff_ffff };
  assert.deepEqual(prefixRange({ address: 0xffff_ffff, length: 1 }), half);
  const one = { first: 0xffff_ffff, last: 0xffff_ffff };
  assert.deepEqual(prefixRange({ address: 0xffff_ffff, length: 32 }), one);
});
