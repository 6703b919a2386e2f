import assert from "node:assert/strict";
import { formatIpv6Range } from "./ipv6_range.ts";
import { parseNetwork } from "./network.ts";

Deno.test("parseNetwork() tells addresses, prefixes, host names and IPv6 apart", () => {
  assert.deepEqual(parseNetwork("10.1.2.3/8"), {
    kind: "prefix",
    prefix: { address: 0x0a00_0000, length: 8 },
  });
  assert.deepEqual(parseNetwork("www.Example.com"), {
    kind: "host-name",
    name: "www.Example.com",
    length: null,
  });
  assert.deepEqual(parseNetwork("_sip.example.com./24"), {
    kind: "host-name",
    name: "_sip.example.com.",
    length: 24,
  });
  assert.deepEqual(parseNetwork("2001:DB8::1"), {
    kind: "ipv6",
    range: {
      first: 0x2001_0db8_0000_0000_0000_0000_0000_0001n,
      last: 0x2001_0db8_0000_0000_0000_0000_0000_0001n,
    },
    zone: null,
  });
});

for (
  const [text, first, last] of [
    ["10.0.0.1-10.0.0.9", 0x0a00_0001, 0x0a00_0009],
    ["10.0.0.1 - 10.0.0.9", 0x0a00_0001, 0x0a00_0009],
    ["10.0.0.1\t-10.0.0.1", 0x0a00_0001, 0x0a00_0001],
    ["0.0.0.0-255.255.255.255", 0, 0xffff_ffff],
    ["1.2.3.0\t1.2.3.255\t24", 0x0102_0300, 0x0102_03ff],
    [
      "1.2.3.0\t1.2.3.255\t24\t3054\tA NAME\tUS\ta@b.c",
      0x0102_0300,
      0x0102_03ff,
    ],
    ["1.2.3.4 1.2.3.4 32", 0x0102_0304, 0x0102_0304],
  ] as const
) {
  Deno.test(`parseNetwork() reads the range ${JSON.stringify(text)}`, () => {
    const range = { first, last };
    assert.deepEqual(parseNetwork(text), { kind: "range", range });
  });
}

for (
  const [text, address, length] of [
    ["10.1.2.3 255.255.0.0", 0x0a01_0000, 16],
    ["10.1.2.3/255.255.0.0", 0x0a01_0000, 16],
    ["10.1.2.3 / 255.254.0.0", 0x0a00_0000, 15],
    ["10.1.2.3\t255.255.255.255", 0x0a01_0203, 32],
    ["10.1.2.3 / 24", 0x0a01_0200, 24],
    ["10.1.2.3 /24", 0x0a01_0200, 24],
    ["0.0.0.0 0.0.0.0", 0, 0],
    ["10.1.2.3/0.0.0.0", 0, 0],
    ["224.0.0.0/255.255.255.255", 0xe000_0000, 32],
  ] as const
) {
  Deno.test(`parseNetwork() reads the prefix ${JSON.stringify(text)}`, () => {
    const prefix = { address, length };
    assert.deepEqual(parseNetwork(text), { kind: "prefix", prefix });
  });
}

Deno.test("parseNetwork() says what is wrong with two addresses", () => {
  for (
    const [text, reason] of [
      ["1.2.3.9-1.2.3.4", /first address is above its last/],
      ["1.2.3.4 1.2.3.9", /1\.2\.3\.9 is not a netmask.*FIRST-LAST/],
      ["1.2.3.0/255.0.255.0", /255\.0\.255\.0 is not a netmask/],
      ["224.0.0.0 255.255.255.255", /224\.0\.0\.0-255\.255\.255\.255$/],
      ["1.2.3.0\t1.2.3.255\t23", /is not the prefix 1\.2\.2\.0\/23/],
      ["1.2.3.0/24 1.2.4.0/24", /"1\.2\.4\.0\/24" is neither/],
    ] as const
  ) assert.throws(() => parseNetwork(text), reason);
});

for (
  const [text, expected, zone] of [
    ["::", "::", null],
    ["::ffff:192.0.2.1", "::ffff:192.0.2.1", null],
    ["2001:db8::77/32", "2001:db8::/32", null],
    ["2001:db8:: / 32", "2001:db8::/32", null],
    ["::/0", "::/0", null],
    ["2001:db8::-2001:db8::9", "2001:db8::-2001:db8::9", null],
    ["::1 - ::2", "::1-::2", null],
    ["::1\t-::1", "::1", null],
    ["2001:db8::-2001:db8::ffff", "2001:db8::/112", null],
    ["fe80::1%eth0", "fe80::1", "eth0"],
    ["fe80::1%br-3f", "fe80::1", "br-3f"],
    ["fe80::%2/64", "fe80::/64", "2"],
    ["ff02::1%eth0.7", "ff02::1", "eth0.7"],
    ["fe80::1%eth0 - fe80::9", "fe80::1-fe80::9", "eth0"],
  ] as const
) {
  Deno.test(`parseNetwork() reads ${JSON.stringify(text)} of IPv6`, () => {
    const network = parseNetwork(text);
    assert.ok(network.kind === "ipv6");
    assert.equal(formatIpv6Range(network.range), expected);
    assert.equal(network.zone, zone);
  });
}

Deno.test("parseNetwork() says what is wrong with an entry of IPv6", () => {
  for (
    const [text, reason] of [
      ["2001:db8::/129", /length is above 128/],
      ["2001:db8::/x", /length must be a decimal number from 0 to 128/],
      ["2001:db8::/", /length must be a decimal number/],
      ["::9-::1", /first address is above its last/],
      ["::9-", /"" is not an IPv6 address/],
      ["2001:db8::-1.2.3.4", /"1\.2\.3\.4" is not an IPv6 address/],
      ["2001:db8::1 office", /"office" is neither a part/],
      ["2001:db8::/32 ::1", /"::1" is neither a part/],
      ["2001:db8::1%eth0", /only link-local addresses/],
      ["fe80::/9%eth0", /interface stands before the length: fe80::%eth0\/9/],
      ["fe80::1%", /"" is not the name of an interface/],
      ["fe80::1%a%b", /"a%b" is not the name of an interface/],
      ["fe80::1%sixteenlettersss", /is not the name of an interface/],
    ] as const
  ) assert.throws(() => parseNetwork(text), reason, text);
});

Deno.test("parseNetwork() takes names of hexadecimal digits for names", () => {
  for (
    const text of ["fade", "dead.beef", "cafe.babe/24", "1a", "3com.example"]
  ) {
    assert.equal(parseNetwork(text).kind, "host-name");
  }
});

for (
  const text of [
    "",
    "/24",
    "1.2.3",
    "10",
    "0x1.2.3.4",
    "1.2.3.4.",
    "1.2.3.4/33",
    "1.2.3.4/abc",
    "1.2.3.4-9",
    "1.2.3.9-1.2.3.4",
    "1.2.3.4 - 1.2.3.300",
    "1.2.3.4-1.2.3.9/30",
    "1.2.3.0/24-1.2.4.0/24",
    "1.2.3.4-1.2.3.9-1.2.3.12",
    "1.2.3.4 1.2.3.9",
    "1.2.3.0 255.0.255.0",
    "1.2.3.0/255.0.255.0",
    "1.2.3.0 0.0.0.255",
    "1.2.3.0 0.0.0.0",
    "224.0.0.0 255.255.255.255",
    "0.0.0.0 255.255.255.255",
    "1.2.3.0 24",
    "1.2.3.0 / 33",
    "1.2.3.0/24 1.2.4.0/24",
    "1.2.3.0 255.255.255.0 x",
    "1.2.3.0\t1.2.3.255\t23",
    "1.2.3.1\t1.2.3.255\t24",
    "1.2.3.0\t1.2.4.255\t24",
    "1.2.3.255\t1.2.3.0\t24",
    "1.2.3.0\t1.2.3.255\t24\tname",
    "1.2.3.0 1.2.3.255 24 7",
    "1.2.3.4 comment",
    "host.example 1.2.3.4",
    "2001:db8::/32 1.2.3.4",
    "2001:db8::-1.2.3.4",
    "1.2.3.4 ",
    " 1.2.3.4",
    "x",
    "1.2.3.4,5.6.7.8",
    "1.2.3.4:80",
    "host.123",
    "host.0xff",
    "a..b",
    "-a.example",
    "a-.example",
    "a b",
    "bücher.example",
    `${"a".repeat(64)}.example`,
    "a.".repeat(127) + "aa",
    "example.com/129",
    "example.com/x",
    "2001:db8::/129",
    "2001:db8",
    ":",
    "[::1]",
    "fe80::1%",
    "2001:db8::1%eth0",
    "1:2:3:4:5:6:7:8:9",
    "12345::",
    "::1-::2-::3",
    "::1/64-::2",
    "1.2.3.4-::1",
  ]
) {
  Deno.test(`parseNetwork() rejects ${JSON.stringify(text.slice(0, 40))}`, () => {
    assert.throws(
      () => parseNetwork(text),
      (error: Error) =>
        (error instanceof SyntaxError || error instanceof RangeError) &&
        error.message.includes(JSON.stringify(text)),
    );
  });
}
