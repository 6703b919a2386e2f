import assert from "node:assert/strict";
import fc from "fast-check";
import {
  addressAt,
  type AddressSet,
  addressSet,
  contains,
  indexOf,
  intersect,
  makeTargetPlan,
  overlapsPrefix,
  prefixRange,
  RangeBuilder,
  subtract,
  TargetSpace,
  union,
} from "../../src/targets/mod.ts";

/** Addresses of the small spaces in which sets are compared with brute force. */
const SPACE = 300;
/** Where the small spaces begin: both ends, the sign bit, and across a /16. */
const anyBase = fc.constantFrom(0, 2 ** 31 - 150, 2 ** 32 - SPACE, 0x0a00_ff80);
const anyRanges = fc.array(
  fc.tuple(fc.nat(SPACE - 1), fc.oneof(fc.constant(0), fc.nat(40))),
  { maxLength: 40 },
);

interface Modelled {
  readonly set: AddressSet;
  readonly isMember: readonly boolean[];
}

function modelled(base: number, ranges: readonly [number, number][]): Modelled {
  const builder = new RangeBuilder();
  const isMember = new Array<boolean>(SPACE).fill(false);
  for (const [first, more] of ranges) {
    const last = Math.min(first + more, SPACE - 1);
    if (first === last) builder.addAddress(base + first);
    else builder.addRange(base + first, base + last);
    isMember.fill(true, first, last + 1);
  }
  return { set: addressSet(builder), isMember };
}

function assertSame(
  set: AddressSet,
  base: number,
  isMember: readonly boolean[],
): void {
  let count = 0;
  for (let i = 0; i < SPACE; i++) {
    assert.equal(contains(set, base + i), isMember[i]);
    assert.equal(indexOf(set, base + i), isMember[i] ? count : -1);
    if (isMember[i]) assert.equal(addressAt(set, count++), base + i);
  }
  assert.equal(set.count, count);
  assert.equal(contains(set, (base + SPACE) >>> 0), false);
  assert.equal(contains(set, (base - 1) >>> 0), false);
  for (let i = 1; i < set.starts.length; i++) {
    assert.ok(set.starts[i]! > set.ends[i - 1]! + (set.isList ? 0 : 1));
  }
}

Deno.test("addressSet(), contains(), indexOf() and addressAt() equal brute force", () => {
  fc.assert(fc.property(anyBase, anyRanges, (base, ranges) => {
    const { set, isMember } = modelled(base, ranges);
    assertSame(set, base, isMember);
  }));
});

Deno.test("union(), intersect() and subtract() equal brute force", () => {
  fc.assert(
    fc.property(
      anyBase,
      anyRanges,
      anyRanges,
      (base, leftRanges, rightRanges) => {
        const left = modelled(base, leftRanges);
        const right = modelled(base, rightRanges);
        const both = (
          combine: (l: boolean, r: boolean) => boolean,
        ): boolean[] =>
          left.isMember.map((isLeft, i) => combine(isLeft, right.isMember[i]!));
        assertSame(union(left.set, right.set), base, both((l, r) => l || r));
        assertSame(
          intersect(left.set, right.set),
          base,
          both((l, r) => l && r),
        );
        assertSame(
          subtract(left.set, right.set),
          base,
          both((l, r) => l && !r),
        );
      },
    ),
  );
});

Deno.test("overlapsPrefix() equals brute force", () => {
  const anyLength = fc.integer({ min: 22, max: 32 });
  fc.assert(
    fc.property(
      anyBase,
      anyRanges,
      fc.nat(SPACE - 1),
      anyLength,
      (base, ranges, at, length) => {
        const { set, isMember } = modelled(base, ranges);
        const prefix = { address: base + at, length };
        const { first, last } = prefixRange(prefix);
        const expected = isMember.some((is, i) =>
          is && base + i >= first && base + i <= last
        );
        assert.equal(overlapsPrefix(set, prefix), expected);
      },
    ),
  );
});

Deno.test("addressAt() and indexOf() agree on large sets of prefixes", () => {
  const anyPrefix = fc.record({
    address: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    length: fc.integer({ min: 0, max: 32 }),
  });
  const anyPrefixes = fc.array(anyPrefix, { minLength: 1, maxLength: 200 });
  const anyShare = fc.double({
    min: 0,
    max: 1,
    maxExcluded: true,
    noNaN: true,
  });
  fc.assert(
    fc.property(
      anyPrefixes,
      fc.array(anyShare, { minLength: 20 }),
      (prefixes, shares) => {
        const builder = new RangeBuilder();
        for (const prefix of prefixes) builder.addPrefix(prefix);
        const set = addressSet(builder);
        for (const share of shares) {
          const index = Math.floor(share * set.count);
          const address = addressAt(set, index);
          assert.ok(contains(set, address));
          assert.equal(indexOf(set, address), index);
        }
        for (const { address, length } of prefixes) {
          assert.ok(contains(set, prefixRange({ address, length }).last));
        }
      },
    ),
  );
});

Deno.test("makeTargetPlan() cuts shards that are disjoint, complete and exact", () => {
  const anyShards = fc.integer({ min: 1, max: 300 });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 2 ** 32 }),
      fc.integer({ min: 1, max: 65_536 }),
      anyShards,
      fc.option(fc.integer({ min: 1, max: 2 ** 50 })),
      (addressCount, portCount, wantedShards, limit) => {
        const builder = new RangeBuilder();
        builder.addRange(0, addressCount - 1);
        const addresses = addressSet(builder);
        const ports = Uint16Array.from(
          { length: portCount },
          (_, port) => port,
        );
        const size = BigInt(addressCount) * BigInt(portCount);
        const wanted = limit === null || BigInt(limit) > size
          ? size
          : BigInt(limit);
        const shards = Math.min(wantedShards, Number(wanted));
        const maxTargets = limit === null ? null : { count: limit };
        let next = 0n;
        let total = 0n;
        for (let shard = 0; shard < shards; shard++) {
          const plan = makeTargetPlan({
            addresses,
            ports,
            seed: 0n,
            shards,
            shard,
            maxTargets,
          });
          const extra = (count: bigint): bigint =>
            BigInt(shard) < count % BigInt(shards) ? 1n : 0n;
          const quota = BigInt(plan.endPosition) - BigInt(plan.firstPosition);
          assert.equal(BigInt(plan.firstPosition), next);
          assert.equal(quota, wanted / BigInt(shards) + extra(wanted));
          next += size / BigInt(shards) + extra(size);
          total += quota;
          assert.ok(BigInt(plan.endPosition) <= next);
        }
        assert.equal(next, size);
        assert.equal(total, wanted);
      },
    ),
    { numRuns: 30 },
  );
});

Deno.test("TargetSpace of all shards together gives each target once", () => {
  fc.assert(
    fc.property(
      anyRanges.filter((ranges) => ranges.length > 0),
      fc.uniqueArray(fc.integer({ min: 0, max: 65_535 }), {
        minLength: 1,
        maxLength: 20,
      }),
      fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      fc.integer({ min: 1, max: 5 }),
      (ranges, portList, seed, wantedShards) => {
        const { set: addresses } = modelled(0x0a00_ff80, ranges);
        const ports = Uint16Array.from(portList);
        const count = addresses.count * ports.length;
        const shards = Math.min(wantedShards, count);
        const seen = new Set<string>();
        const target = new Uint32Array(2);
        for (let shard = 0; shard < shards; shard++) {
          const plan = makeTargetPlan({
            addresses,
            ports,
            seed,
            shards,
            shard,
            maxTargets: null,
          });
          const space = new TargetSpace(structuredClone(plan));
          for (
            let position = plan.firstPosition;
            position < plan.endPosition;
            position++
          ) {
            space.at(position, target);
            assert.ok(space.contains(target[0]!) && space.hasPort(target[1]!));
            assert.equal(space.positionOf(target[0]!, target[1]!), position);
            seen.add(target.join());
          }
        }
        assert.equal(seen.size, count);
      },
    ),
    { numRuns: 50 },
  );
});
