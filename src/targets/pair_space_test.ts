import assert from "node:assert/strict";
import fc from "fast-check";
import { type Ipv4Address, IPV6_WORDS } from "../base/mod.ts";
import { ipv6AddressSet, ipv6IndexOf } from "./ipv6_address_set.ts";
import { Ipv6Builder } from "./ipv6_builder.ts";
import { makeIpv6TargetPlan } from "./ipv6_plan.ts";
import { ipv4TargetsOf } from "./ipv4_targets.ts";
import { ipv6TargetsOf } from "./ipv6_targets.ts";
import { Ipv4PairBuilder } from "./ipv4_pair_builder.ts";
import { Ipv6PairBuilder } from "./ipv6_pair_builder.ts";
import { makeTargetPlan, type OrderOptions, type TargetPlan } from "./plan.ts";

type Pair = readonly [address: Ipv4Address, port: number];

const ORDER = { seed: 7n, shards: 1, shard: 0, maxTargets: null };

function portsOf(pairs: readonly Pair[]): Uint16Array {
  return Uint16Array.from(new Set(pairs.map(([, port]) => port)));
}

function planOf(
  pairs: readonly Pair[],
  order: Omit<OrderOptions, "ports"> = ORDER,
): TargetPlan {
  const builder = new Ipv4PairBuilder();
  for (const [address, port] of pairs) builder.add(address, port);
  const addresses = builder.takeAddresses(() => true);
  return makeTargetPlan({
    ...order,
    addresses,
    pairs: builder.take(),
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

Deno.test("Ipv6PairSpace has each pair at one position, and leads back from it", () => {
  fc.assert(fc.property(anyPairs, (pairs) => {
    const list = new Ipv6Builder();
    const builder = new Ipv6PairBuilder();
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
