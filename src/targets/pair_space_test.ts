import assert from "node:assert/strict";
import fc from "fast-check";
import { type Ipv4Address, IPV6_WORDS } from "../base/mod.ts";
import { addressSet, indexOf } from "./address_set.ts";
import { ipv6AddressSet, ipv6IndexOf } from "./ipv6_address_set.ts";
import { Ipv6Builder } from "./ipv6_builder.ts";
import { makeIpv6TargetPlan } from "./ipv6_plan.ts";
import { ipv4TargetsOf } from "./ipv4_targets.ts";
import { ipv6TargetsOf } from "./ipv6_targets.ts";
import { PairBuilder } from "./pair_table.ts";
import { makeTargetPlan, type OrderOptions, type TargetPlan } from "./plan.ts";
import { RangeBuilder } from "./range_builder.ts";

type Pair = readonly [address: Ipv4Address, port: number];

const ORDER = { seed: 7n, shards: 1, shard: 0, maxTargets: null };

function portsOf(pairs: readonly Pair[]): Uint16Array {
  return Uint16Array.from(new Set(pairs.map(([, port]) => port)));
}

function planOf(
  pairs: readonly Pair[],
  order: Omit<OrderOptions, "ports"> = ORDER,
): TargetPlan {
  const ranges = new RangeBuilder();
  const builder = new PairBuilder(1);
  for (const [address, port] of pairs) {
    ranges.addAddress(address);
    builder.add(Uint32Array.of(0, address), 1, port);
  }
  const addresses = addressSet(ranges);
  const table = builder.take(
    addresses.count,
    (words, at) => indexOf(addresses, words[at]!),
  );
  return makeTargetPlan({
    ...order,
    addresses,
    pairs: table,
    ports: portsOf(pairs),
  });
}

function located(plan: TargetPlan): Pair[] {
  const space = ipv4TargetsOf(plan);
  const count = plan.endPosition - plan.firstPosition;
  const positions = Float64Array.from(
    { length: count },
    (_, i) => plan.firstPosition + i,
  );
  const addresses = new Uint32Array(count);
  const ports = new Uint32Array(count);
  space.locate(positions, count, addresses, ports);
  return Array.from(addresses, (address, i) => [address, ports[i]!] as const);
}

const anyPairs = fc.array(
  fc.tuple(
    fc.oneof(fc.nat(6), fc.constantFrom(0xffff_ffff, 0x7fff_0000)),
    fc.oneof(fc.nat(20), fc.constantFrom(0, 65_535)),
  ),
  { minLength: 1, maxLength: 60 },
);

Deno.test("PairSpace has each pair at one position, and leads back from it", () => {
  fc.assert(fc.property(anyPairs, (pairs) => {
    const plan = planOf(pairs);
    const distinct = new Set(pairs.map(String));
    assert.equal(plan.positionCount, distinct.size);
    const found = located(plan);
    assert.deepEqual(new Set(found.map(String)), distinct);
    const space = ipv4TargetsOf(plan);
    for (const [position, [address, port]] of found.entries()) {
      assert.equal(space.positionOf(address, port), position);
      assert.ok(space.contains(address) && space.hasPort(port));
      const ports = found.filter(([other]) => other === address)
        .map(([, other]) => other).sort((a, b) => a - b);
      assert.equal(space.portCountOf(address), ports.length);
      assert.equal(space.portRankOf(address, port), ports.indexOf(port));
    }
    for (const [address] of found) {
      for (const [, port] of found) {
        const isPair = distinct.has(`${address},${port}`);
        assert.equal(space.positionOf(address, port) >= 0, isPair);
        assert.equal(space.portRankOf(address, port) >= 0, isPair);
      }
    }
    assert.equal(space.positionOf(0x1234_5678, found[0]![1]), -1);
    assert.equal(space.portCountOf(0x1234_5678), 0);
  }));
});

Deno.test("PairSpace in shards has each pair once, in an order that the seed gives", () => {
  const pairs = Array.from({ length: 1000 }, (_, i): Pair => [
    i % 300,
    Math.floor(i / 300) * 10,
  ]);
  const whole = located(planOf(pairs));
  const parts = [0, 1, 2].flatMap((shard) =>
    located(planOf(pairs, { ...ORDER, shards: 3, shard }))
  );
  assert.deepEqual(parts, whole);
  assert.notDeepEqual(located(planOf(pairs, { ...ORDER, seed: 8n })), whole);
  const few = located(planOf(pairs, { ...ORDER, maxTargets: { count: 10 } }));
  assert.deepEqual(few, whole.slice(0, 10));
});

Deno.test("PairBuilder.take() leaves out what is no target, and keeps one port an address in two bytes", () => {
  const ranges = new RangeBuilder();
  ranges.addRange(5, 6);
  const set = addressSet(ranges);
  const builder = new PairBuilder(1);
  for (const address of [4, 5, 6, 7]) {
    builder.add(Uint32Array.of(address), 0, 80);
  }
  assert.equal(builder.length, 4);
  const table = builder.take(2, (words, at) => indexOf(set, words[at]!));
  assert.deepEqual([...table.ports], [80, 80]);
  assert.equal(table.count, 2);
  assert.equal(table.firsts.length + table.slots.length, 0);
  assert.equal(builder.length, 0);
});

Deno.test("Ipv6PairSpace has each pair at one position, and leads back from it", () => {
  fc.assert(fc.property(anyPairs, (pairs) => {
    const list = new Ipv6Builder();
    const builder = new PairBuilder(IPV6_WORDS);
    for (const [low, port] of pairs) {
      const words = Uint32Array.of(0x2001_0db8, 0, 0, low);
      list.addAddress(words, 0);
      builder.add(words, 0, port);
    }
    const addresses = ipv6AddressSet([{ kind: "list", ...list.take() }]);
    const table = builder.take(
      addresses.count,
      (words, at) => ipv6IndexOf(addresses, words, at),
    );
    const ports = portsOf(pairs);
    const plan = makeIpv6TargetPlan({
      ...ORDER,
      addresses,
      ports,
      pairs: table,
    });
    const space = ipv6TargetsOf(plan);
    const count = space.positionCount;
    const numbers = Float64Array.from({ length: count }, (_, i) => i);
    const words = new Uint32Array(count * IPV6_WORDS);
    const found = new Uint32Array(count);
    space.locate(numbers, count, words, found);
    const texts = new Set<string>();
    for (let i = 0; i < count; i++) {
      const at = i * IPV6_WORDS;
      texts.add(`${words[at + 3]},${found[i]}`);
      const number = space.numberOf(words, at, found[i]!);
      assert.equal(number, numbers[i]);
      assert.equal(space.positionOf(number), i);
      assert.ok(space.containsAddress(words, at));
      assert.ok(space.portRankOf(number) < space.portCountOf(number));
      assert.equal(
        space.addressIndexOf(number),
        ipv6IndexOf(addresses, words, at),
      );
    }
    assert.deepEqual(texts, new Set(pairs.map(String)));
  }));
});

Deno.test("PairBuilder.addTo() forgets pairs that are not kept, but not all of them", () => {
  const count = 2 ** 18 + 100;
  const builderOf = (): PairBuilder => {
    const builder = new PairBuilder(1);
    for (let i = 0; i < count; i++) builder.add(Uint32Array.of(i), 0, i % 7);
    return builder;
  };
  const builder = builderOf();
  const ranges = new RangeBuilder();
  builder.addTo(ranges, (address) => address % 2 === 1);
  assert.equal(builder.length, count / 2);
  const set = addressSet(ranges);
  assert.equal(set.count, count / 2);
  const table = builder.take(
    set.count,
    (words, at) => indexOf(set, words[at]!),
  );
  assert.ok(table.ports.every((port, index) => port === (2 * index + 1) % 7));
  const none = builderOf();
  none.addTo(new RangeBuilder(), () => false);
  assert.equal(none.length, count);
});
