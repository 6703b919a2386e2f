import assert from "node:assert/strict";
import fc from "fast-check";
import {
  countMixedBefore,
  findMixedRun,
  makeTargetMix,
  mixedCount,
  mixedPosition,
  type MixedRun,
  shardRange,
  type TargetMix,
} from "../../src/targets/mod.ts";

const anyCount = fc.oneof(
  fc.integer({ min: 1, max: 300 }),
  fc.integer({ min: 1, max: 20_000 }),
);
const anyLargeCount = fc.oneof(
  anyCount,
  fc.integer({ min: 1, max: 2 ** 33 }),
  fc.integer({ min: 1, max: 2 ** 48 }),
);
const anyMix = fc.tuple(anyCount, anyCount)
  .map(([ipv4, ipv6]) => makeTargetMix(ipv4, ipv6));
const anyLargeMix = fc.tuple(anyLargeCount, anyLargeCount)
  .map(([ipv4, ipv6]) => makeTargetMix(ipv4, ipv6));

/** The runs of a whole order from `first` up to `end`, as a sender goes through them. */
function runsOf(mix: TargetMix, first: number, end: number): MixedRun[] {
  const runs: MixedRun[] = [];
  for (let position = first; position < end;) {
    const run: MixedRun = { family: 4, first: 0, length: 0 };
    findMixedRun(mix, position, run);
    assert.ok(run.length > 0);
    run.length = Math.min(run.length, end - position);
    runs.push(run);
    position += run.length;
  }
  return runs;
}

Deno.test("findMixedRun() visits each position of each family once, in its order", () => {
  fc.assert(fc.property(anyMix, (mix) => {
    const next = { 4: 0, 6: 0 };
    for (const { family, first, length } of runsOf(mix, 0, mixedCount(mix))) {
      assert.equal(first, next[family]);
      next[family] += length;
    }
    assert.deepEqual(next, { 4: mix.ipv4Count, 6: mix.ipv6Count });
  }));
});

Deno.test("findMixedRun() keeps the families in proportion up to every position", () => {
  fc.assert(fc.property(anyMix, (mix) => {
    const total = mixedCount(mix);
    let ipv4 = 0;
    let position = 0;
    for (const { family, length } of runsOf(mix, 0, total)) {
      position += length;
      if (family === 4) ipv4 += length;
      // Runs go up or down steadily, so that their ends are the worst.
      const due = position * mix.ipv4Count / total;
      assert.ok(Math.abs(ipv4 - due) <= 65, `${ipv4} of ${position}`);
    }
  }));
});

Deno.test("mixedPosition() is the inverse of findMixedRun()", () => {
  fc.assert(fc.property(
    anyLargeMix,
    fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    (mix, share) => {
      const position = Math.floor(share * mixedCount(mix));
      const run: MixedRun = { family: 4, first: 0, length: 0 };
      findMixedRun(mix, position, run);
      assert.ok(run.first >= 0 && run.length > 0);
      for (const more of [0, run.length - 1]) {
        assert.equal(
          mixedPosition(mix, run.family, run.first + more),
          position + more,
        );
      }
      const before = countMixedBefore(mix, run.family, position);
      assert.equal(before, run.first);
      const other = run.family === 4 ? 6 : 4;
      assert.equal(countMixedBefore(mix, other, position), position - before);
    },
  ));
});

Deno.test("shards of a mixed order are disjoint, complete, and one range of each family", () => {
  fc.assert(fc.property(anyMix, fc.integer({ min: 1, max: 5 }), (mix, most) => {
    const total = mixedCount(mix);
    const shards = Math.min(most, total);
    const next = { 4: 0, 6: 0 };
    for (let shard = 0; shard < shards; shard++) {
      const { endPosition, firstPosition } = shardRange(total, {
        shards,
        shard,
        maxTargets: null,
      });
      for (
        const { family, first, length } of runsOf(
          mix,
          firstPosition,
          endPosition,
        )
      ) {
        assert.equal(first, next[family]);
        next[family] += length;
      }
      for (const family of [4, 6] as const) {
        assert.equal(countMixedBefore(mix, family, endPosition), next[family]);
      }
    }
    assert.deepEqual(next, { 4: mix.ipv4Count, 6: mix.ipv6Count });
  }));
});
