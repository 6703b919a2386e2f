import assert from "node:assert/strict";
import { setOf } from "../../tests/fixtures/address_sets.ts";
import { type AddressSet, allAddresses, contains } from "./address_set.ts";
import { makeTargetPlan } from "./plan.ts";
import { parsePorts } from "./ports.ts";
import { TargetSpace } from "./target_space.ts";

function spaceOf(addresses: AddressSet, ports: string): TargetSpace {
  return new TargetSpace(makeTargetPlan({
    addresses,
    ports: parsePorts(ports),
    seed: 3n,
    shards: 1,
    shard: 0,
    maxTargets: null,
  }));
}

Deno.test("TargetSpace.at() gives each pair of address and port once", () => {
  const addresses = setOf("192.0.2.0/27", "10.0.0.1", "255.255.255.255");
  const space = spaceOf(addresses, "443,80,7");
  assert.equal(space.positionCount, 34 * 3);
  const target = new Uint32Array(2);
  const seen = new Set<string>();
  for (let position = 0; position < space.positionCount; position++) {
    space.at(position, target);
    assert.ok(
      contains(addresses, target[0]!) && [443, 80, 7].includes(target[1]!),
    );
    seen.add(target.join());
  }
  assert.equal(seen.size, space.positionCount);
});

Deno.test("TargetSpace.at() gives the same targets in whatever order it is asked", () => {
  const space = spaceOf(setOf("192.0.2.0/24"), "1-10");
  const target = new Uint32Array(2);
  const inOrder: string[] = [];
  for (let position = 0; position < space.positionCount; position++) {
    space.at(position, target);
    inOrder.push(target.join());
  }
  for (let step = 0; step < 3 * space.positionCount; step++) {
    const position = (step * 7919 + (step & 3)) % space.positionCount;
    space.at(position, target);
    assert.equal(target.join(), inOrder[position]);
  }
  for (let position = space.positionCount - 1; position >= 0; position--) {
    space.at(position, target);
    assert.equal(target.join(), inOrder[position]);
  }
});

Deno.test("TargetSpace.at() leaves the other slots of the target alone", () => {
  const target = new Uint32Array(6).fill(9);
  spaceOf(setOf("192.0.2.1"), "80").at(0, target);
  assert.deepEqual([...target], [0xc000_0201, 80, 9, 9, 9, 9]);
});

Deno.test("TargetSpace.positionOf() is the inverse of at() over all addresses and ports", () => {
  const space = spaceOf(allAddresses(), "*");
  const target = new Uint32Array(2);
  for (
    const position of [
      0,
      1,
      2 ** 31,
      2 ** 32 + 1,
      2 ** 47 + 12_345,
      2 ** 48 - 1,
    ]
  ) {
    space.at(position, target);
    assert.equal(space.positionOf(target[0]!, target[1]!), position);
  }
});

Deno.test("TargetSpace tells which addresses and ports belong to it", () => {
  const space = spaceOf(setOf("192.0.2.0/24"), "0,80");
  assert.ok(space.contains(0xc000_02ff));
  assert.ok(!space.contains(0xc000_0300));
  assert.ok(space.hasPort(0) && space.hasPort(80) && !space.hasPort(443));
  assert.equal(space.positionOf(0xc000_0300, 80), -1);
  assert.equal(space.positionOf(0xc000_0200, 443), -1);
  assert.ok(space.positionOf(0xc000_0200, 0) >= 0);
});

Deno.test("TargetSpace.at() takes targets apart exactly, also where 1 / P is rounded down", () => {
  const target = new Uint32Array(2);
  for (const portCount of [1, 2, 3, 49, 98, 103, 107, 161, 1000]) {
    const space = spaceOf(setOf("192.0.2.0/29"), `1-${portCount}`);
    const seen = new Set<number>();
    for (let position = 0; position < space.positionCount; position++) {
      space.at(position, target);
      assert.ok(
        space.contains(target[0]!) && target[1]! >= 1 &&
          target[1]! <= portCount,
      );
      seen.add(target[0]! * 2 ** 16 + target[1]!);
    }
    assert.equal(seen.size, 8 * portCount);
  }
});
