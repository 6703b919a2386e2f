import assert from "node:assert/strict";
import { parseIpv6 } from "../base/mod.ts";
import {
  Ipv6Builder,
  type Ipv6Entries,
  type Ipv6Range,
  parseIpv6Network,
} from "../targets/mod.ts";
import { Ipv6Filter } from "./ipv6_cover.ts";
import { Ipv6Seen } from "./ipv6_seen.ts";

function rangeOf(text: string): Ipv6Range {
  return parseIpv6Network(text)!.range;
}

function entries(...texts: string[]): Ipv6Entries {
  const builder = new Ipv6Builder();
  for (const text of texts) builder.addRange(rangeOf(text));
  return builder.take();
}

Deno.test("Ipv6Filter.partOf() knows prefixes of any size", () => {
  const filter = new Ipv6Filter(
    null,
    entries("2001:db8::/32", "2001:db9::7", "ff00::/8"),
  );
  const cases: [text: string, part: string][] = [
    ["::/0", "some"],
    ["2001:db8::1", "none"],
    ["2001:db8:8000::/33", "none"],
    ["2001:db7::/32", "all"],
    ["2001:db9::7", "none"],
    ["2001:db9::6", "all"],
    ["2001:db9::/64", "some"],
    ["2001:db8::-2001:db9::", "some"],
    ["ff00::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "none"],
    ["feff::/16", "all"],
  ];
  for (const [text, part] of cases) {
    assert.equal(filter.partOf(rangeOf(text)), part, text);
  }
});

Deno.test("Ipv6Filter.partOf() agrees with counting, one address after the other", () => {
  // All subsets of eight addresses as single entries, and two ranges.
  const all = Array.from({ length: 8 }, (_, i) => BigInt(i) + 0xfd00n);
  const listOf = (bits: number): Ipv6Entries => {
    const builder = new Ipv6Builder();
    all.forEach((address, i) => {
      if (bits >>> i & 1) builder.addRange({ first: address, last: address });
    });
    if (bits & 1) builder.addRange({ first: all[2]!, last: all[4]! });
    return builder.take();
  };
  const has = (bits: number, i: number): boolean =>
    (bits >>> i & 1) === 1 || ((bits & 1) === 1 && i >= 2 && i <= 4);
  for (let allowed = -1; allowed < 256; allowed += 3) {
    for (let blocked = 0; blocked < 256; blocked += 5) {
      const filter = new Ipv6Filter(
        allowed < 0 ? null : listOf(allowed),
        listOf(blocked),
      );
      const isAllowed = all.map((_, i) =>
        (allowed < 0 || has(allowed, i)) && !has(blocked, i)
      );
      for (const [first, last] of [[0, 7], [1, 5], [3, 3], [6, 7]] as const) {
        const part = isAllowed.slice(first, last + 1);
        assert.equal(
          filter.partOf({ first: all[first]!, last: all[last]! }),
          part.every((one) => one)
            ? "all"
            : part.some((one) => one)
            ? "some"
            : "none",
          `${allowed} ${blocked} ${first}-${last}`,
        );
      }
    }
  }
});

Deno.test("Ipv6Seen.add() agrees with a set while it grows", () => {
  const seen = new Ipv6Seen(0x1234_5678);
  const set = new Set<bigint>();
  const start = parseIpv6("2001:db8::")!;
  for (let i = 0; i < 20_000; i++) {
    const address = i % 3 === 0
      ? BigInt(i % 500) << 64n
      : start + BigInt((i * 7919) % 9000);
    assert.equal(seen.add(address), !set.has(address), `${address}`);
    set.add(address);
  }
  assert.ok(set.has(0n));
});
