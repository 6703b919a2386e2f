import assert from "node:assert/strict";
import { addressSet } from "./address_set.ts";
import { RangeBuilder } from "./range_builder.ts";

/** Ranges that the builder hands on, as text. */
function ranges(builder: RangeBuilder): string[] {
  const found: string[] = [];
  builder.writeTo({ append: (first, last) => found.push(`${first}-${last}`) });
  return found;
}

Deno.test("RangeBuilder hands on nothing when nothing was added", () => {
  assert.deepEqual(ranges(new RangeBuilder()), []);
});

Deno.test("RangeBuilder sorts and resolves overlaps", () => {
  const builder = new RangeBuilder();
  builder.addAddress(50);
  builder.addRange(10, 20);
  builder.addRange(0, 100);
  builder.addRange(15, 120);
  builder.addRange(300, 310);
  builder.addAddress(300);
  assert.deepEqual(ranges(builder), ["0-120", "300-310"]);
  assert.equal(builder.length, 6);
});

Deno.test("RangeBuilder takes more after it was read", () => {
  const builder = new RangeBuilder();
  builder.addAddress(7);
  builder.addAddress(3);
  assert.deepEqual(ranges(builder), ["3-3", "7-7"]);
  builder.addAddress(5);
  builder.addRange(1, 2);
  assert.deepEqual(ranges(builder), ["1-2", "3-3", "5-5", "7-7"]);
});

Deno.test("RangeBuilder grows past its first capacity, with addresses and then ranges", () => {
  const builder = new RangeBuilder();
  for (let i = 0; i < 5000; i++) builder.addAddress((i * 7919) % 5000 * 2);
  assert.equal(addressSet(builder).count, 5000);
  for (let i = 0; i < 5000; i++) builder.addRange(i * 2, i * 2 + 1);
  assert.deepEqual(addressSet(builder).count, 10_000);
  assert.equal(addressSet(builder).starts.length, 1);
});

Deno.test("RangeBuilder takes the whole address space", () => {
  const builder = new RangeBuilder();
  builder.addPrefix({ address: 0x8000_0000, length: 1 });
  builder.addPrefix({ address: 0, length: 1 });
  builder.addAddress(0xffff_ffff);
  assert.equal(addressSet(builder).count, 2 ** 32);
});

Deno.test("RangeBuilder.clear() leaves an empty one that takes any number again", () => {
  const builder = new RangeBuilder();
  for (let i = 0; i < 5000; i++) builder.addRange(i * 4, i * 4 + 1);
  builder.clear();
  assert.equal(builder.length, 0);
  assert.deepEqual(ranges(builder), []);
  for (let i = 4999; i >= 0; i--) builder.addAddress(i);
  assert.equal(addressSet(builder).count, 5000);
});
