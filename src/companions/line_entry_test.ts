import assert from "node:assert/strict";
import { addressAt, NO_ADDRESS, rangeOf } from "./line_entry.ts";

const ADDRESS = 0x0a01_0203;

function find(line: string): number {
  const bytes = new TextEncoder().encode(line);
  return addressAt(bytes, 0, bytes.length);
}

for (
  const line of [
    "10.1.2.3",
    "10.1.2.3\n",
    "10.1.2.3\r\n",
    "10.1.2.3,80",
    "10.1.2.3,10.9.9.9",
    "10.1.2.3 a",
    "10.1.2.3\t# b",
    "10.1.2.3#c",
    "10.1.2.3   \r",
  ]
) {
  Deno.test(`addressAt() finds the address of ${JSON.stringify(line)}`, () => {
    assert.equal(find(line), ADDRESS);
  });
}

for (
  const line of [
    "",
    "\n",
    " 10.1.2.3",
    "10.1.2",
    "10.1.2.300",
    "10.1.2.03",
    "10.1.2.3x",
    "host.example",
    "10.1.2.3/24",
    "10.1.2.3-10.1.2.9",
    "10.1.2.3 - 10.1.2.9",
    "10.1.2.3 / 24",
    "10.1.2.3 255.255.0.0",
  ]
) {
  Deno.test(`addressAt() finds not only an address in ${JSON.stringify(line)}`, () => {
    assert.equal(find(line), NO_ADDRESS);
  });
}

for (
  const [line, first, last] of [
    ["10.1.2.3/24", 0x0a01_0200, 0x0a01_02ff],
    ["10.1.2.3/24 office", 0x0a01_0200, 0x0a01_02ff],
    ["10.1.2.3-10.1.2.9 # c", ADDRESS, 0x0a01_0209],
    ["10.1.2.3 - 10.1.2.9,c", ADDRESS, 0x0a01_0209],
    ["10.1.2.3 255.255.0.0", 0x0a01_0000, 0x0a01_ffff],
    ["10.1.2.0\t10.1.2.255\t24\t7\tA, B", 0x0a01_0200, 0x0a01_02ff],
    ["10.1.2.3 10.9.9.9 GET", ADDRESS, ADDRESS],
    ["10.1.2.3 7 hits", ADDRESS, ADDRESS],
  ] as const
) {
  Deno.test(`rangeOf() reads ${JSON.stringify(line)}`, () => {
    assert.deepEqual(rangeOf(line), { ipv4: { first, last } });
  });
}

for (
  const [line, first, last, zone] of [
    ["::1", 1n, 1n, null],
    ["::1,c", 1n, 1n, null],
    ["::/126 office # c", 0n, 3n, null],
    ["::1-::9", 1n, 9n, null],
    ["fe80::1%eth0 x", 0xfe80n << 112n | 1n, 0xfe80n << 112n | 1n, "eth0"],
  ] as const
) {
  Deno.test(`rangeOf() reads ${JSON.stringify(line)}`, () => {
    const entry = rangeOf(line);
    assert.ok(entry !== null && "ipv6" in entry);
    assert.deepEqual(entry.ipv6.range, { first, last });
    assert.equal(entry.ipv6.zone, zone);
  });
}

Deno.test("rangeOf() is null for lines of nothing like addresses", () => {
  for (
    const line of ["", "# c", "host.example", "::x", "10.1.2/24", " 10.1.2.3"]
  ) {
    assert.equal(rangeOf(line), null, line);
  }
});
