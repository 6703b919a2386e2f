import assert from "node:assert/strict";
import { ConfigError } from "../base/mod.ts";
import {
  type AddressSet,
  addressSet,
  contains,
  countWithin,
} from "./address_set.ts";
import {
  parsePrefixList,
  PrefixListReader,
  type PrefixListRest,
} from "./prefix_list.ts";
import { Ipv6Builder } from "./ipv6_builder.ts";
import { formatIpv6Range } from "./ipv6_range.ts";
import { RangeBuilder } from "./range_builder.ts";

function read(
  content: string | Uint8Array,
): { readonly rest: PrefixListRest; readonly set: AddressSet } {
  const ranges = new RangeBuilder();
  const rest = parsePrefixList(content, { name: "allow.txt", ranges });
  return { rest, set: addressSet(ranges) };
}

Deno.test("parsePrefixList() reads the entry of each line", () => {
  const { rest, set } = read(
    "\ufeff10.0.0.0/30 # private\r\n\n  # nothing here\n\t192.0.2.1\t# and more words\n" +
      "host.example/24 # looked up\n2001:db8::/32\n::1\n10.0.0.77/30#tight\n192.0.2.1",
  );
  assert.equal(set.count, 9);
  assert.ok(contains(set, 0x0a00_0003));
  assert.ok(contains(set, 0x0a00_004c));
  assert.ok(contains(set, 0xc000_0201));
  assert.deepEqual(rest, {
    hostNames: [{ name: "host.example", length: 24, line: 5, rangesBefore: 2 }],
    ipv6Count: 2,
    zoned: [],
    header: null,
  });
});

Deno.test("parsePrefixList() reads all that stands for several addresses", () => {
  const { set } = read(
    "; published\n10.0.0.1-10.0.0.4\n10.0.1.1 - 10.0.1.4 # b\n" +
      "10.0.2.0\t10.0.2.3\t30\t17\tNETWORK\tUS\n10.0.3.0 255.255.255.252 ; c\n" +
      "10.0.4.0/255.255.255.252;d\n10.0.5.0 / 30\n",
  );
  assert.equal(set.count, 24);
  for (const first of [0x0a00_0001, 0x0a00_0101]) {
    assert.equal(countWithin(set, { first, last: first + 3 }), 4);
  }
  for (let third = 2; third < 6; third++) {
    assert.ok(contains(set, 0x0a00_0003 + third * 256), `10.0.${third}.3`);
  }
});

Deno.test("parsePrefixList() reads both families in one list", () => {
  const ranges = new RangeBuilder();
  const ipv6 = new Ipv6Builder();
  const rest = parsePrefixList(
    "10.0.0.1\n2001:db8::2 # b\n2001:DB8:0:0::1\r\n 2001:db8:1::/48;c\n10.1.0.0/16\n" +
      "2001:db8:2:: - 2001:db8:2::9\nfe80::1%eth0\n2001:db8::3/127\n",
    { name: "allow.txt", ranges, ipv6 },
  );
  assert.equal(ranges.length, 2);
  assert.equal(rest.ipv6Count, 6);
  const [zoned] = rest.zoned;
  assert.equal(zoned?.zone, "eth0");
  assert.equal(formatIpv6Range(zoned.range), "fe80::1");
  const taken = ipv6.take();
  assert.deepEqual(taken.ranges.map(formatIpv6Range), [
    "2001:db8:1::/48",
    "2001:db8:2::-2001:db8:2::9",
    "2001:db8::2/127",
  ]);
  assert.equal(taken.list.length, 3 * 4);
});

Deno.test("parsePrefixList() names file and line of a bad entry of IPv6", () => {
  for (
    const [word, reason] of [
      ["2001:db8::/129", "length is above 128"],
      ["2001:db8::1 2001:db8::2", '"2001:db8::2" is neither a part'],
      ["2001:db8::1; 2001:db8::2", 'an address follows the ";"'],
      ["2001:db8::g", "neither an IPv4 or IPv6 address"],
      ["::9-::1", "first address is above its last"],
    ] as const
  ) {
    const error = errorOf(`10.0.0.1\n::1\n${word}\n`);
    assert.equal(error.option, "allow.txt:3");
    assert.ok(error.message.includes(reason), error.message);
    assert.match(error.remedy, /2001:db8::\/48/);
  }
});

Deno.test("parsePrefixList() ends lines with LF, CR LF and CR alone", () => {
  const { rest, set } = read(
    "10.0.0.0\r10.0.0.1\r\n10.0.0.2\n\r10.0.0.3 # c\r\rhost.example\r",
  );
  assert.equal(set.count, 4);
  assert.equal(rest.hostNames[0]?.line, 7);
  const error = errorOf("10.0.0.0\r10.0.0.1\r\r\n1.2.3\r10.0.0.3");
  assert.equal(error.option, "allow.txt:4");
});

Deno.test("parsePrefixList() skips the header of a column at the top", () => {
  for (
    const [text, line] of [
      ["saddr", 1],
      ["IP", 1],
      ['"address"', 1],
      ["Start\tEnd\tNetmask\tAttacks\tName\tCountry\temail", 1],
    ] as const
  ) {
    const { rest, set } = read(`${text}\n10.0.0.1\n`);
    assert.deepEqual(rest, {
      hostNames: [],
      ipv6Count: 0,
      zoned: [],
      header: { text, line },
    });
    assert.equal(set.count, 1);
  }
  const { rest } = read("# published\n\nnetwork\n10.0.0.1\n");
  assert.equal(rest.header?.line, 3);
});

Deno.test("parsePrefixList() takes no header for a host, wherever it stands", () => {
  for (
    const [content, line] of [
      ["10.0.0.1\nsaddr\n", 2],
      ["host.example\nip\n", 2],
      ["2001:db8::1\nip\n", 2],
      ["ip\nip\n", 2],
      ["saddr,sport\n10.0.0.1,80\n", 1],
      ["sport saddr\n", 1],
    ] as const
  ) {
    const error = errorOf(content);
    assert.equal(error.option, `allow.txt:${line}`);
    assert.match(error.message, /header/);
    assert.notEqual(error.remedy, "");
  }
  const { rest } = read("ip.\nip.example\nhostname1\n");
  assert.deepEqual(rest.hostNames.map(({ name }) => name), [
    "ip.",
    "ip.example",
    "hostname1",
  ]);
});

Deno.test("PrefixListReader counts the beginning of lines that it may not refuse", () => {
  const ranges = new RangeBuilder();
  const errors: string[] = [];
  const rest = parsePrefixList(
    "10.0.0.0/30 office\n10.0.1.1 10.0.1.9\nhost.example and more\n1.2.3\n" +
      "10.0.2.9 - 10.0.2.1\n10.0.3.1; 10.0.3.2\n",
    {
      name: "block.txt",
      ranges,
      onError: ({ message, option }) => errors.push(`${option} ${message}`),
    },
  );
  const set = addressSet(ranges);
  assert.equal(set.count, 6);
  for (const address of [0x0a00_0003, 0x0a00_0101, 0x0a00_0301]) {
    assert.ok(contains(set, address));
  }
  assert.equal(rest.hostNames[0]?.name, "host.example");
  assert.deepEqual(
    errors.map((error) =>
      /^block\.txt:(\d+) .*?(read as .*)?$/.exec(error)!.slice(1)
    ),
    [
      ["1", 'read as "10.0.0.0/30"'],
      ["2", 'read as "10.0.1.1"'],
      ["3", 'read as "host.example"'],
      ["4", undefined],
      ["5", undefined],
      ["6", 'read as "10.0.3.1"'],
    ],
  );
});

Deno.test("parsePrefixList() reads an empty file and files of nothing but comments", () => {
  for (const content of ["", "\n", "# a", "; a", "\r\n \t \n#\n", "\r\r"]) {
    const { rest, set } = read(content);
    assert.equal(set.count, 0);
    assert.deepEqual(rest, {
      hostNames: [],
      ipv6Count: 0,
      zoned: [],
      header: null,
    });
  }
});

function errorOf(content: string): ConfigError {
  try {
    read(content);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error(`No error for ${content}`);
}

for (
  const [word, reason] of [
    ["1.2.3", "must have four octets"],
    ["0x1.2.3.4", "not a decimal number"],
    ["1.2.3.4/33", "length is above 32"],
    ["1.2.3.4/abc", "length must be a decimal number"],
    ["1.2.3.4/", "length must be a decimal number"],
    ["1.2.3.4/024", "length must be a decimal number"],
    ["300.2.3.4", "octet 300 is above 255"],
    ["001.2.3.4", "not a decimal number"],
    ["ex!ample.com", "neither an IPv4 or IPv6 address"],
    ["1.2.3.4\u00005", "neither an IPv4 or IPv6 address"],
    ["9".repeat(1000), "must have four octets"],
    ["1.2.3.4 5.6.7.8", "5.6.7.8 is not a netmask"],
    ["1.2.3.4 office", '"office" is neither a part'],
    ["1.2.3.9 - 1.2.3.4", "first address is above its last"],
    ["1.2.3.4; 5.6.7.8", 'an address follows the ";"'],
    [
      `host.example${" ".repeat(400)}5.6.7.8`,
      "neither an IPv4 or IPv6 address",
    ],
    [`1.2.3.4${" ".repeat(400)}office`, "Cannot parse"],
  ] as const
) {
  Deno.test(`parsePrefixList() names file and line of ${JSON.stringify(word.slice(0, 30))}`, () => {
    assert.throws(
      () => read(`10.0.0.0/8\n\n ${word} # comment\n`),
      (error: unknown) =>
        error instanceof ConfigError && error.option === "allow.txt:3" &&
        error.message.includes(reason) && error.message.length < 500 &&
        error.remedy.includes("192.0.2.1-192.0.2.9"),
    );
  });
}

Deno.test("PrefixListReader reads the same whatever the pieces", () => {
  const content =
    "10.0.0.0/30\r\nhost.example\r192.0.2.1 - 192.0.2.5\n\r\r\n2001:db8::1\nlast.example\r\n1.2.3.4";
  const bytes = new TextEncoder().encode(content);
  const whole = read(bytes);
  for (let size = 1; size <= bytes.length; size++) {
    const ranges = new RangeBuilder();
    const reader = new PrefixListReader({ name: "allow.txt", ranges });
    const piece = new Uint8Array(size);
    for (let at = 0; at < bytes.length; at += size) {
      const part = bytes.subarray(at, at + size);
      piece.set(part);
      reader.push(piece.subarray(0, part.length));
    }
    assert.deepEqual(reader.finish(), whole.rest);
    assert.deepEqual(addressSet(ranges), whole.set);
  }
});

Deno.test("PrefixListReader stops at a line without end", () => {
  const ranges = new RangeBuilder();
  const reader = new PrefixListReader({ name: "/dev/zero", ranges });
  const zeros = new Uint8Array(1 << 16);
  assert.throws(
    () => {
      for (let i = 0; i < 100; i++) reader.push(zeros);
    },
    (error: unknown) =>
      error instanceof ConfigError && error.message.includes("1 MiB"),
  );
});
