import assert from "node:assert/strict";
import { setOf } from "../../tests/fixtures/address_sets.ts";
import { allAddresses } from "./address_set.ts";
import {
  makeTargetPlan,
  type TargetPlan,
  type TargetPlanOptions,
} from "./plan.ts";
import { parsePorts } from "./ports.ts";

function plan(options: Partial<TargetPlanOptions>): TargetPlan {
  return makeTargetPlan({
    addresses: setOf("192.0.2.0/24"),
    ports: parsePorts("80"),
    seed: 1n,
    shards: 1,
    shard: 0,
    maxTargets: null,
    ...options,
  });
}

/** First and end position of each shard. */
function cuts(options: Partial<TargetPlanOptions>): [number, number][] {
  return Array.from({ length: options.shards ?? 1 }, (_, shard) => {
    const { firstPosition, endPosition } = plan({ ...options, shard });
    return [firstPosition, endPosition];
  });
}

Deno.test("makeTargetPlan() covers all positions with one shard", () => {
  assert.deepEqual(cuts({}), [[0, 256]]);
  assert.equal(plan({ ports: parsePorts("1-3") }).positionCount, 768);
});

Deno.test("makeTargetPlan() gives the first shards one position more", () => {
  assert.deepEqual(cuts({ shards: 3 }), [[0, 86], [86, 171], [171, 256]]);
});

Deno.test("makeTargetPlan() shares a limit as it shares positions", () => {
  const limited = cuts({ shards: 3, maxTargets: { count: 10 } });
  assert.deepEqual(limited, [[0, 4], [86, 89], [171, 174]]);
  assert.deepEqual(cuts({ maxTargets: { count: 1000 } }), [[0, 256]]);
  assert.deepEqual(cuts({ maxTargets: { percent: 50 } }), [[0, 128]]);
  assert.deepEqual(cuts({ maxTargets: { percent: 0.4 } }), [[0, 1]]);
  assert.deepEqual(cuts({ maxTargets: { percent: 100 } }), [[0, 256]]);
});

Deno.test("makeTargetPlan() is exact for all addresses and all ports", () => {
  const addresses = allAddresses();
  const ports = parsePorts("*");
  assert.equal(plan({ addresses, ports }).endPosition, 2 ** 48);
  const last = plan({ addresses, ports, shards: 7, shard: 6 });
  assert.equal(
    BigInt(last.firstPosition),
    (2n ** 48n / 7n) * 6n + (2n ** 48n % 7n),
  );
  assert.equal(last.endPosition, 2 ** 48);
});

Deno.test("makeTargetPlan() survives postMessage without copying tables", () => {
  const original = plan({ ports: parsePorts("1-100") });
  const copy = structuredClone(original);
  assert.deepEqual(copy, original);
  for (
    const table of [
      original.addresses.starts,
      original.addresses.bucketTable,
      original.ports,
    ]
  ) {
    assert.ok(table.buffer instanceof SharedArrayBuffer);
  }
});

for (
  const [name, options, reason] of [
    ["no address", { addresses: setOf() }, /no address is left/],
    ["no port", { ports: new Uint16Array(0) }, /no port is given/],
    ["too many targets", {
      addresses: allAddresses(),
      ports: new Uint16Array(65_537),
    }, /more than 2\^48/],
    ["0 shards", { shards: 0 }, /into 0 shards/],
    ["1.5 shards", { shards: 1.5 }, /into 1.5 shards/],
    [
      "shard above the last",
      { shards: 2, shard: 2 },
      /shard 2 of 2: must be an integer from 0 to 1/,
    ],
    ["shard below 0", { shards: 2, shard: -1 }, /shard -1 of 2/],
    [
      "more shards than targets",
      { shards: 257 },
      /256 targets into 257 shards/,
    ],
    [
      "more shards than the limit",
      { shards: 3, maxTargets: { count: 2 } },
      /2 targets \(of 256, by the limit\) into 3/,
    ],
    ["limit 0", { maxTargets: { count: 0 } }, /to 0 targets/],
    ["limit 1.5", { maxTargets: { count: 1.5 } }, /to 1.5 targets/],
    ["limit NaN", { maxTargets: { count: NaN } }, /to NaN targets/],
    ["0%", { maxTargets: { percent: 0 } }, /to 0% of its targets/],
    ["101%", { maxTargets: { percent: 101 } }, /to 101% of its targets/],
    ["NaN%", { maxTargets: { percent: NaN } }, /to NaN% of its targets/],
    [
      "a percentage of nothing",
      { maxTargets: { percent: 0.3 } },
      /less than one/,
    ],
  ] as const
) {
  Deno.test(`makeTargetPlan() rejects ${name}`, () => {
    assert.throws(
      () => plan(options),
      (error: Error) =>
        error instanceof RangeError && reason.test(error.message),
    );
  });
}
