import assert from "node:assert/strict";
import { SeededRandom } from "../base/mod.ts";
import { ResponseDelay } from "./response_delay.ts";

const SLICE_S = 0.1;
const STEP_S = 0.05;

/** What is learned until `seconds` from slices that grow by `growth` each, with delays drawn by `draw`. */
function learn(
  draw: (random: () => number) => number,
  { seconds, longestS = 8, growth = 1 }: {
    readonly seconds: number;
    readonly longestS?: number;
    readonly growth?: number;
  },
): ResponseDelay {
  const seeded = new SeededRandom(1n);
  const random = (): number => (seeded.nextWord() + 0.5) / 2 ** 32;
  const delay = new ResponseDelay(longestS);
  const slices: {
    endS: number;
    counts: ReturnType<ResponseDelay["newCounts"]>;
  }[] = [];
  const arrivals: { atS: number; tookS: number; slice: number }[] = [];
  let size = 100;
  for (let nowS = SLICE_S; nowS <= seconds; nowS += STEP_S) {
    if (Math.round(nowS / STEP_S) % 2 === 0) {
      slices.push({ endS: nowS, counts: delay.newCounts() });
      for (let i = 0; i < size; i++) {
        const tookS = draw(random);
        const atS = nowS - random() * SLICE_S + tookS;
        arrivals.push({ atS, tookS, slice: slices.length - 1 });
      }
      size = Math.min(2000, size * growth);
    }
    for (let at = arrivals.length - 1; at >= 0; at--) {
      const { atS, slice, tookS } = arrivals[at]!;
      if (atS > nowS) continue;
      delay.add(slices[slice]!.counts, tookS);
      arrivals.splice(at, 1);
    }
    for (const { counts, endS } of slices) delay.pass(counts, nowS - endS);
    delay.update(nowS);
  }
  return delay;
}

Deno.test("ResponseDelay knows nothing before the first answer", () => {
  const delay = new ResponseDelay(8);
  assert.equal(delay.hasAnswers, false);
  assert.equal(delay.share(1), 0);
  assert.equal(delay.timeoutS, 1);
  assert.equal(new ResponseDelay(0.5).timeoutS, 0.5);
});

Deno.test("ResponseDelay.share() follows the delays, also while ever more is sent", () => {
  for (const growth of [1, 1.5]) {
    const delay = learn((random) => 0.02 + 0.48 * random(), {
      seconds: 4,
      growth,
    });
    for (
      const [ageS, share] of [[0.02, 0], [0.26, 0.5], [0.4, 0.79]] as const
    ) {
      const found = delay.share(ageS);
      assert.ok(Math.abs(found - share) < 0.06, `${ageS} s: ${found}`);
    }
    assert.ok(delay.share(0.6) > 0.99);
    assert.ok(Math.abs(delay.delayS - 0.48) <= 0.051, `${delay.delayS}`);
  }
});

Deno.test("ResponseDelay.meanShare() rises over the length of a slice where all take as long", () => {
  const delay = learn(() => 1, { seconds: 4 });
  for (const [leastS, share] of [[0.88, 0], [0.96, 0.5], [1.03, 1]] as const) {
    const found = delay.meanShare(leastS, leastS + SLICE_S);
    assert.ok(Math.abs(found - share) < 0.2, `${leastS} s: ${found}`);
  }
  assert.equal(new ResponseDelay(8).meanShare(1, 2), 0);
});

Deno.test("ResponseDelay.isKnown once slices are as old as answers are waited for", () => {
  for (const longestS of [1, 8]) {
    const known = [0.5, 1.1].map((part) =>
      learn(() => 0.01, { seconds: part * longestS, longestS }).isKnown
    );
    assert.deepEqual(known, [false, true]);
  }
});

Deno.test("ResponseDelay.unknown() counts answers later than any age that a slice has passed", () => {
  const delay = new ResponseDelay(8);
  const first = delay.newCounts();
  const second = delay.newCounts();
  delay.add(first, 0.01);
  delay.add(first, 3);
  delay.add(second, 0.01);
  delay.pass(first, 0.5);
  assert.deepEqual([first, second].map((one) => delay.unknown(one)), [1, 0]);
  delay.pass(first, 3.5);
  delay.add(second, 3);
  assert.deepEqual([first, second].map((one) => delay.unknown(one)), [0, 0]);
});

Deno.test("ResponseDelay.timeoutS grows with the delay, up to the cooldown", () => {
  assert.ok(learn(() => 0.001, { seconds: 2 }).timeoutS < 0.5);
  const late = learn(() => 1.2, { seconds: 4 });
  assert.ok(late.delayS >= 1.2 && late.delayS < 1.3, `${late.delayS}`);
  assert.ok(late.timeoutS > 2.4 && late.timeoutS < 3, `${late.timeoutS}`);
  const short = learn(() => 1.2, { seconds: 4, longestS: 2 });
  assert.equal(short.timeoutS, 2);
});

Deno.test("ResponseDelay.share() tells the long tail of some hosts", () => {
  const delay = learn(
    (random) => random() < 0.2 ? 4 * random() : 0.05,
    { seconds: 12 },
  );
  assert.ok(Math.abs(delay.share(2) - 0.9) < 0.03, `${delay.share(2)}`);
  assert.ok(delay.timeoutS > 7, `${delay.timeoutS}`);
});

Deno.test("ResponseDelay.restore() knows at once what an earlier run has learned, whatever the cooldown", () => {
  const learned = learn(() => 1.2, { seconds: 4 });
  const memory = JSON.parse(JSON.stringify(learned.memory()));
  const restored = new ResponseDelay(8);
  restored.restore(memory);
  assert.ok(restored.hasAnswers);
  assert.equal(restored.delayS, learned.delayS);
  assert.equal(restored.timeoutS, learned.timeoutS);
  assert.equal(restored.isKnown, learned.isKnown);
  const shorter = new ResponseDelay(2);
  shorter.restore(memory);
  assert.equal(shorter.timeoutS, 2);
  const none = new ResponseDelay(8);
  none.restore({ before: [], after: [], known: 0 });
  assert.equal(none.hasAnswers, false);
});
