import assert from "node:assert/strict";
import { ConfigError } from "../base/mod.ts";
import {
  AddressListReader,
  type AddressListRest,
  parseAddressList,
} from "./address_list.ts";
import { addressSet, contains } from "./address_set.ts";
import { Ipv6Builder } from "./ipv6_builder.ts";
import { formatIpv6Range } from "./ipv6_range.ts";
import { RangeBuilder } from "./range_builder.ts";

Deno.test("parseAddressList() reads one address a line, comments and blank lines", () => {
  const ranges = new RangeBuilder();
  const content =
    "192.0.2.1\r\n# comment\n\n  192.0.2.7 \t# seven\r192.0.2.1;one\n0.0.0.0\n255.255.255.255";
  assert.deepEqual(parseAddressList(content, { name: "list.txt", ranges }), {
    addressCount: 5,
    ipv6Count: 0,
    zoned: [],
    header: null,
  });
  const set = addressSet(ranges);
  assert.equal(set.count, 4);
  for (const address of [0, 0xc000_0201, 0xc000_0207, 0xffff_ffff]) {
    assert.ok(contains(set, address));
  }
});

Deno.test("parseAddressList() reads ranges, and counts all their addresses", () => {
  const ranges = new RangeBuilder();
  const content = "192.0.2.1-192.0.2.4\n192.0.2.3 - 192.0.2.6 # some\n" +
    "1.0.0.0\t1.0.0.255\t24\n0.0.0.0-255.255.255.255\n";
  const rest = parseAddressList(content, { name: "list.txt", ranges });
  assert.equal(rest.addressCount, 4 + 4 + 256 + 2 ** 32);
  assert.deepEqual(
    Array.from({ length: ranges.length }, (_, i) => ranges.rangeAt(i)),
    [
      { first: 0xc000_0201, last: 0xc000_0204 },
      { first: 0xc000_0203, last: 0xc000_0206 },
      { first: 0x0100_0000, last: 0x0100_00ff },
      { first: 0, last: 0xffff_ffff },
    ],
  );
});

Deno.test("parseAddressList() reads both families in one list", () => {
  const ranges = new RangeBuilder();
  const ipv6 = new Ipv6Builder();
  const content = "2001:db8::1\n192.0.2.1\n 2001:DB8::2 # two\n" +
    "2001:db8::1\n2001:db8:1::-2001:db8:1::7\nfe80::1%eth0\n";
  const { addressCount, ipv6Count, zoned } = parseAddressList(content, {
    name: "list.txt",
    ranges,
    ipv6,
  });
  assert.deepEqual([addressCount, ipv6Count, ranges.length], [1, 5, 1]);
  assert.deepEqual(zoned.map(({ zone }) => zone), ["eth0"]);
  const taken = ipv6.take();
  assert.deepEqual(taken.ranges.map(formatIpv6Range), ["2001:db8:1::/125"]);
  assert.equal(taken.list.length, 3 * 4);
  const counted = parseAddressList(content, { name: "list.txt", ranges });
  assert.equal(counted.ipv6Count, 5);
});

Deno.test("parseAddressList() skips the header of a column, and no other", () => {
  const read = (content: string): AddressListRest =>
    parseAddressList(content, {
      name: "list.txt",
      ranges: new RangeBuilder(),
    });
  assert.deepEqual(read("# results\nsaddr\n192.0.2.1\n"), {
    addressCount: 1,
    ipv6Count: 0,
    zoned: [],
    header: { text: "saddr", line: 2 },
  });
  const refused = (content: string, place: string): void =>
    assert.throws(
      () => read(content),
      (error: unknown) =>
        error instanceof ConfigError && error.option === place,
    );
  refused("saddr\nsaddr\n192.0.2.1\n", "list.txt:2");
  refused("saddr,sport\n192.0.2.1,80\n", "list.txt:1");
});

for (
  const [line, reason] of [
    ["192.0.2.0/24", "must be one address or range on each line"],
    ["192.0.2.1 192.0.2.2", "a range is written FIRST-LAST"],
    ["192.0.2.0 255.255.255.0", "must be one address or range"],
    ["192.0.2.9 - 192.0.2.1", "its first address is above its last"],
    ["192.0.2.1-192.0.2.9 x", "neither a part of the entry"],
    ["ip", "is the header of a column"],
    ["192.0.2.1,80", "must be one address or range on each line"],
    ["host.example", "must be one address or range on each line"],
    ["2001:db8::/64", "must be one address or range on each line"],
    ["2001:db8::1 2001:db8::2", '"2001:db8::2" is neither a part'],
    ["2001:db8::9-2001:db8::1", "its first address is above its last"],
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
        error.message.includes(JSON.stringify(line)) && error.remedy !== "",
    );
  });
}

Deno.test("AddressListReader reads the same whatever the pieces", () => {
  const bytes = new TextEncoder().encode(
    "192.0.2.1\n\n#\n10.20.30.40\r\n1.2.3.4",
  );
  for (let size = 1; size <= bytes.length; size++) {
    const ranges = new RangeBuilder();
    const reader = new AddressListReader({ name: "list.txt", ranges });
    for (let at = 0; at < bytes.length; at += size) {
      reader.push(bytes.subarray(at, at + size));
    }
    assert.equal(reader.finish().addressCount, 3);
    assert.equal(addressSet(ranges).count, 3);
  }
});
