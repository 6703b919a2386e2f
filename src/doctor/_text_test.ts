import assert from "node:assert/strict";
import { bits, bytes, percent, roughly } from "./_text.ts";

Deno.test("roughly() keeps two digits, rounded down", () => {
  const cases = [
    [0, "0"],
    [7.4, "7"],
    [99, "99"],
    [100, "100"],
    [
      129,
      "120",
    ],
    [1_999, "1,900"],
    [687_654, "680,000"],
    [13_888_888, "13,000,000"],
  ];
  for (const [value, text] of cases) {
    assert.equal(roughly(value as number), text);
  }
});

Deno.test("bytes() and bits() use prefixes of three digits", () => {
  assert.equal(bytes(0), "0 B");
  assert.equal(bytes(1023), "1020 B");
  assert.equal(bytes(4 << 20), "4 MiB");
  assert.equal(bytes(22.84 * 2 ** 30), "22.8 GiB");
  assert.equal(bits(8_000_000), "8 Mbit/s");
  assert.equal(bits(999_999_999), "1 Gbit/s");
  assert.equal(bits(100e9), "100 Gbit/s");
});

Deno.test("percent() has two digits", () => {
  assert.equal(percent(0.3712), "37%");
  assert.equal(percent(0.0041), "0.41%");
  assert.equal(percent(1), "100%");
  assert.equal(percent(2.5), "250%");
});
