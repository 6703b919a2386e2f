import assert from "node:assert/strict";
import fc from "fast-check";
import { ipv6OfWords, SeededRandom, storeIpv6 } from "../../src/base/mod.ts";
import {
  type Ipv6AddressSet,
  Ipv6Builder,
  type Ipv6Entries,
  ipv6IndexOf,
  type Ipv6Range,
  Ipv6TargetSpace,
  type Ipv6Window,
  type Ipv6WindowRule,
  makeIpv6TargetPlan,
  selectIpv6Addresses,
  storeIpv6Address,
} from "../../src/targets/mod.ts";
import { NO_IPV6_ENTRIES } from "../../src/targets/ipv6_builder.ts";

/** Addresses of the small spaces in which selections are compared with brute force. */
const SPACE = 256;
/** Where the small spaces begin: both ends, in the middle, and across the edges of words. */
const anyBase = fc.constantFrom(
  0n,
  2n ** 128n - BigInt(SPACE),
  0x2001_0db8n << 96n,
  (0x2001_0db8n << 96n) + 2n ** 32n - 128n,
  (0x2001_0db8n << 96n) + 2n ** 64n - 128n,
  (0x2001_0db9n << 96n) - 128n,
);
const anyRange = fc.tuple(fc.nat(SPACE - 1), fc.nat(60)).map((
  [first, more],
) => ({
  first,
  last: Math.min(first + more, SPACE - 1),
}));
const anyEntries = fc.record({
  singles: fc.array(fc.nat(SPACE - 1), { maxLength: 20 }),
  ranges: fc.array(anyRange, { maxLength: 4 }),
});
const anyRule: fc.Arbitrary<Ipv6WindowRule> = fc.constantFrom<Ipv6WindowRule>(
  { kind: "low" },
  { kind: "random" },
  { kind: "fixed", interfaceId: 5n },
);
/** Windows of 8 to 32 addresses, or none. */
const anyWindow: fc.Arbitrary<Ipv6Window | null> = fc.option(
  fc.record({
    length: fc.integer({ min: 123, max: 125 }),
    rule: anyRule,
    seed: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  }),
);

interface Drawn {
  readonly singles: readonly number[];
  readonly ranges: readonly { readonly first: number; readonly last: number }[];
}

function entriesOf(base: bigint, { ranges, singles }: Drawn): Ipv6Entries {
  const builder = new Ipv6Builder();
  const words = new Uint32Array(4);
  for (const single of singles) {
    storeIpv6(base + BigInt(single), words, 0);
    builder.addAddress(words, 0);
  }
  for (const { first, last } of ranges) {
    builder.addRange({
      first: base + BigInt(first),
      last: base + BigInt(last),
    });
  }
  return builder.take();
}

/** The target of each window of the small space, by the implementation for one window alone. */
function windowTargets(base: bigint, window: Ipv6Window): Map<bigint, number> {
  const targets = new Map<bigint, number>();
  const shift = BigInt(128 - window.length);
  for (let i = 0; i < SPACE; i++) {
    const number = base + BigInt(i) >> shift;
    if (targets.has(number)) continue;
    const range = { first: number << shift, last: (number + 1n << shift) - 1n };
    const set = selectIpv6Addresses({
      allowed: { ...NO_IPV6_ENTRIES, ranges: [range] },
      listed: null,
      blocked: NO_IPV6_ENTRIES,
      window,
    });
    assert.equal(set.count, 1);
    const address = addressOf(set, 0);
    assert.equal(address >> shift, number);
    targets.set(number, Number(address - base));
  }
  return targets;
}

function addressOf(set: Ipv6AddressSet, index: number): bigint {
  const words = new Uint32Array(5);
  storeIpv6Address(set, index, words, 1);
  return ipv6OfWords(words, 1);
}

/** What ranges stand for, entry by entry. */
function expand(
  base: bigint,
  ranges: Drawn["ranges"],
  window: Ipv6Window | null,
): Set<number> {
  const wanted = new Set<number>();
  const targets = window === null ? null : windowTargets(base, window);
  for (const { first, last } of ranges) {
    const size = window === null ? 1n : 1n << BigInt(128 - window.length);
    const firstWhole = (base + BigInt(first) + size - 1n) / size * size;
    const isCut = targets !== null &&
      firstWhole + size - 1n <= base + BigInt(last);
    for (let i = first; i <= last; i++) {
      const target = isCut
        ? targets.get(base + BigInt(i) >> BigInt(128 - window!.length))!
        : i;
      if (target >= first && target <= last) wanted.add(target);
    }
  }
  return wanted;
}

/** Maximal runs of numbers that pass. */
function runsOf(
  isIn: (i: number) => boolean,
): { first: number; last: number }[] {
  const runs: { first: number; last: number }[] = [];
  for (let i = 0; i < SPACE; i++) {
    if (!isIn(i)) continue;
    if (runs.at(-1)?.last === i - 1) runs.at(-1)!.last = i;
    else runs.push({ first: i, last: i });
  }
  return runs;
}

function inRanges({ ranges }: Drawn, i: number): boolean {
  return ranges.some(({ first, last }) => first <= i && i <= last);
}

function naiveSelection(
  base: bigint,
  { allowed, blocked, listed, window }: {
    allowed: Drawn | null;
    listed: Drawn | null;
    blocked: Drawn;
    window: Ipv6Window | null;
  },
): number[] {
  let wanted: Set<number>;
  if (allowed === null || listed === null) {
    const one = (listed ?? allowed)!;
    // A range of one address is a single address.
    const ranges = one.ranges.filter(({ first, last }) => first < last);
    wanted = expand(base, ranges, window);
    for (const single of one.singles) wanted.add(single);
    for (const { first, last } of one.ranges) {
      if (first === last) wanted.add(first);
    }
  } else {
    const long = (drawn: Drawn): Drawn => ({
      singles: [
        ...drawn.singles,
        ...drawn.ranges.filter(({ first, last }) => first === last)
          .map(({ first }) => first),
      ],
      ranges: drawn.ranges.filter(({ first, last }) => first < last),
    });
    const a = long(allowed);
    const l = long(listed);
    wanted = expand(
      base,
      runsOf((i) => inRanges(a, i) && inRanges(l, i)),
      window,
    );
    for (let i = 0; i < SPACE; i++) {
      const isSingle = l.singles.includes(i) &&
          (a.singles.includes(i) || inRanges(a, i)) ||
        a.singles.includes(i) && inRanges(l, i);
      if (isSingle) wanted.add(i);
    }
  }
  return [...wanted].filter((i) =>
    !blocked.singles.includes(i) && !inRanges(blocked, i)
  ).sort((x, y) => x - y);
}

Deno.test("selectIpv6Addresses() equals brute force, and numbers each address once", () => {
  fc.assert(
    fc.property(
      anyBase,
      anyEntries,
      fc.option(anyEntries),
      anyEntries,
      anyWindow,
      (base, first, second, blocked, window) => {
        const drawn = { allowed: first, listed: second, blocked, window };
        const expected = naiveSelection(base, drawn);
        const select = (): Ipv6AddressSet =>
          selectIpv6Addresses({
            allowed: entriesOf(base, first),
            listed: second === null ? null : entriesOf(base, second),
            blocked: entriesOf(base, blocked),
            window,
          });
        if (expected.length === 0) {
          assert.throws(select, RangeError);
          return;
        }
        const set = structuredClone(select());
        const found: number[] = [];
        const words = new Uint32Array(7);
        for (let index = 0; index < set.count; index++) {
          const address = addressOf(set, index);
          storeIpv6(address, words, 3);
          assert.equal(ipv6IndexOf(set, words, 3), index);
          found.push(Number(address - base));
        }
        assert.deepEqual(found.sort((x, y) => x - y), expected);
        for (let i = -20; i < SPACE + 20; i++) {
          storeIpv6(BigInt.asUintN(128, base + BigInt(i)), words, 3);
          assert.equal(ipv6IndexOf(set, words, 3) >= 0, expected.includes(i));
        }
      },
    ),
    { numRuns: 1500 },
  );
});

Deno.test("sets of up to 2^48 addresses and windows of any length number as bigints do", () => {
  const anyWord = fc.integer({ min: 0, max: 2 ** 32 - 1 });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 128 }),
      fc.array(fc.tuple(anyWord, anyWord, anyWord, anyWord, fc.nat(46)), {
        minLength: 1,
        maxLength: 6,
      }),
      anyRule.filter(({ kind }) => kind !== "fixed"),
      fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), {
        minLength: 10,
        maxLength: 30,
      }),
      (length, drawn, rule, shares) => {
        const shift = BigInt(128 - length);
        const ranges = drawn.map(([a, b, c, d, bits]): Ipv6Range => {
          const address = ipv6OfWords(Uint32Array.of(a, b, c, d), 0);
          const size = 1n << BigInt(Math.min(bits, length - 1));
          const first = (address >> shift) / size * size;
          return { first: first << shift, last: (first + size << shift) - 1n };
        });
        const set = selectIpv6Addresses({
          allowed: { ...NO_IPV6_ENTRIES, ranges },
          listed: null,
          blocked: NO_IPV6_ENTRIES,
          window: { length, rule, seed: 9n },
        });
        const words = new Uint32Array(4);
        let before = -1n;
        const indexes = [0, set.count - 1].concat(
          shares.map((share) => Math.floor(share * set.count)),
        ).sort((x, y) => x - y);
        for (const index of indexes) {
          storeIpv6Address(set, index, words, 0);
          const address = ipv6OfWords(words, 0);
          const range = ranges.find(({ first, last }) =>
            first <= address && address <= last
          );
          assert.ok(range !== undefined);
          if (rule.kind === "low" && length < 128) {
            assert.equal(BigInt.asUintN(Number(shift), address), 1n);
          }
          // Numbers follow the addresses.
          assert.ok(address >= before);
          before = address;
          assert.equal(ipv6IndexOf(set, words, 0), index);
          storeIpv6(address ^ 1n, words, 0);
          if (length < 128) assert.equal(ipv6IndexOf(set, words, 0), -1);
        }
        const total = new Set(ranges.map(({ first }) => first)).size;
        if (total === 1) {
          const size = (ranges[0]!.last - ranges[0]!.first + 1n) >> shift;
          const index = Math.floor(shares[0]! * set.count);
          assert.ok(BigInt(set.count) >= size);
          storeIpv6Address(set, index, words, 0);
          if (BigInt(set.count) === size) {
            assert.equal(
              ipv6OfWords(words, 0) >> shift,
              (ranges[0]!.first >> shift) + BigInt(index),
            );
          }
        }
      },
    ),
    { numRuns: 1500 },
  );
});

Deno.test("Ipv6Builder sorts any list as bigints are sorted, each address once", () => {
  const random = new SeededRandom(4n);
  for (
    const [count, mask] of [[0, 1], [1, 1], [17, 3], [5000, 0xf], [
      20_000,
      0xffff_ffff,
    ]] as const
  ) {
    const builder = new Ipv6Builder();
    const words = new Uint32Array(4);
    const expected = new Set<bigint>();
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < 4; j++) {
        words[j] = random.nextWord() & mask & ((random.nextWord() & 1) - 1);
      }
      builder.addAddress(words, 0);
      expected.add(ipv6OfWords(words, 0));
    }
    assert.equal(builder.addressCount, count);
    const { list } = builder.take();
    const sorted = [...expected].sort((a, b) => a < b ? -1 : Number(a > b));
    assert.deepEqual(
      sorted.map((_, i) => ipv6OfWords(list, 4 * i)),
      sorted,
    );
    assert.equal(list.length, 4 * sorted.length);
    assert.equal(builder.length, 0);
  }
});

Deno.test("Ipv6TargetSpace of all shards together gives each target once", () => {
  fc.assert(
    fc.property(
      anyBase,
      anyEntries.filter(({ ranges, singles }) =>
        ranges.length + singles.length > 0
      ),
      anyWindow,
      fc.uniqueArray(fc.integer({ min: 0, max: 65_535 }), {
        minLength: 1,
        maxLength: 20,
      }),
      fc.integer({ min: 1, max: 5 }),
      (base, drawn, window, portList, wantedShards) => {
        const addresses = selectIpv6Addresses({
          allowed: entriesOf(base, drawn),
          listed: null,
          blocked: NO_IPV6_ENTRIES,
          window,
        });
        const ports = Uint16Array.from(portList);
        const count = addresses.count * ports.length;
        const shards = Math.min(wantedShards, count);
        const seen = new Set<string>();
        for (let shard = 0; shard < shards; shard++) {
          const plan = makeIpv6TargetPlan({
            addresses,
            ports,
            seed: 5n,
            shards,
            shard,
            maxTargets: null,
          });
          const space = new Ipv6TargetSpace(structuredClone(plan));
          const length = plan.endPosition - plan.firstPosition;
          const numbers = Float64Array.from(
            { length },
            (_, i) => plan.firstPosition + i,
          );
          const words = new Uint32Array(4 * length);
          const found = new Uint32Array(length);
          space.locate(numbers, length, words, found);
          for (let i = 0; i < length; i++) {
            assert.ok(space.containsAddress(words, 4 * i));
            assert.ok(space.hasPort(found[i]!));
            assert.equal(portList[space.portRankOf(numbers[i]!)], found[i]);
            const number = space.numberOf(words, 4 * i, found[i]!);
            assert.equal(number, numbers[i]);
            assert.ok(number < count);
            assert.equal(space.positionOf(number), plan.firstPosition + i);
            seen.add(`${words.slice(4 * i, 4 * i + 4).join()} ${found[i]}`);
          }
        }
        assert.equal(seen.size, count);
      },
    ),
    { numRuns: 100 },
  );
});
