import assert from "node:assert/strict";
import { SilenceWatch } from "./silence.ts";

const DELAY_S = 0.05;
const STEP_S = 0.05;

/** Feeds a watch with steps; what is answered is so many packets per second, or a share of what is sent. */
function feed(
  watch: SilenceWatch,
  { fromS, toS, pps, hitRate }: {
    readonly fromS: number;
    readonly toS: number;
    readonly pps: number;
    readonly hitRate: number;
  },
  before: { sent: number; answers: number } = { sent: 0, answers: 0 },
): { sent: number; answers: number } {
  const { answers, sent } = before;
  const steps = Math.round((toS - fromS) / STEP_S);
  for (let step = 1; step <= steps; step++) {
    const ageS = step * STEP_S;
    watch.update({
      nowS: fromS + ageS,
      sent: sent + Math.floor(ageS * pps),
      answers: answers + Math.floor(ageS * pps * hitRate),
    }, DELAY_S);
  }
  const lengthS = steps * STEP_S;
  return {
    sent: sent + Math.floor(lengthS * pps),
    answers: answers + Math.floor(lengthS * pps * hitRate),
  };
}

Deno.test("SilenceWatch is not silent while answers come, at any rate", () => {
  for (const [pps, hitRate] of [[4000, 1], [4000, 0.01], [10, 0.5]]) {
    const watch = new SilenceWatch();
    feed(watch, { fromS: 0, toS: 30, pps: pps!, hitRate: hitRate! });
    assert.equal(watch.isSilent, false, `${pps} ${hitRate}`);
  }
});

Deno.test("SilenceWatch is silent as soon as enough answers are missing, and says since when", () => {
  const watch = new SilenceWatch();
  const before = feed(watch, { fromS: 0, toS: 5, pps: 4000, hitRate: 0.1 });
  feed(watch, { fromS: 5, toS: 5.1, pps: 4000, hitRate: 0 }, before);
  assert.equal(watch.isSilent, false, "what is missing may be on its way");
  feed(watch, { fromS: 5.1, toS: 5.7, pps: 4000, hitRate: 0 }, {
    ...before,
    sent: before.sent + 400,
  });
  assert.equal(watch.isSilent, true);
  assert.ok(watch.sinceS > 4.8 && watch.sinceS < 5.5, `${watch.sinceS}`);
});

Deno.test("SilenceWatch takes half of the answers for no silence, and a tenth for one", () => {
  for (const [hitRate, isSilent] of [[0.5, false], [0.1, true]] as const) {
    const watch = new SilenceWatch();
    const before = feed(watch, { fromS: 0, toS: 5, pps: 4000, hitRate: 1 });
    feed(watch, { fromS: 5, toS: 6, pps: 4000, hitRate }, before);
    assert.equal(watch.isSilent, isSilent, `${hitRate}`);
  }
});

Deno.test("SilenceWatch is silent after ten seconds in which a few were expected", () => {
  const watch = new SilenceWatch();
  const before = feed(watch, { fromS: 0, toS: 10, pps: 10, hitRate: 0.1 });
  const later = feed(
    watch,
    { fromS: 10, toS: 18, pps: 10, hitRate: 0 },
    before,
  );
  assert.equal(watch.isSilent, false);
  feed(watch, { fromS: 18, toS: 21.5, pps: 10, hitRate: 0 }, later);
  assert.equal(watch.isSilent, true);
});

Deno.test("SilenceWatch expects nothing where nothing is sent", () => {
  const watch = new SilenceWatch();
  const before = feed(watch, { fromS: 0, toS: 5, pps: 4000, hitRate: 1 });
  feed(watch, { fromS: 5, toS: 60, pps: 0, hitRate: 0 }, before);
  assert.equal(watch.isSilent, false);
});

Deno.test("SilenceWatch.reset() forgets", () => {
  const watch = new SilenceWatch();
  const before = feed(watch, { fromS: 0, toS: 5, pps: 4000, hitRate: 1 });
  feed(watch, { fromS: 5, toS: 7, pps: 4000, hitRate: 0 }, before);
  assert.equal(watch.isSilent, true);
  watch.reset();
  assert.equal(watch.isSilent, false);
});
