import assert from "node:assert/strict";
import fc from "fast-check";
import type { PositionRange } from "../loss/mod.ts";
import { shardRange } from "../targets/mod.ts";
import {
  coverageCounts,
  proveCoverage,
  shardAt,
  type ShardCover,
} from "./coverage.ts";

const NO_CUT = { shards: null, numbers: [] };

function shardOf(
  shard: number,
  shards: number,
  total: number,
  more: Partial<ShardCover> = {},
): ShardCover {
  const { endPosition: end, firstPosition: first } = shardRange(total, {
    maxTargets: null,
    shard,
    shards,
  });
  return { first, end, unsent: [], uncovered: [], ...more };
}

Deno.test("proveCoverage() finds nothing wrong with shards that are complete", () => {
  const covers = [2, 0, 3, 1].map((shard) => shardOf(shard, 4, 1003));
  const cut = { shards: 4, numbers: [2, 0, 3, 1] };
  assert.deepEqual(proveCoverage(covers, 1003, cut), {
    ...{ total: 1003, covered: 1003 },
    ...{ missing: [], unknown: [], doubled: [], uncovered: [] },
  });
});

Deno.test("proveCoverage() names the shards of what is missing, doubled and unknown", () => {
  const [total, shards] = [1000, 10];
  const numbers = [0, 1, 1, 4, 5, 6, 7, 8, 9];
  const covers = numbers.map((shard) => shardOf(shard, shards, total));
  covers[4] = { ...covers[4]!, end: 550 };
  covers[5] = { ...covers[5]!, unsent: [{ first: 690, end: 700 }] };
  covers[6] = { ...covers[6]!, unsent: null };
  covers[7] = { ...covers[7]!, uncovered: [{ first: 800, end: 805 }] };
  const found = proveCoverage(covers, total, { shards, numbers });
  assert.deepEqual(found.missing, [
    { first: 200, end: 400, shards: [2, 3], cause: "absent" },
    { first: 550, end: 600, shards: [5], cause: "left-out" },
    { first: 690, end: 700, shards: [5], cause: "unsent" },
  ]);
  assert.deepEqual(found.doubled, [{ first: 100, end: 200, shards: [1, 2] }]);
  assert.deepEqual(found.unknown, [{ first: 700, end: 800, shards: [6] }]);
  assert.deepEqual(found.uncovered, [{ first: 800, end: 805 }]);
  assert.equal(found.covered, 1000 - 200 - 50 - 10 - 100);
});

Deno.test("proveCoverage() refuses ranges that the scan or the shard does not have", () => {
  const cover = { first: 0, end: 10, unsent: [], uncovered: [] };
  for (
    const wrong of [
      { ...cover, end: 101 },
      { ...cover, first: -1 },
      { ...cover, first: 10 },
      { ...cover, first: 0.5 },
      { ...cover, unsent: [{ first: 9, end: 11 }] },
      { ...cover, uncovered: [{ first: 5, end: 5 }] },
    ]
  ) {
    assert.throws(() => proveCoverage([wrong], 100, NO_CUT), RangeError);
  }
});

Deno.test("proveCoverage() judges each position as a count of each would", () => {
  const total = 60;
  const range = fc.tuple(fc.nat(total - 1), fc.nat(total - 1)).map((
    [a, b],
  ) => ({
    first: Math.min(a, b),
    end: Math.max(a, b) + 1,
  }));
  const cover = fc.record({
    own: range,
    cuts: fc.array(range, { maxLength: 3 }),
    lost: fc.array(range, { maxLength: 2 }),
    isKnown: fc.boolean(),
  }).map(({ cuts, isKnown, lost, own }): ShardCover => ({
    ...own,
    unsent: isKnown ? within(cuts, own) : null,
    uncovered: within(lost, own),
  }));
  fc.assert(fc.property(fc.array(cover, { maxLength: 6 }), (covers) => {
    const found = proveCoverage(covers, total, NO_CUT);
    const counts = { missing: 0, unknown: 0, doubled: 0, uncovered: 0 };
    let covered = 0;
    for (let at = 0; at < total; at++) {
      const sent = covers.filter((one) =>
        one.unsent !== null && has([one], at) && !has(one.unsent, at)
      );
      const maybe = covers.some((one) => one.unsent === null && has([one], at));
      const isLost = sent.length > 0 &&
        sent.every(({ uncovered }) => has(uncovered, at));
      if (sent.length > 0) covered++;
      const truth = {
        missing: sent.length === 0 && !maybe,
        unknown: sent.length === 0 && maybe,
        doubled: sent.length > 1,
        uncovered: isLost,
      };
      for (
        const kind of ["missing", "unknown", "doubled", "uncovered"] as const
      ) {
        if (truth[kind]) counts[kind]++;
        assert.equal(has(found[kind], at), truth[kind], `${kind} at ${at}`);
      }
      const doubled = found.doubled.find((one) => has([one], at));
      assert.deepEqual(
        doubled?.shards ?? [],
        truth.doubled ? sent.map((one) => covers.indexOf(one)) : [],
      );
    }
    assert.deepEqual(coverageCounts(found), counts);
    assert.equal(found.covered, covered);
  }));
});

Deno.test("shardAt() is the shard whose range has the position", () => {
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 500 }),
    fc.integer({ min: 1, max: 500 }),
    fc.nat(),
    (a, b, seed) => {
      const [shards, total] = [Math.min(a, b), Math.max(a, b)];
      const at = seed % total;
      const shard = shardAt(at, total, shards);
      assert.ok(has([shardOf(shard, shards, total)], at));
    },
  ));
});

function has(ranges: readonly PositionRange[], position: number): boolean {
  return ranges.some(({ end, first }) => first <= position && position < end);
}

/** The parts of ranges that lie in a range. */
function within(
  ranges: readonly PositionRange[],
  { end, first }: PositionRange,
): PositionRange[] {
  return ranges.map((range) => ({
    first: Math.max(first, range.first),
    end: Math.min(end, range.end),
  })).filter((range) => range.first < range.end);
}
