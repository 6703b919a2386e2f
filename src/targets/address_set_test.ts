import assert from "node:assert/strict";
import { setOf } from "../../tests/fixtures/address_sets.ts";
import {
  addressAt,
  addressSet,
  allAddresses,
  contains,
  countWithin,
  indexOf,
  intersect,
  overlapsPrefix,
  subtract,
  union,
} from "./address_set.ts";
import { parsePrefix } from "./prefix.ts";
import { RangeBuilder } from "./range_builder.ts";

const LAST = 0xffff_ffff;

Deno.test("addressSet() of nothing is empty", () => {
  const empty = addressSet(new RangeBuilder());
  assert.equal(empty.count, 0);
  assert.ok(!contains(empty, 0));
  assert.ok(!contains(empty, LAST));
  assert.equal(indexOf(empty, 0), -1);
  assert.ok(!overlapsPrefix(empty, { address: 0, length: 0 }));
  assert.equal(union(empty, empty).count, 0);
  assert.equal(subtract(empty, allAddresses()).count, 0);
});

Deno.test("allAddresses() holds 2^32 addresses, each at its own index", () => {
  const all = allAddresses();
  assert.equal(all.count, 2 ** 32);
  for (const address of [0, 1, 0x7fff_ffff, 0x8000_0000, LAST]) {
    assert.equal(addressAt(all, address), address);
    assert.equal(indexOf(all, address), address);
  }
  assert.equal(subtract(all, all).count, 0);
});

Deno.test("addressSet() joins ranges that touch", () => {
  const set = setOf("10.0.0.0/25", "10.0.0.128/25", "10.0.1.0/24");
  assert.equal(set.starts.length, 1);
  assert.equal(set.count, 512);
});

Deno.test("addressSet() keeps a set of scattered addresses as a list", () => {
  const set = setOf(
    "10.0.0.1",
    "10.0.0.3",
    "10.0.0.4",
    "255.255.255.255",
    "0.0.0.0",
  );
  assert.ok(set.isList);
  assert.equal(set.count, 5);
  assert.equal(addressAt(set, 0), 0);
  assert.equal(addressAt(set, 4), LAST);
  assert.equal(indexOf(set, 0x0a00_0003), 2);
  assert.equal(indexOf(set, 0x0a00_0002), -1);
});

Deno.test("addressSet() puts all tables into shared memory", () => {
  for (const set of [setOf("10.0.0.1"), setOf("10.0.0.0/8", "12.0.0.0/8")]) {
    const copy = structuredClone(set);
    assert.equal(set.starts.buffer instanceof SharedArrayBuffer, true);
    assert.equal(copy.starts.buffer.byteLength, set.starts.buffer.byteLength);
    assert.equal(addressAt(copy, set.count - 1), addressAt(set, set.count - 1));
  }
});

Deno.test("subtract() lets a hole reach over several ranges and one range have several holes", () => {
  const left = setOf("10.0.0.0/24", "10.0.2.0/24", "10.0.4.0/24");
  const over = setOf("10.0.0.128/25", "10.0.1.0/24", "10.0.2.0/23");
  assert.equal(subtract(left, over).count, 128 + 256);
  const holes = setOf("10.0.0.1", "10.0.0.3", "10.0.0.255", "10.0.4.0");
  assert.equal(subtract(left, holes).count, 3 * 256 - 4);
});

Deno.test("subtract() copies nothing when there is nothing to leave out", () => {
  const left = setOf("8.8.8.0/24", "9.9.9.0/30");
  const others = setOf("0.0.0.0/32", "8.8.9.0/24", "9.9.9.4/30");
  assert.equal(subtract(left, others), left);
  assert.notEqual(subtract(left, setOf("9.9.9.3/32")), left);
});

Deno.test("subtract(), intersect() and union() work at both ends of the address space", () => {
  const all = allAddresses();
  const ends = setOf("0.0.0.0", "255.255.255.255");
  const rest = subtract(all, ends);
  assert.equal(rest.count, 2 ** 32 - 2);
  assert.equal(addressAt(rest, 0), 1);
  assert.equal(addressAt(rest, rest.count - 1), LAST - 1);
  assert.equal(indexOf(rest, LAST), -1);
  assert.equal(intersect(all, ends).count, 2);
  assert.equal(union(rest, ends).count, 2 ** 32);
});

Deno.test("overlapsPrefix() looks at the whole prefix", () => {
  const set = setOf("10.0.0.5", "192.0.2.0/24");
  for (
    const prefix of ["10.0.0.0/8", "10.0.0.4/31", "192.0.2.255", "0.0.0.0/0"]
  ) {
    assert.ok(overlapsPrefix(set, parsePrefix(prefix)), prefix);
  }
  for (
    const prefix of [
      "10.0.0.6/31",
      "192.0.3.0/24",
      "0.0.0.0/8",
      "255.255.255.255",
    ]
  ) {
    assert.ok(!overlapsPrefix(set, parsePrefix(prefix)), prefix);
  }
});

Deno.test("addressAt() finds addresses among many short ranges beside a huge one", () => {
  const ranges = new RangeBuilder();
  ranges.addPrefix({ address: 0x8000_0000, length: 1 });
  for (let i = 0; i < 20_000; i++) ranges.addRange(i * 8, i * 8 + 3);
  const set = addressSet(ranges);
  assert.ok(!set.isList);
  assert.equal(set.count, 2 ** 31 + 80_000);
  for (let index = 0; index < 80_000; index++) {
    assert.equal(addressAt(set, index), (index >>> 2) * 8 + (index & 3));
  }
  assert.equal(addressAt(set, 80_000), 0x8000_0000);
  assert.equal(addressAt(set, set.count - 1), LAST);
});

Deno.test("addressAt() is right where a range begins at any place of a slot", () => {
  const count = 2 ** 14;
  for (let size = count / 2 - 4; size <= count / 2 + 4; size++) {
    const ranges = new RangeBuilder();
    ranges.addRange(100, 100 + size - 1);
    ranges.addRange(1_000_000, 1_000_000 + count - size - 1);
    const set = addressSet(ranges);
    assert.ok(set.indexShift > 0 && set.count === count);
    for (let index = 0; index < count; index++) {
      const address = index < size ? 100 + index : 1_000_000 + index - size;
      assert.equal(addressAt(set, index), address);
      assert.equal(indexOf(set, address), index);
    }
  }
});

Deno.test("countWithin() counts as contains() finds", () => {
  const ranges = new RangeBuilder();
  for (
    const prefix of [
      "0.0.0.0/30",
      "0.0.0.9",
      "0.0.1.0/28",
      "255.255.255.254/31",
    ]
  ) {
    ranges.addPrefix(parsePrefix(prefix));
  }
  const singles = new RangeBuilder();
  for (const address of [0, 3, 5, 0xffff_fff0]) singles.addAddress(address);
  for (const set of [addressSet(ranges), addressSet(singles)]) {
    for (const first of [0, 1, 2, 4, 9, 10, 250, 0xffff_ffef, 0xffff_fffe]) {
      for (
        let length = 1;
        length <= 20 && first + length <= 2 ** 32;
        length++
      ) {
        const last = first + length - 1;
        let count = 0;
        for (let address = first; address <= last; address++) {
          if (contains(set, address)) count++;
        }
        assert.equal(countWithin(set, { first, last }), count);
      }
    }
    assert.equal(countWithin(set, { first: 0, last: 0xffff_ffff }), set.count);
  }
  assert.equal(
    countWithin(allAddresses(), { first: 0, last: 0xffff_ffff }),
    2 ** 32,
  );
});
