import assert from "node:assert/strict";
import { formatIpv6Words, parseIpv6Words } from "../base/mod.ts";
import {
  type Ipv6AddressSet,
  ipv6IndexOf,
  storeIpv6Address,
} from "./ipv6_address_set.ts";
import { Ipv6Builder, type Ipv6Entries } from "./ipv6_builder.ts";
import { parseIpv6Network } from "./ipv6_prefix.ts";
import { formatIpv6Range } from "./ipv6_range.ts";
import {
  findTooLarge,
  type Ipv6Selection,
  selectIpv6Addresses,
} from "./ipv6_selection.ts";
import type { Ipv6Window } from "./ipv6_window.ts";

function entries(...texts: string[]): Ipv6Entries {
  const builder = new Ipv6Builder();
  for (const text of texts) builder.addRange(parseIpv6Network(text)!.range);
  return builder.take();
}

function selection(
  allowed: string[],
  blocked: string[] = [],
  window: Ipv6Window | null = null,
): Ipv6Selection {
  return {
    allowed: entries(...allowed),
    listed: null,
    blocked: entries(...blocked),
    window,
  };
}

function textAt(set: Ipv6AddressSet, index: number): string {
  const words = new Uint32Array(4);
  storeIpv6Address(set, index, words, 0);
  return formatIpv6Words(words, 0);
}

function textsOf(set: Ipv6AddressSet): string[] {
  return Array.from({ length: set.count }, (_, i) => textAt(set, i));
}

const LOW_64: Ipv6Window = { length: 64, rule: { kind: "low" }, seed: 0n };

Deno.test("selectIpv6Addresses() takes all addresses of small prefixes, and each once", () => {
  const set = selectIpv6Addresses(
    selection(["2001:db8::/126", "2001:db8::2-2001:db8::5", "::7", "::7"], [
      "2001:db8::1",
    ]),
  );
  assert.deepEqual(textsOf(set), [
    "2001:db8::",
    "2001:db8::2",
    "2001:db8::3",
    "2001:db8::4",
    "2001:db8::5",
    "::7",
  ]);
});

Deno.test("selectIpv6Addresses() gives one address of each window", () => {
  const set = selectIpv6Addresses(selection(["2001:db8::/62"], [], LOW_64));
  assert.deepEqual(textsOf(set), [
    "2001:db8::1",
    "2001:db8:0:1::1",
    "2001:db8:0:2::1",
    "2001:db8:0:3::1",
  ]);
  const words = new Uint32Array(4);
  parseIpv6Words("2001:db8:0:2::2", words, 0);
  assert.equal(ipv6IndexOf(set, words, 0), -1);
});

Deno.test("selectIpv6Addresses() leaves out windows whose address is blocked, and no others", () => {
  const blocked = [
    "2001:db8:0:1::/64",
    "2001:db8:0:2::1",
    "2001:db8:0:3::2-2001:db8:0:3:ffff::",
    "2001:db8:0:4::/65",
  ];
  const set = selectIpv6Addresses(
    selection(["2001:db8::/61"], blocked, LOW_64),
  );
  assert.deepEqual(textsOf(set), [
    "2001:db8::1",
    "2001:db8:0:3::1",
    "2001:db8:0:5::1",
    "2001:db8:0:6::1",
    "2001:db8:0:7::1",
  ]);
});

Deno.test("selectIpv6Addresses() joins windows, whole ranges and single addresses without repeats", () => {
  const set = selectIpv6Addresses(selection(
    ["2001:db8::/63", "2001:db8::/127", "2001:db8:0:1::1", "2001:db8:0:1::2"],
    [],
    LOW_64,
  ));
  assert.deepEqual(textsOf(set).toSorted(), [
    "2001:db8:0:1::1",
    "2001:db8:0:1::2",
    "2001:db8::",
    "2001:db8::1",
  ]);
  assert.deepEqual(set.parts.map(({ kind }) => kind), [
    "windows",
    "ranges",
    "list",
  ]);
});

Deno.test("selectIpv6Addresses() repeats random bits with the seed, and changes them with another", () => {
  const made = (seed: bigint): string[] =>
    textsOf(selectIpv6Addresses(
      selection(["2001:db8::/56"], [], {
        length: 64,
        rule: { kind: "random" },
        seed,
      }),
    ));
  const first = made(1n);
  assert.equal(new Set(first.map((text) => text.slice(-9))).size, 256);
  assert.deepEqual(made(1n), first);
  const other = made(2n);
  assert.ok(first.every((text, i) => text !== other[i]));
});

Deno.test("selectIpv6Addresses() sets each bit behind random windows half of the time", () => {
  const set = selectIpv6Addresses(selection(["2001:db8::/48"], [], {
    length: 60,
    rule: { kind: "random" },
    seed: 7n,
  }));
  const ones = new Uint32Array(128);
  const words = new Uint32Array(4);
  for (let index = 0; index < set.count; index++) {
    storeIpv6Address(set, index, words, 0);
    for (let bit = 60; bit < 128; bit++) {
      ones[bit]! += words[bit >> 5]! >>> (31 - (bit & 31)) & 1;
    }
  }
  // Six standard deviations of 4,096 throws of a coin.
  for (let bit = 60; bit < 128; bit++) {
    assert.ok(Math.abs(ones[bit]! - 2048) < 192, `bit ${bit}: ${ones[bit]}`);
  }
});

Deno.test("selectIpv6Addresses() numbers 2^48 windows, and no more", () => {
  const window: Ipv6Window = {
    length: 64,
    rule: { kind: "fixed", interfaceId: 0xbeefn },
    seed: 0n,
  };
  const set = selectIpv6Addresses(selection(["2001::/16"], [], window));
  assert.equal(set.count, 2 ** 48);
  assert.equal(textAt(set, 2 ** 48 - 1), "2001:ffff:ffff:ffff::beef");
  assert.equal(textAt(set, 2 ** 40 + 5), "2001:100:0:5::beef");
  assert.throws(
    () => selectIpv6Addresses(selection(["2000::/15"], [], window)),
    (error: Error) =>
      error instanceof RangeError && error.message.includes("more than 2^48"),
  );
});

Deno.test("selectIpv6Addresses() says why no address is left", () => {
  assert.throws(() => selectIpv6Addresses(selection([])), /no IPv6 address/);
  assert.throws(
    () => selectIpv6Addresses(selection(["2001:db8::/120"], ["2001::/16"])),
    /the blocklist covers all IPv6 addresses/,
  );
  assert.throws(
    () =>
      selectIpv6Addresses({
        ...selection(["2001:db8::/64"]),
        listed: entries("2001:db9::1"),
      }),
    /no IPv6 address of the list is in the allowlist/,
  );
});

Deno.test("findTooLarge() finds what cannot be meant", () => {
  const found = (...args: Parameters<typeof selection>): string | null => {
    const range = findTooLarge(selection(...args));
    return range === null ? null : formatIpv6Range(range);
  };
  assert.equal(found(["2001:db8::/80"]), null);
  assert.equal(found(["::1", "2001:db8::/79"]), "2001:db8::/79");
  assert.equal(found(["2001:db8::/32"]), "2001:db8::/32");
  assert.equal(found(["2001:db8::/32"], [], LOW_64), null);
  assert.equal(found(["2001:db8::/65"], [], LOW_64), "2001:db8::/65");
  const listed = entries("2001:db8::1");
  assert.equal(
    findTooLarge({ ...selection(["2001:db8::/32"]), listed }),
    null,
  );
});
