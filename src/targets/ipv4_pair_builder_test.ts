import assert from "node:assert/strict";
import { addressAt } from "./address_set.ts";
import { Ipv4PairBuilder } from "./ipv4_pair_builder.ts";
import { addressOfPair, firstPairOf, pairOf } from "./pair_table.ts";

/** More than are sorted at once, and more than a piece has. */
const MANY = 600_000;
const PORTS = 2 ** 16;

/** Pairs as numbers: addresses times 2^16, and ports. */
function drawn(pairOfValue: (value: number) => number): Float64Array {
  const pairs = new Float64Array(MANY);
  let state = 1;
  for (let i = 0; i < MANY; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    pairs[i] = pairOfValue(state);
  }
  return pairs;
}

function builderOf(
  pairs: Iterable<readonly [address: number, port: number]>,
): Ipv4PairBuilder {
  const builder = new Ipv4PairBuilder();
  for (const [address, port] of pairs) builder.add(address, port);
  return builder;
}

/** All pairs as numbers, in their order. */
function taken(builder: Ipv4PairBuilder): Float64Array {
  const set = builder.takeAddresses(() => true);
  const table = builder.take();
  assert.equal(builder.length, 0);
  const pairs = new Float64Array(table.count);
  for (let pair = 0; pair < table.count; pair++) {
    const index = addressOfPair(table, pair);
    const port = table.ports[pair]!;
    pairs[pair] = addressAt(set, index) * PORTS + port;
    if (pairOf(table, index, port) !== pair) assert.equal(pair, -1);
  }
  for (let index = 0; index <= set.count; index += 255) {
    const first = firstPairOf(table, index);
    if (index < set.count) assert.equal(addressOfPair(table, first), index);
    if (index > 0) assert.equal(addressOfPair(table, first - 1), index - 1);
  }
  assert.equal(firstPairOf(table, set.count), table.count);
  return pairs;
}

/** What drawn numbers stand for, by what there are more of: addresses, or ports of each. */
const SHAPES: Readonly<Record<string, (value: number) => number>> = {
  "spread over all addresses": (value) => value * PORTS + (value & 3),
  "many ports of few addresses": (value) =>
    (0xffff_fff0 + (value >>> 30)) * PORTS + (value >>> 8 & 0xffff),
  "one pair": () => 0xc000_0201 * PORTS + 65_535,
};

for (const [shape, pairOfValue] of Object.entries(SHAPES)) {
  Deno.test(`Ipv4PairBuilder sorts pairs and drops repeats: ${shape}`, () => {
    const pairs = drawn(pairOfValue);
    const builder = new Ipv4PairBuilder();
    for (const pair of pairs) {
      builder.add(Math.floor(pair / PORTS), pair % PORTS);
    }
    const expected = pairs.sort().filter((pair, i) => pair !== pairs[i - 1]);
    const found = taken(builder);
    assert.equal(found.length, expected.length);
    assert.ok(found.every((pair, i) => pair === expected[i]));
  });
}

Deno.test("Ipv4PairBuilder keeps one port an address in two bytes, and others in little more", () => {
  const one = builderOf([[9, 80], [5, 443], [9, 80]]);
  one.takeAddresses(() => true);
  const { count, ports, ranks, samples, starts } = one.take();
  assert.deepEqual([count, [...ports]], [2, [443, 80]]);
  assert.equal(starts.length + ranks.length + samples.length, 0);
  const several = builderOf(
    Array.from({ length: 4096 }, (_, i) => [i >> 1, i & 1] as const),
  );
  several.takeAddresses(() => true);
  const table = several.take();
  const words = table.starts.length + table.ranks.length + table.samples.length;
  assert.ok(words <= 3 * 4096 / 32 + 16, String(words));
});

Deno.test("Ipv4PairBuilder.takeAddresses() forgets pairs that are not kept, but not all of them", () => {
  const pairs = Array.from({ length: MANY }, (_, i) => [i, i % 7] as const);
  const builder = builderOf(pairs);
  const set = builder.takeAddresses((address) => address % 2 === 1);
  assert.deepEqual([set.count, builder.length], [MANY / 2, MANY / 2]);
  const { ports } = builder.take();
  assert.ok(ports.every((port, index) => port === (2 * index + 1) % 7));
  const none = builderOf(pairs);
  assert.equal(none.takeAddresses(() => false).count, MANY);
});
