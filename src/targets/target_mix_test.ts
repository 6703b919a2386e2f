import assert from "node:assert/strict";
import {
  countMixedBefore,
  findMixedRun,
  makeTargetMix,
  mixedCount,
  mixedPosition,
  type MixedRun,
  type TargetMix,
} from "./target_mix.ts";

/** What `findMixedRun` finds. */
function runAt(mix: TargetMix, position: number): MixedRun {
  const run: MixedRun = { family: 4, first: -1, length: -1 };
  findMixedRun(mix, position, run);
  return run;
}

Deno.test("findMixedRun() takes chunks of both families in turns", () => {
  const mix = makeTargetMix(11, 4);
  const runs: MixedRun[] = [];
  for (let position = 0; position < mixedCount(mix);) {
    const run = runAt(mix, position);
    runs.push(run);
    position += run.length;
  }
  assert.deepEqual(
    runs.map(({ family, first, length }) => [family, first, length]),
    [
      ...[[4, 0, 2], [6, 0, 1], [4, 2, 3], [6, 1, 1]],
      ...[[4, 5, 3], [6, 2, 1], [4, 8, 3], [6, 3, 1]],
    ],
  );
  assert.deepEqual(runAt(mix, 5), { family: 4, first: 4, length: 1 });
});

Deno.test("findMixedRun() gives each family its share of a huge order from the start", () => {
  const mix = makeTargetMix(2 ** 32, 2 ** 33);
  let ipv6 = 0;
  for (let position = 0; position < 3000;) {
    const { family, length } = runAt(mix, position);
    const taken = Math.min(length, 3000 - position);
    if (family === 6) ipv6 += taken;
    position += taken;
  }
  assert.ok(Math.abs(ipv6 - 2000) <= 128, `${ipv6}`);
});

Deno.test("countMixedBefore() counts nothing before the start and all before the end", () => {
  const mix = makeTargetMix(5, 7);
  assert.equal(countMixedBefore(mix, 4, 0), 0);
  assert.equal(countMixedBefore(mix, 6, 0), 0);
  assert.equal(countMixedBefore(mix, 4, 12), 5);
  assert.equal(countMixedBefore(mix, 6, 12), 7);
});

Deno.test("mixedPosition() is exact at the largest sizes", () => {
  const mix = makeTargetMix(2 ** 48, 2 ** 48 - 12_345);
  for (const position of [0, 1, 2 ** 47 + 3, 2 ** 48 - 12_346]) {
    for (const family of [4, 6] as const) {
      const run = runAt(mix, mixedPosition(mix, family, position));
      assert.equal(run.family, family);
      assert.equal(run.first, position);
    }
  }
});
