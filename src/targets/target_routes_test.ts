import assert from "node:assert/strict";
import { addressSet } from "./address_set.ts";
import { RangeBuilder } from "./range_builder.ts";
import { makeNeighbours, neighbourOf, rangeOf } from "./target_routes.ts";

const NO_NEIGHBOURS = makeNeighbours(addressSet(new RangeBuilder()));

Deno.test("rangeOf() finds the range of each address", () => {
  const starts = [0, 50, 100, 110, 0x8000_0000];
  for (let count = 1; count <= starts.length; count++) {
    const table = {
      starts: Uint32Array.from(starts.slice(0, count)),
      hops: new Int32Array(count),
      neighbours: NO_NEIGHBOURS,
    };
    for (
      const address of [
        0,
        49,
        50,
        99,
        100,
        109,
        110,
        0x7fff_ffff,
        0x8000_0000,
        0xffff_ffff,
      ]
    ) {
      const expected = starts.slice(0, count).findLastIndex((start) =>
        start <= address
      );
      assert.equal(rangeOf(table, address), expected);
    }
  }
});

Deno.test("neighbourOf() finds neighbours whose hardware address is known", () => {
  const builder = new RangeBuilder();
  builder.addRange(100, 103);
  builder.addRange(109, 109);
  const neighbours = makeNeighbours(addressSet(builder));
  // A hardware address may begin or end with zeros.
  neighbours.macs[1 * 6 + 5] = 1;
  neighbours.macs[4 * 6] = 2;
  assert.deepEqual(
    [99, 100, 101, 102, 103, 104, 109, 110].map((address) =>
      neighbourOf(neighbours, address)
    ),
    [-1, -1, 1, -1, -1, -1, 4, -1],
  );
});
