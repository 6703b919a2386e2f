import assert from "node:assert/strict";
import { ConfigError } from "../base/mod.ts";
import { type AddressSet, addressSet, contains } from "./address_set.ts";
import {
  parsePrefixList,
  PrefixListReader,
  type PrefixListRest,
} from "./prefix_list.ts";
import { RangeBuilder } from "./range_builder.ts";

function read(
  content: string | Uint8Array,
): { readonly rest: PrefixListRest; readonly set: AddressSet } {
  const ranges = new RangeBuilder();
  const rest = parsePrefixList(content, { name: "allow.txt", ranges });
  return { rest, set: addressSet(ranges) };
}

Deno.test("parsePrefixList() reads the first word of each line", () => {
  const { rest, set } = read(
    "\ufeff10.0.0.0/30 # private\r\n\n  # nothing here\n\t192.0.2.1\tand more words\n" +
      "host.example/24 # looked up\n2001:db8::/32\n::1\n10.0.0.77/30#tight\n192.0.2.1",
  );
  assert.equal(set.count, 9);
  assert.ok(contains(set, 0x0a00_0003));
  assert.ok(contains(set, 0x0a00_004c));
  assert.ok(contains(set, 0xc000_0201));
  assert.deepEqual(rest, {
    hostNames: [{ name: "host.example", length: 24, line: 5, rangesBefore: 2 }],
    ipv6Count: 2,
  });
});

Deno.test("parsePrefixList() reads an empty file and files of nothing but comments", () => {
  for (const content of ["", "\n", "# a", "\r\n \t \n#\n"]) {
    const { rest, set } = read(content);
    assert.equal(set.count, 0);
    assert.deepEqual(rest, { hostNames: [], ipv6Count: 0 });
  }
});

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
    ["ex!ample.com", "neither an IPv4 address"],
    ["1.2.3.4\u00005", "neither an IPv4 address"],
    ["9".repeat(1000), "must have four octets"],
  ] as const
) {
  Deno.test(`parsePrefixList() names file and line of ${JSON.stringify(word.slice(0, 30))}`, () => {
    assert.throws(
      () => read(`10.0.0.0/8\n\n ${word} # comment\n`),
      (error: unknown) =>
        error instanceof ConfigError && error.option === "allow.txt:3" &&
        error.message.includes(reason) && error.message.length < 500,
    );
  });
}

Deno.test("PrefixListReader reads the same whatever the pieces", () => {
  const content =
    "10.0.0.0/30\nhost.example\n192.0.2.1 x\n\n2001:db8::1\n1.2.3.4";
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
