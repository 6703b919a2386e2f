import assert from "node:assert/strict";
import { sliceOf } from "./_test_slices.ts";
import { SeededRandom } from "../base/mod.ts";
import { LossWatch } from "./loss_watch.ts";
import { ResponseDelay } from "./response_delay.ts";

const SLICE_S = 0.25;
const RATE_PPS = 2000;

interface Course {
  readonly hitRate: number;
  /** Share of the round trips lost, by time in seconds. */
  readonly loss: (timeS: number) => number;
  /** Follow-ups a second, by time. */
  readonly followUps: (timeS: number) => number;
  readonly seconds: number;
  readonly seed?: number;
  /** What an earlier run has found out. */
  readonly earlier?: ReturnType<LossWatch["evidence"]>;
}

/** A watch that has seen a scan, and the true loss of it. */
function watch(course: Course): { watch: LossWatch; truth: number } {
  const random = new SeededRandom(BigInt(course.seed ?? 1));
  const happens = (count: number, share: number): number => {
    let found = 0;
    for (let i = 0; i < count; i++) {
      if (random.nextWord() / 2 ** 32 < share) found++;
    }
    return found;
  };
  const result = new LossWatch(new ResponseDelay(8), 8, course.earlier);
  let lost = 0;
  const packets = RATE_PPS * SLICE_S;
  const slices = course.seconds / SLICE_S;
  for (let id = 0; id < slices; id++) {
    const startS = id * SLICE_S;
    const loss = course.loss(startS);
    const tried = Math.floor(
      course.followUps(startS) * SLICE_S + random.nextWord() / 2 ** 32,
    );
    const silent = happens(tried, loss);
    const slice = sliceOf(SLICE_S, {
      id,
      ratePps: RATE_PPS,
      packets,
      answers: happens(packets, course.hitRate * (1 - loss)),
      followUpsSent: tried,
      followUpsAnswered: tried - silent,
      followUpsSilent: silent,
    });
    lost += loss;
    result.add(slice);
    result.update(startS);
  }
  result.update(course.seconds + 60);
  return { watch: result, truth: lost / slices };
}

const always = (value: number) => (): number => value;

function assertNear(found: number | undefined, truth: number): void {
  assert.ok(
    found !== undefined && Math.abs(found - truth) < 0.03,
    `${found} for ${truth}`,
  );
}

Deno.test("LossWatch.whole() knows nothing at first, and of hardly any answers", () => {
  const empty = new LossWatch(new ResponseDelay(8), 8).whole();
  assert.deepEqual(empty, { estimate: null, followUps: 0, unknownShare: 0 });
  const { watch: few } = watch({
    hitRate: 2e-5,
    loss: always(0),
    followUps: always(0.02),
    seconds: 200,
  });
  assert.equal(few.whole().estimate, null);
  assert.equal(few.whole().unknownShare, 1);
});

Deno.test("LossWatch.whole() tells a steady loss by follow-ups, at any hit rate", () => {
  for (const hitRate of [1, 0.1, 0.01, 0.001]) {
    for (const loss of [0, 0.02, 0.3]) {
      const { watch: seen } = watch({
        hitRate,
        loss: always(loss),
        followUps: always(20),
        seconds: 60,
      });
      const { estimate, unknownShare } = seen.whole();
      assertNear(estimate?.rate, loss);
      assert.ok(estimate!.low <= loss + 1e-9 && estimate!.high >= loss - 1e-9);
      assert.equal(unknownShare, 0);
    }
  }
});

Deno.test("LossWatch.whole() weighs by packets: a path that dies is told by answers that do not come", () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    for (const asked of [0, 1]) {
      const { truth, watch: seen } = watch({
        hitRate: 1 / 256,
        loss: (timeS) => timeS < 9 ? 0 : 1,
        followUps: (timeS) => timeS < 9 ? 5 : timeS < 12 ? 10 * asked : 0,
        seconds: 66,
        seed,
      });
      const { estimate, unknownShare } = seen.whole();
      assertNear(estimate?.rate, truth);
      assert.ok(unknownShare < 0.05, `${unknownShare}`);
      assert.ok(seen.recent()!.rate > 0.9);
    }
  }
});

Deno.test("LossWatch.whole() keeps an outage and what follows apart", () => {
  const { truth, watch: seen } = watch({
    hitRate: 0.02,
    loss: (timeS) => timeS >= 20 && timeS < 30 ? 1 : 0.01,
    followUps: (timeS) => timeS >= 20 && timeS < 30 ? 0 : 15,
    seconds: 120,
  });
  assertNear(seen.whole().estimate?.rate, truth);
  assert.ok(seen.recent()!.high < 0.2);
});

Deno.test("LossWatch.whole() says that it does not know when silence tells nothing", () => {
  // So few hosts that none may come in the time after the path has died.
  const { watch: seen } = watch({
    hitRate: 0.0005,
    loss: (timeS) => timeS < 100 ? 0 : 1,
    followUps: (timeS) => timeS < 100 ? 1 : timeS < 101.5 ? 30 : 0,
    seconds: 103,
  });
  const { unknownShare } = seen.whole();
  assert.ok(unknownShare > 0.005 && unknownShare < 0.02, `${unknownShare}`);
});

Deno.test("LossWatch keeps its size in scans that last for days", () => {
  const { truth, watch: seen } = watch({
    hitRate: 0.01,
    loss: (timeS) => timeS > 3600 && timeS < 5400 ? 0.5 : 0,
    followUps: always(2),
    seconds: 7200,
  });
  assertNear(seen.whole().estimate?.rate, truth);
});

Deno.test("LossWatch.whole() takes in answers that come after a silence was settled", () => {
  const seen = new LossWatch(new ResponseDelay(8), 8);
  const slice = sliceOf(1, {
    id: 0,
    packets: 100,
    followUpsSent: 40,
    followUpsSilent: 40,
  });
  seen.add(slice);
  seen.update(3);
  assert.equal(seen.whole().estimate?.rate, 1);
  Object.assign(slice, {
    answers: 100,
    followUpsAnswered: 40,
    followUpsSilent: 0,
  });
  seen.update(4);
  assert.equal(seen.whole().estimate?.rate, 0);
});

Deno.test("LossWatch.whole() after a resume is of all runs, ofRun() and recent() of the last one", () => {
  const course = { hitRate: 0.3, followUps: always(20), seconds: 60 };
  const { watch: first } = watch({ ...course, loss: always(0.3) });
  const earlier = first.evidence(16);
  assert.ok(earlier.length <= 16);
  const { watch: second } = watch({
    ...course,
    loss: always(0),
    seed: 2,
    earlier,
  });
  assertNear(second.whole().estimate?.rate, 0.15);
  assertNear(second.ofRun().estimate?.rate, 0);
  assertNear(second.recent()?.rate, 0);
  assert.equal(
    second.whole().followUps,
    first.whole().followUps + second.ofRun().followUps,
  );
  const third = new LossWatch(new ResponseDelay(8), 8, second.evidence(32));
  assertNear(third.whole().estimate?.rate, 0.15);
  assert.equal(third.ofRun().estimate, null);
  assert.equal(third.hasBegun, false);
});
