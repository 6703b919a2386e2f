import assert from "node:assert/strict";
import { addressAt, addressSet } from "./address_set.ts";
import { NetworkList } from "./network_list.ts";
import { parsePrefix } from "./prefix.ts";
import { RangeBuilder } from "./range_builder.ts";

const PREFIXES = [
  ...["203.0.113.0/24", "10.0.0.0/8", "10.1.2.3/32", "10.0.0.0/8"],
  ...["255.255.255.255/32", "0.0.0.0/0", "128.0.0.0/1"],
];

Deno.test("NetworkList has its prefixes in the order in which they came", () => {
  const list = new NetworkList();
  for (const prefix of PREFIXES) list.add(parsePrefix(prefix));
  assert.deepEqual([...list], PREFIXES);
  assert.deepEqual([...list], PREFIXES, "a second time");
  list.add({ address: 0xcb00_7107, length: 24 });
  assert.equal([...list].at(-1), "203.0.113.0/24");
});

Deno.test("NetworkList.addFrom() takes what was added to ranges", () => {
  const ranges = new RangeBuilder();
  for (const prefix of PREFIXES) ranges.addPrefix(parsePrefix(prefix));
  const list = new NetworkList();
  list.addFrom(ranges, 4, PREFIXES.length);
  list.addFrom(ranges, 0, 1);
  assert.deepEqual([...list], [...PREFIXES.slice(4), PREFIXES[0]]);
});

Deno.test("NetworkList grows, with single addresses only", () => {
  const ranges = new RangeBuilder();
  for (let i = 0; i < 3000; i++) ranges.addAddress(5000 - i);
  const list = new NetworkList();
  list.addFrom(ranges, 0, ranges.length);
  const texts = [...list];
  assert.equal(texts.length, 3000);
  assert.equal(texts[2999], "0.0.7.209/32");
});

Deno.test("NetworkList.addFrom() takes ranges apart into the fewest prefixes", () => {
  for (
    const [first, last, prefixes] of [
      [0, 0xffff_ffff, ["0.0.0.0/0"]],
      [0, 0xffff_fffe, Array.from({ length: 32 }, (_, i) => 2 ** (31 - i))],
      [0x0a00_0001, 0x0a00_0006, [
        ...["10.0.0.1/32", "10.0.0.2/31", "10.0.0.4/31", "10.0.0.6/32"],
      ]],
      [0x7fff_ffff, 0x8000_0000, ["127.255.255.255/32", "128.0.0.0/32"]],
      [0xffff_ffff, 0xffff_ffff, ["255.255.255.255/32"]],
    ] as const
  ) {
    const ranges = new RangeBuilder();
    ranges.addRange(first, last);
    const list = new NetworkList();
    list.addFrom(ranges, 0, 1);
    assert.equal([...list].length, prefixes.length);
    if (typeof prefixes[0] === "string") assert.deepEqual([...list], prefixes);
    const again = new RangeBuilder();
    for (const prefix of list) again.addPrefix(parsePrefix(prefix));
    const set = addressSet(again);
    assert.equal(set.count, last - first + 1);
    assert.equal(addressAt(set, 0), first);
    assert.equal(addressAt(set, set.count - 1), last);
  }
});
