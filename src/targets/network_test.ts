import assert from "node:assert/strict";
import { parseNetwork } from "./network.ts";

Deno.test("parseNetwork() tells addresses, prefixes, host names and IPv6 apart", () => {
  assert.deepEqual(parseNetwork("10.1.2.3/8"), {
    kind: "prefix",
    prefix: { address: 0x0a00_0000, length: 8 },
  });
  assert.deepEqual(parseNetwork("www.Example.com"), {
    kind: "host-name",
    name: "www.Example.com",
    length: 32,
  });
  assert.deepEqual(parseNetwork("_sip.example.com./24"), {
    kind: "host-name",
    name: "_sip.example.com.",
    length: 24,
  });
  for (const text of ["::", "2001:db8::/32", "::ffff:192.0.2.1", "fe80::1"]) {
    assert.deepEqual(parseNetwork(text), { kind: "ipv6" });
  }
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
    "1.2.3.4-1.2.3.9",
    "1.2.3.4-9",
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
    "example.com/33",
    "example.com/x",
    "2001:db8::/129",
    "2001:db8",
    ":",
    "[::1]",
    "fe80::1%eth0",
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
