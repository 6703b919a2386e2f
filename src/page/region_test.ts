import assert from "node:assert/strict";
import fc from "fast-check";
import { blockBits, blockCount } from "./map_layer.ts";
import {
  blockAt,
  blockPoint,
  EVERYTHING,
  outward,
  parseRegion,
  pictureSide,
  regionAround,
  regionOf,
  regionText,
} from "./region.ts";

const regions = fc.tuple(
  fc.nat(2 ** 32 - 1),
  fc.constantFrom(0, 4, 8, 12, 16, 20, 24),
).map(([address, length]) => regionOf(address, length));

Deno.test("blockAt() finds the block that blockPoint() has placed, within the picture", () => {
  fc.assert(fc.property(regions, fc.nat(2 ** 16 - 1), (region, number) => {
    const block = number % blockCount(region);
    const point = blockPoint(region, block);
    const side = pictureSide(region);
    assert.ok(point.x >= 0 && point.x < side && point.y >= 0 && point.y < side);
    assert.equal(blockAt(region, point), block);
  }));
});

Deno.test("blockPoint() shows a region within the region around it at the same place", () => {
  fc.assert(fc.property(regions, (region) => {
    const around = outward(region);
    if (around.length === region.length || region.length > 16) return;
    // The first block of the region, and the block around it in the wider picture.
    const bits = blockBits(around);
    const index = Math.floor(region.first / 2 ** (32 - bits)) -
      around.first / 2 ** (32 - bits);
    const outer = blockPoint(around, index);
    const scale = pictureSide(around) / 4;
    const place = {
      x: Math.floor(outer.x / scale),
      y: Math.floor(outer.y / scale),
    };
    const last = Math.floor(
      (region.first + 2 ** (32 - region.length) - 1) / 2 ** (32 - bits),
    ) - around.first / 2 ** (32 - bits);
    const end = blockPoint(around, last);
    assert.deepEqual(place, {
      x: Math.floor(end.x / scale),
      y: Math.floor(end.y / scale),
    });
  }));
});

Deno.test("parseRegion() reads addresses and prefixes, and nothing else", () => {
  const cases: [string, string | null][] = [
    ["198.18.7.9", "198.18.7.0/24"],
    ["198.18.0.0/15", "198.16.0.0/12"],
    ["0.0.0.0/0", "0.0.0.0/0"],
    ["255.255.255.255/32", "255.255.255.0/24"],
    ["198.18.0.0/33", null],
    ["198.18.0", null],
    ["1.2.3.4.5", null],
    ["x", null],
  ];
  for (const [text, wanted] of cases) {
    const region = parseRegion(text);
    assert.equal(region === null ? null : regionText(region), wanted, text);
  }
});

Deno.test("regionAround() is the smallest that holds all", () => {
  const counts = new Uint32Array(65536);
  assert.equal(regionAround(EVERYTHING, counts), EVERYTHING);
  counts[(198 << 8) | 18] = 1;
  assert.equal(regionText(regionAround(EVERYTHING, counts)), "198.18.0.0/16");
  counts[(198 << 8) | 19] = 1;
  assert.equal(regionText(regionAround(EVERYTHING, counts)), "198.16.0.0/12");
  counts[0] = 1;
  assert.equal(regionText(regionAround(EVERYTHING, counts)), "0.0.0.0/0");
});
