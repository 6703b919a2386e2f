import assert from "node:assert/strict";
import { ConfigError } from "../base/mod.ts";
import { AddressListReader, parseAddressList } from "./address_list.ts";
import { addressSet, contains } from "./address_set.ts";
import { RangeBuilder } from "./range_builder.ts";

Deno.test("parseAddressList() reads one address a line, comments and blank lines", () => {
  const ranges = new RangeBuilder();
  const content =
    "192.0.2.1\r\n# comment\n\n  192.0.2.7 \t# seven\n192.0.2.1\n0.0.0.0\n255.255.255.255";
  assert.equal(parseAddressList(content, { name: "list.txt", ranges }), 5);
  const set = addressSet(ranges);
  assert.equal(set.count, 4);
  for (const address of [0, 0xc000_0201, 0xc000_0207, 0xffff_ffff]) {
    assert.ok(contains(set, address));
  }
});

for (
  const [line, reason] of [
    ["192.0.2.0/24", "must be one IPv4 address on each line"],
    ["192.0.2.1 192.0.2.2", "must be one IPv4 address on each line"],
    ["192.0.2.1,80", "must be one IPv4 address on each line"],
    ["host.example", "must be one IPv4 address on each line"],
    ["2001:db8::1", "must be one IPv4 address on each line"],
    ["192.0.2", "must have four octets"],
    ["192.0.2.256", "octet 256 is above 255"],
    ["192.0.2.01", "not a decimal number"],
    ["192.0.2.1.", "must have four octets"],
    ["192.0.2.1000", "octet 1000 is above 255"],
  ] as const
) {
  Deno.test(`parseAddressList() names file and line of "${line}"`, () => {
    const options = { name: "list.txt", ranges: new RangeBuilder() };
    assert.throws(
      () => parseAddressList(`192.0.2.1\n${line} # last`, options),
      (error: unknown) =>
        error instanceof ConfigError && error.option === "list.txt:2" &&
        error.message.includes(reason) &&
        error.message.includes(JSON.stringify(line)),
    );
  });
}

Deno.test("AddressListReader reads the same whatever the pieces", () => {
  const bytes = new TextEncoder().encode(
    "192.0.2.1\n\n#\n10.20.30.40\n1.2.3.4",
  );
  for (let size = 1; size <= bytes.length; size++) {
    const ranges = new RangeBuilder();
    const reader = new AddressListReader({ name: "list.txt", ranges });
    for (let at = 0; at < bytes.length; at += size) {
      reader.push(bytes.subarray(at, at + size));
    }
    assert.equal(reader.finish(), 3);
    assert.equal(addressSet(ranges).count, 3);
  }
});
