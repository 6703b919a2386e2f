import assert from "node:assert/strict";
import fc from "fast-check";
import { SeededRandom } from "../../src/base/mod.ts";
import {
  addressAt,
  addressSet,
  invert,
  makePermutation,
  makeTargetPlan,
  permute,
  RangeBuilder,
  selectAddresses,
  specialPurposePrefixes,
  TargetSpace,
} from "../../src/targets/mod.ts";

/** Fixed seeds make these tests the same in every run, so that the bound is never met by bad luck. */
const MAX_DEVIATIONS = 5;

const anySeed = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

/** How many standard deviations the counts are off from `expected`; chi-square is nearly normal for many bins. */
function deviation(
  counts: ArrayLike<number>,
  expected: (bin: number) => number,
): number {
  let chiSquare = 0;
  let bins = 0;
  for (let bin = 0; bin < counts.length; bin++) {
    const mean = expected(bin);
    if (mean === 0) assert.equal(counts[bin], 0);
    else {
      chiSquare += (counts[bin]! - mean) ** 2 / mean;
      bins++;
    }
  }
  return (chiSquare - (bins - 1)) / Math.sqrt(2 * (bins - 1));
}

/** Fails when counts are less even than random draws would leave them. Being more even is fine: nothing is drawn twice. */
function assertEven(
  counts: ArrayLike<number>,
  expected: (bin: number) => number,
): void {
  const sigmas = deviation(counts, expected);
  assert.ok(
    sigmas < MAX_DEVIATIONS,
    `${sigmas.toFixed(1)} standard deviations`,
  );
}

Deno.test("permute() visits each number once, for any size and seed", () => {
  const anySize = fc.oneof(
    fc.integer({ min: 1, max: 40 }),
    fc.integer({ min: 1, max: 5000 }),
  );
  fc.assert(fc.property(anySize, anySeed, (size, seed) => {
    const permutation = makePermutation(size, seed);
    const seen = new Uint8Array(size);
    for (let position = 0; position < size; position++) {
      const value = permute(permutation, position);
      assert.ok(value >= 0 && value < size && seen[value] === 0);
      seen[value] = 1;
      assert.equal(invert(permutation, value), position);
    }
  }));
});

Deno.test("permute() visits each number once for sizes beside squares and powers of two", () => {
  for (let side = 2; side <= 64; side++) {
    for (const size of [side * side - 1, side * side, side * side + 1]) {
      const permutation = makePermutation(size, BigInt(side));
      const seen = new Set<number>();
      for (let position = 0; position < size; position++) {
        seen.add(permute(permutation, position));
      }
      assert.equal(seen.size, size);
    }
  }
});

Deno.test("invert() undoes permute() for any size up to 2^48", () => {
  const anySize = fc.tuple(
    fc.integer({ min: 0, max: 47 }),
    fc.double({ min: 1, max: 2, noNaN: true }),
  )
    .map(([bits, factor]) => Math.floor(2 ** bits * factor));
  const anyShare = fc.double({
    min: 0,
    max: 1,
    maxExcluded: true,
    noNaN: true,
  });
  fc.assert(
    fc.property(
      anySize,
      anySeed,
      fc.array(anyShare, { minLength: 10 }),
      (size, seed, shares) => {
        const permutation = makePermutation(size, seed);
        for (
          const position of [
            0,
            size - 1,
            ...shares.map((share) => Math.floor(share * size)),
          ]
        ) {
          const value = permute(permutation, position);
          assert.ok(Number.isInteger(value) && value >= 0 && value < size);
          assert.equal(invert(permutation, value), position);
        }
      },
    ),
  );
});

Deno.test("TargetSpace.at() visits each of 3,000,003 targets once", () => {
  const ranges = new RangeBuilder();
  for (let i = 0; i < 1000; i++) {
    ranges.addRange(i * 4_000_000, i * 4_000_000 + 998);
  }
  ranges.addAddress(5);
  const addresses = addressSet(ranges);
  ranges.addAddress(0xffff_ffff);
  const withLast = addressSet(ranges);
  assert.equal(addresses.count, 999_000);
  const ports = Uint16Array.of(65_535, 0, 443);
  const plan = makeTargetPlan({
    addresses: withLast,
    ports,
    seed: 11n,
    shards: 1,
    shard: 0,
    maxTargets: null,
  });
  const space = new TargetSpace(plan);
  const seen = new Uint8Array(plan.positionCount);
  const target = new Uint32Array(2);
  for (let position = 0; position < plan.positionCount; position++) {
    space.at(position, target);
    const entry = target[0] === 0xffff_ffff
      ? 999_000
      : Math.floor(target[0]! / 4_000_000) * 999 + target[0]! % 4_000_000;
    const index = entry * 3 + ports.indexOf(target[1]!);
    assert.equal(seen[index], 0);
    seen[index] = 1;
  }
  assert.ok(seen.every((count) => count === 1));
});

Deno.test("permute() hits each /16 of the Internet evenly in any window of the scan", () => {
  const blocked = new RangeBuilder();
  for (const prefix of specialPurposePrefixes()) blocked.addPrefix(prefix);
  const internet = selectAddresses({
    allowed: null,
    listed: null,
    blocked: addressSet(blocked),
  });
  const allowedIn = new Float64Array(65_536);
  for (let i = 0; i < internet.starts.length; i++) {
    for (let at = internet.starts[i]!; at <= internet.ends[i]!;) {
      const end = Math.min(
        internet.ends[i]! + 1,
        (Math.floor(at / 65_536) + 1) * 65_536,
      );
      allowedIn[at >>> 16]! += end - at;
      at = end;
    }
  }
  for (
    const [window, first] of [[2 ** 20, 0], [2 ** 20, 1e9], [
      2 ** 18,
      2 ** 31 - 1000,
    ], [2 ** 18, 3e9]] as const
  ) {
    const permutation = makePermutation(internet.count, BigInt(first));
    const hits = new Uint32Array(65_536);
    for (let position = first; position < first + window; position++) {
      hits[addressAt(internet, permute(permutation, position)) >>> 16]!++;
    }
    assertEven(hits, (bin) => window * allowedIn[bin]! / internet.count);
  }
});

for (
  const [size, window, bins] of [
    [2 ** 16, 2 ** 11, 64],
    [100_000, 4000, 100],
    [2 ** 24, 2 ** 16, 2 ** 10],
    [2 ** 36 + 1, 2 ** 17, 2 ** 12],
    [2 ** 48, 2 ** 17, 2 ** 12],
  ] as const
) {
  Deno.test(`permute() hits each part of ${size} numbers evenly, and so are the steps between targets`, () => {
    for (let seed = 0; seed < 8; seed++) {
      const permutation = makePermutation(size, BigInt(seed));
      const first = Math.floor(size / 8) * seed;
      const hits = new Uint32Array(bins);
      const steps = new Uint32Array(bins);
      let last = permute(permutation, first);
      for (
        let position = first + 1;
        position <= first + window - 1;
        position++
      ) {
        const value = permute(permutation, position);
        hits[Math.floor(value / size * bins)]!++;
        steps[Math.floor((value - last + size) % size / size * bins)]!++;
        last = value;
      }
      assertEven(hits, () => (window - 1) / bins);
      assertEven(steps, () => (window - 1) / bins);
    }
  });
}

Deno.test("permute() changes each bit half of the time when one bit of the position or the seed changes", () => {
  const samples = 2000;
  const bits = 20;
  const random = new SeededRandom(4n);
  const flips = new Uint32Array((bits + 64) * bits);
  const count = (row: number, difference: number): void => {
    for (let bit = 0; bit < bits; bit++) {
      flips[row * bits + bit]! += (difference >>> bit) & 1;
    }
  };
  for (let sample = 0; sample < samples; sample++) {
    const seed = BigInt(random.nextWord()) << 32n | BigInt(random.nextWord());
    const position = random.nextWord() >>> (32 - bits);
    const permutation = makePermutation(2 ** bits, seed);
    const value = permute(permutation, position);
    for (let bit = 0; bit < bits; bit++) {
      count(bit, value ^ permute(permutation, position ^ (1 << bit)));
    }
    const seedBit = sample % 64;
    count(
      bits + seedBit,
      value ^
        permute(
          makePermutation(2 ** bits, seed ^ (1n << BigInt(seedBit))),
          position,
        ),
    );
  }
  for (const [index, flipped] of flips.entries()) {
    const row = Math.floor(index / bits);
    const trials = row < bits
      ? samples
      : Math.floor(samples / 64) + (row - bits < samples % 64 ? 1 : 0);
    assert.ok(
      Math.abs(flipped - trials / 2) < MAX_DEVIATIONS * Math.sqrt(trials) / 2,
    );
  }
});

Deno.test("permute() keeps no relation between positions that share their low half", () => {
  // What 4 rounds fail: see the head of src/targets/permutation.ts.
  const side = 2 ** 10;
  const seeds = 60;
  let kept = 0;
  for (let seed = 0; seed < seeds; seed++) {
    const permutation = makePermutation(side * side, BigInt(seed));
    for (let low = 0; low < side; low++) {
      const step = 1 + low % (side - 1);
      const difference =
        Math.floor(permute(permutation, step * side + low) / side) -
        Math.floor(permute(permutation, low) / side);
      if ((difference + side) % side === step) kept++;
    }
  }
  assert.ok(
    Math.abs(kept - seeds) < MAX_DEVIATIONS * Math.sqrt(seeds),
    `${kept} of ${seeds} expected`,
  );
});

Deno.test("permute() gives all orders of few numbers equally often over seeds", () => {
  for (const [size, orders] of [[2, 2], [3, 6], [4, 24], [5, 120]] as const) {
    const counts = new Map<string, number>();
    const seeds = orders * 100;
    for (let seed = 0; seed < seeds; seed++) {
      const permutation = makePermutation(size, BigInt(seed));
      let order = "";
      for (let position = 0; position < size; position++) {
        order += permute(permutation, position);
      }
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    assert.equal(counts.size, orders);
    assertEven([...counts.values()], () => seeds / orders);
  }
});

Deno.test("permute() spreads the first two of few numbers evenly over seeds", () => {
  for (const size of [8, 13, 32]) {
    const counts = new Uint32Array(size * size);
    const pairs = size * (size - 1);
    for (let seed = 0; seed < pairs * 20; seed++) {
      const permutation = makePermutation(size, BigInt(seed));
      counts[permute(permutation, 0) * size + permute(permutation, 1)]!++;
    }
    assertEven(counts, (bin) => bin % size === Math.floor(bin / size) ? 0 : 20);
  }
});
