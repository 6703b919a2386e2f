import assert from "node:assert/strict";
import {
  type AddressSet,
  addressSet,
  makeNeighbours,
  makeTargetPlan,
  RangeBuilder,
  type TargetPlan,
  TargetSpace,
} from "../targets/mod.ts";
import { wantedNeighbours } from "./ask_neighbours.ts";

const ON_LINK = 0x0a09_0000;

function range(first: number, last: number): AddressSet {
  const builder = new RangeBuilder();
  builder.addRange(first, last);
  return addressSet(builder);
}

function planOf(
  shard: number,
  shards: number,
  most: number | null,
): TargetPlan {
  return makeTargetPlan({
    addresses: range(ON_LINK - 5000, ON_LINK + 4999),
    ports: Uint16Array.of(80, 443),
    seed: 3n,
    shards,
    shard,
    maxTargets: most === null ? null : { count: most },
  });
}

const NEIGHBOURS = makeNeighbours(range(ON_LINK, ON_LINK + 4999));

Deno.test("wantedNeighbours() are all when the scan has all positions", () => {
  const wanted = wantedNeighbours(NEIGHBOURS, planOf(0, 1, null));
  assert.equal(wanted.length, 5000);
  assert.equal(wanted[4999], 4999);
});

Deno.test("wantedNeighbours() are those that a shard or a limit leaves, each once", () => {
  for (const plan of [planOf(1, 3, null), planOf(0, 1, 100)]) {
    const space = new TargetSpace(plan);
    const expected = Array.from({ length: 5000 }, (_, i) => i).filter((i) =>
      [80, 443].some((port) => {
        const position = space.positionOf(ON_LINK + i, port);
        return position >= plan.firstPosition && position < plan.endPosition;
      })
    );
    assert.ok(expected.length > 0 && expected.length < 5000);
    assert.deepEqual([...wantedNeighbours(NEIGHBOURS, plan)], expected);
  }
});
