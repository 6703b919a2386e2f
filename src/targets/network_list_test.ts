import assert from "node:assert/strict";
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
