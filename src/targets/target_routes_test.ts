import assert from "node:assert/strict";
import { addressSet } from "./address_set.ts";
import { RangeBuilder } from "./range_builder.ts";
import {
  BROADCAST,
  hopOf,
  makeNeighbours,
  NO_HOP,
  ON_LINK,
  type TargetRoutes,
} from "./target_routes.ts";

const GATEWAYS = 2;

function routes(): TargetRoutes {
  const builder = new RangeBuilder();
  builder.addRange(100, 103);
  builder.addRange(109, 109);
  const neighbours = makeNeighbours(addressSet(builder));
  // The neighbours 101 and 109; a hardware address may begin or end with zeros.
  neighbours.macs[1 * 6 + 5] = 1;
  neighbours.macs[4 * 6] = 2;
  return {
    starts: Uint32Array.of(0, 50, 100, 110, 200),
    hops: Int32Array.of(0, 1, ON_LINK, BROADCAST, NO_HOP),
    neighbours,
  };
}

Deno.test("hopOf() finds the gateway of each range", () => {
  const table = routes();
  const found = [0, 49, 50, 99, 110, 199, 200, 0xffff_ffff];
  assert.deepEqual(
    found.map((address) => hopOf(table, GATEWAYS, address)),
    [0, 0, 1, 1, BROADCAST, BROADCAST, NO_HOP, NO_HOP],
  );
});

Deno.test("hopOf() numbers neighbours behind the gateways, and none that nobody knows", () => {
  const table = routes();
  assert.deepEqual(
    [100, 101, 103, 104, 109].map((address) => hopOf(table, GATEWAYS, address)),
    [NO_HOP, GATEWAYS + 1, NO_HOP, NO_HOP, GATEWAYS + 4],
  );
});
