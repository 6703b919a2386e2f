import assert from "node:assert/strict";
import { unpackCounts } from "../page/packed_counts.ts";
import { blockCount } from "../page/map_layer.ts";
import { parseRegion } from "../page/region.ts";
import { ipv4TargetsOf } from "../targets/mod.ts";
import { planOf, tallyOf } from "./_test_scan.ts";
import { AddressMap } from "./address_map.ts";
import { answeredLayer } from "./tally.ts";

const PLAN = planOf("198.18.0.0/16", "203.0.113.0/28");

function mapOf(): AddressMap {
  return new AddressMap(PLAN, answeredLayer(tallyOf([0xcb007105]).answered));
}

function counts(
  map: AddressMap,
  prefix: string,
): Record<"planned" | "answered" | "uncovered", number[]> {
  const region = parseRegion(prefix)!;
  const picture = map.picture(region, PLAN.positionCount / 2);
  assert.equal(picture.probed_share, 0.5);
  const of = (packed: string): number[] => [
    ...unpackCounts(packed, blockCount(region)),
  ];
  return {
    planned: of(picture.planned),
    answered: of(picture.answered),
    uncovered: of(picture.uncovered),
  };
}

function sum(list: readonly number[]): number {
  return list.reduce((total, count) => total + count, 0);
}

Deno.test("AddressMap has each target, at whatever depth", () => {
  const map = mapOf();
  const everything = counts(map, "0.0.0.0/0");
  assert.equal(sum(everything.planned), 65536 + 16);
  assert.equal(everything.planned[(203 << 8) | 0], 16);
  const block = counts(map, "203.0.113.0/24");
  assert.deepEqual(block, { planned: [16], answered: [1], uncovered: [0] });
  assert.equal(sum(counts(map, "203.0.0.0/12").planned), 16);
});

Deno.test("AddressMap finds the addresses of positions that were not covered", () => {
  const map = mapOf();
  const ranges = [{ first: 10, end: 4500 }, { first: 60_000, end: 65_552 }];
  map.setUncovered(ranges);
  const wanted = new Map<number, number>();
  const targets = ipv4TargetsOf(PLAN);
  const addresses = new Uint32Array(1);
  const ports = new Uint32Array(1);
  for (const { end, first } of ranges) {
    for (let position = first; position < end; position++) {
      targets.locate(Float64Array.of(position), 1, addresses, ports);
      const block = addresses[0]! >>> 8;
      wanted.set(block, (wanted.get(block) ?? 0) + 1);
    }
  }
  const { uncovered } = counts(map, "198.18.0.0/16");
  uncovered.forEach((count, at) =>
    assert.equal(count, wanted.get(0xc61200 + at) ?? 0)
  );
  assert.equal(
    sum(counts(map, "0.0.0.0/0").uncovered),
    4490 + 5552,
  );
});

Deno.test("AddressMap weighs what is too much to be looked up", () => {
  const plan = planOf("16.0.0.0/8");
  const map = new AddressMap(plan, answeredLayer(tallyOf([]).answered));
  map.setUncovered([{ first: 0, end: plan.positionCount }]);
  const region = parseRegion("16.0.0.0/8")!;
  const { uncovered } = map.picture(region, 0);
  const total = sum([...unpackCounts(uncovered, blockCount(region))]);
  assert.ok(Math.abs(total / plan.positionCount - 1) < 0.001);
});
