import assert from "node:assert/strict";
import { parseIpv6 } from "../base/mod.ts";
import {
  formatSourceAddresses,
  parseSourceAddresses,
} from "./source_addresses.ts";

const FIRST6 = parseIpv6("2001:db8::1")!;

Deno.test("parseSourceAddresses() takes lists and ranges of at most 256 addresses", () => {
  assert.deepEqual(parseSourceAddresses("10.0.0.1").ipv4, [0x0a000001]);
  assert.deepEqual(
    parseSourceAddresses("10.0.0.9,10.0.0.1-10.0.0.3,10.0.0.2").ipv4,
    [0x0a000009, 0x0a000001, 0x0a000002, 0x0a000003],
  );
  const most = parseSourceAddresses("10.0.0.0-10.0.0.255");
  assert.equal(most.ipv4.length, 256);
  assert.throws(() => parseSourceAddresses("10.0.0.0-10.0.1.0"), RangeError);
  assert.throws(() => parseSourceAddresses("10.0.0.2-10.0.0.1"), RangeError);
  for (
    const text of [
      "",
      "10.0.0.1,",
      "10.0.0.1-",
      "10.0.0",
      "1.1.1.1-1.1.1.2-1.1.1.3",
    ]
  ) {
    assert.throws(() => parseSourceAddresses(text), SyntaxError, text);
  }
});

Deno.test("parseSourceAddresses() takes addresses of both families", () => {
  assert.deepEqual(parseSourceAddresses("2001:db8::1-2001:db8::3,10.0.0.1"), {
    ipv4: [0x0a000001],
    ipv6: [FIRST6, FIRST6 + 1n, FIRST6 + 2n],
    prefix6: null,
  });
  assert.equal(parseSourceAddresses("::1:0-::1:ff").ipv6.length, 256);
  for (const text of ["::-::100", "::-ffff::", "::2-::1"]) {
    assert.throws(() => parseSourceAddresses(text), RangeError, text);
  }
  for (const text of ["::1-10.0.0.1", "10.0.0.1-::1", ":::", "::1%lo"]) {
    assert.throws(() => parseSourceAddresses(text), SyntaxError, text);
  }
});

Deno.test("parseSourceAddresses() takes one prefix of IPv6 in place of its addresses", () => {
  const prefix6 = { address: FIRST6 - 1n, prefixLength: 64 };
  for (const text of ["2001:db8::/64", "2001:DB8:0::7/64"]) {
    assert.deepEqual(parseSourceAddresses(text), {
      ipv4: [],
      ipv6: [],
      prefix6,
    });
  }
  assert.deepEqual(parseSourceAddresses("10.0.0.1,2001:db8::/64"), {
    ipv4: [0x0a000001],
    ipv6: [],
    prefix6,
  });
  for (
    const text of [
      "2001:db8::/15",
      "2001:db8::/128",
      "2001:db8::/129",
      "2001:db8::/64,2001:db8:1::/64",
      "2001:db8::/64,2001:db8:1::1",
      "2001:db8:1::1,2001:db8::/64",
    ]
  ) {
    assert.throws(() => parseSourceAddresses(text), RangeError, text);
  }
  for (const text of ["10.0.0.0/24", "2001:db8::/", "2001:db8::/64/64"]) {
    assert.throws(() => parseSourceAddresses(text), SyntaxError, text);
  }
});

Deno.test("formatSourceAddresses() writes what parseSourceAddresses() reads", () => {
  for (
    const text of ["10.0.0.1,10.0.0.9,2001:db8::1", "10.0.0.1,2001:db8::/64"]
  ) {
    assert.equal(formatSourceAddresses(parseSourceAddresses(text)), text);
  }
});
