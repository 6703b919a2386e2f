import assert from "node:assert/strict";
import { ConfigError, formatIpv4, formatIpv6Words } from "../base/mod.ts";
import {
  AddressListReader,
  type AddressListRest,
  parseAddressList,
} from "./address_list.ts";
import { addressAt, addressSet, contains } from "./address_set.ts";
import { Ipv6Builder } from "./ipv6_builder.ts";
import { formatIpv6Range } from "./ipv6_range.ts";
import { indexInIpv6List } from "./ipv6_list.ts";
import { Ipv4PairBuilder } from "./ipv4_pair_builder.ts";
import { Ipv6PairBuilder } from "./ipv6_pair_builder.ts";
import { addressOfPair } from "./pair_table.ts";
import { RangeBuilder } from "./range_builder.ts";

Deno.test("parseAddressList() reads one address a line, comments and blank lines", () => {
  const ranges = new RangeBuilder();
  const content =
    "192.0.2.1\r\n# comment\n\n  192.0.2.7 \t# seven\r192.0.2.1;one\n0.0.0.0\n255.255.255.255";
  assert.deepEqual(parseAddressList(content, { name: "list.txt", ranges }), {
    addressCount: 5,
    ipv6Count: 0,
    portCount: 0,
    failedCount: 0,
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
    portCount: 0,
    failedCount: 0,
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
  refused("name,subnet\nhere,192.0.2.1\n", "list.txt:1");
  refused("192.0.2.1\nsaddr,sport\n192.0.2.1,80\n", "list.txt:2");
});

for (
  const [line, reason] of [
    ["192.0.2.1 192.0.2.2", "a range is written FIRST-LAST"],
    ["192.0.2.9 - 192.0.2.1", "its first address is above its last"],
    ["192.0.2.1-192.0.2.9 x", "neither a part of the entry"],
    ["ip", "is the header of a column"],
    ["192.0.2.1,80,90", "several targets are several words, or several lines"],
    ["192.0.2.1:70000", "70000 is above 65535"],
    ["192.0.2.1:", "ports are given apart from targets"],
    ["[2001:db8::/64]:443", '"2001:db8::/64" is not a single address'],
    ["host.example", "host names are for --allowlist-file"],
    ["host.example:443", "host names are for --allowlist-file"],
    ["192.0.2.1 443", "between address and port: 192.0.2.1:443"],
    ["2001:db8::1\t443", "between address and port: [2001:db8::1]:443"],
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
        error.message.includes(reason) && error.remedy !== "",
    );
  });
}

Deno.test("parseAddressList() reads prefixes, masks and ranges as other lists have them", () => {
  const ranges = new RangeBuilder();
  const content = "192.0.2.0/30\n198.51.100.4 255.255.255.252\n2001:db8::/64";
  const rest = parseAddressList(content, { name: "list.txt", ranges });
  assert.deepEqual([rest.addressCount, rest.ipv6Count], [8, 1]);
  assert.equal(addressSet(ranges).count, 8);
});

/** Pairs of a list as text, each once, in order. */
function pairsIn(content: string): string[] {
  const ranges = new RangeBuilder();
  const ipv6 = new Ipv6Builder();
  const pairs = { ipv4: new Ipv4PairBuilder(), ipv6: new Ipv6PairBuilder() };
  const options = { name: "list.txt", ranges, ipv6, pairs };
  const rest = parseAddressList(content, options);
  assert.equal(rest.portCount, pairs.ipv4.length + pairs.ipv6.length);
  const v4 = pairs.ipv4.takeAddresses(() => true);
  const v6 = ipv6.take().list;
  const table4 = pairs.ipv4.take();
  const table6 = pairs.ipv6.take(
    v6.length / 4,
    (words, at) => indexInIpv6List(v6, words, at),
  );
  return [
    ...Array.from(
      table4.ports,
      (port, pair) =>
        `${formatIpv4(addressAt(v4, addressOfPair(table4, pair)))} ${port}`,
    ),
    ...Array.from(
      table6.ports,
      (port, pair) =>
        `${formatIpv6Words(v6, 4 * addressOfPair(table6, pair))} ${port}`,
    ),
  ];
}

const PAIRS = [
  "192.0.2.1 80",
  "192.0.2.1 443",
  "192.0.2.9 0",
  "2001:db8::1 53",
];

for (
  const [form, content] of [
    [
      "colons",
      "# found\n192.0.2.9:0\r\n 192.0.2.1:443 # tls\n192.0.2.1:https\n\n192.0.2.1:80\n[2001:db8::1]:53\n",
    ],
    [
      "commas",
      "192.0.2.1,80\n192.0.2.1, 443\n192.0.2.9,0\n2001:db8::1,53\n192.0.2.1,80",
    ],
    [
      "CSV",
      "saddr,sport\n192.0.2.1,80\n192.0.2.1,443\nsaddr,sport\n192.0.2.9,0\n2001:db8::1,53\n",
    ],
    [
      "CSV of more columns",
      'sport,"classification",success,saddr\n80,"syn,""ack""#",1,192.0.2.1\n443,x,true,"192.0.2.1"\n' +
      "0,x,1,192.0.2.9\n99,rst,0,192.0.2.99\n53,x,1,2001:db8::1\n",
    ],
    [
      "JSON",
      '{"saddr":"192.0.2.1","sport":80}\n{"ip":"192.0.2.1","port":"443","data":"# ; \\n"}\n' +
      '{"saddr":"10.0.0.1","target":"192.0.2.9","sport":0,"success":true}\n' +
      '{"saddr":"192.0.2.7","sport":7,"success":false}\n{"target":"2001:db8::1","sport":53}',
    ],
  ] as const
) {
  Deno.test(`parseAddressList() reads pairs of address and port from ${form}`, () => {
    assert.deepEqual(pairsIn(content), PAIRS);
  });
}

Deno.test("parseAddressList() takes the addresses of results alone, and counts those that were no success", () => {
  const ranges = new RangeBuilder();
  const { addressCount, failedCount, portCount } = parseAddressList(
    "saddr,ttl,success\n192.0.2.1,64,1\n192.0.2.2,64,0\n192.0.2.1,9,1\n",
    { name: "list.txt", ranges },
  );
  assert.deepEqual([addressCount, failedCount, portCount], [2, 1, 0]);
  assert.equal(addressSet(ranges).count, 1);
});

for (
  const [content, line, reason] of [
    ["192.0.2.1:80\n192.0.2.2\n", 2, '"192.0.2.2" has no port'],
    ["192.0.2.0/30\n", 1, '"192.0.2.0/30" has no port'],
    ["2001:db8::1\n", 1, '"2001:db8::1" has no port'],
    ['{"saddr":"192.0.2.1"}\n', 1, '"192.0.2.1" has no port'],
    ["saddr,sport\n192.0.2.1,80\n192.0.2.1\n", 3, "the header has 2 columns"],
    ["saddr,sport\n192.0.2.1,x y\n", 2, 'Cannot parse port "x y"'],
    ['{"sport":80}\n', 1, "Cannot find an address in"],
    ['{"saddr":"192.0.2.1"', 1, "as JSON"],
    ['{"saddr":"host.example","sport":80}', 1, "must have four octets"],
    ['[{"saddr":"192.0.2.1","sport":80}]', 1, "an array of JSON is not read"],
  ] as const
) {
  Deno.test(`parseAddressList() says what is wrong in ${JSON.stringify(content)}`, () => {
    assert.throws(
      () => pairsIn(content),
      (error: unknown) =>
        error instanceof ConfigError && error.option === `list.txt:${line}` &&
        error.message.includes(reason),
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
