import assert from "node:assert/strict";
import fc from "fast-check";
import { BUCKET_SLOTS, burstOf, TokenBucket } from "../../src/pace/mod.ts";

/** Rounding of the token sum: far below one packet. */
const EPSILON = 1e-3;

interface Step {
  /** Change of the clock in nanoseconds; may be 0, a stall, or a jump back. */
  readonly passNs: number;
  readonly least: number;
  readonly most: number;
  /** Share of the taken packets that the kernel refuses. */
  readonly refusedShare: number;
  /** A new rate, or null. */
  readonly ratePps: number | null;
}

const anyRate = fc.oneof(
  fc.double({ min: 0.1, max: 10, noNaN: true }),
  fc.integer({ min: 10, max: 15_000_000 }),
);
const anyStep: fc.Arbitrary<Step> = fc.record({
  passNs: fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: 0, max: 2_000_000 }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 60_000_000_000 }) },
    { weight: 1, arbitrary: fc.integer({ min: -5_000_000_000, max: 0 }) },
  ),
  least: fc.integer({ min: 1, max: 2000 }),
  most: fc.integer({ min: 1, max: 4096 }),
  refusedShare: fc.oneof(
    fc.constant(0),
    fc.double({ min: 0, max: 1, noNaN: true }),
  ),
  ratePps: fc.option(anyRate, { freq: 6, nil: null }),
});

Deno.test("TokenBucket.take() lets no window exceed rate x window + burst, whatever the clock does", () => {
  fc.assert(
    fc.property(
      anyRate,
      fc.array(anyStep, { maxLength: 80 }),
      (firstRate, steps) => {
        const bucket = new TokenBucket(new Float64Array(BUCKET_SLOTS));
        let nowNs = 1e15;
        let latestNs = nowNs;
        let ratePps = firstRate;
        bucket.start(nowNs, ratePps);
        const sent: { atNs: number; count: number; ratePps: number }[] = [];
        for (const step of steps) {
          nowNs += step.passNs;
          latestNs = Math.max(latestNs, nowNs);
          if (step.ratePps !== null) {
            ratePps = step.ratePps;
            bucket.change(nowNs, ratePps);
          }
          const taken = bucket.take(nowNs, step.least, step.most);
          assert.ok(taken >= 0 && taken <= step.most);
          const refused = Math.floor(taken * step.refusedShare);
          if (refused > 0) bucket.giveBack(refused);
          sent.push({ atNs: latestNs, count: taken - refused, ratePps });
        }
        for (let i = 0; i < sent.length; i++) {
          let count = 0;
          let highest = sent[i]!.ratePps;
          for (let j = i; j < sent.length; j++) {
            count += sent[j]!.count;
            highest = Math.max(highest, sent[j]!.ratePps);
            const seconds = (sent[j]!.atNs - sent[i]!.atNs) / 1e9;
            assert.ok(
              count <= highest * seconds + burstOf(highest) + EPSILON,
              `${count} packets in ${seconds} s at ${highest} p/s`,
            );
          }
        }
      },
    ),
  );
});

Deno.test("TokenBucket.take() reaches the rate when it is asked often enough", () => {
  fc.assert(fc.property(anyRate, (ratePps) => {
    const bucket = new TokenBucket(new Float64Array(BUCKET_SLOTS));
    bucket.start(0, ratePps);
    let taken = 0;
    const endNs = 1000 / ratePps * 1e9;
    let nowNs = 0;
    while (nowNs < endNs) {
      taken += bucket.take(nowNs, 1, 4096);
      nowNs += Math.max(1, Math.ceil(bucket.waitNs(nowNs, 1)));
    }
    assert.ok(
      Math.abs(taken - 1000) <= 2 + burstOf(ratePps),
      `${taken} of 1000 at ${ratePps} p/s`,
    );
  }));
});

Deno.test("TokenBucket.take() cuts the debt of a stall to one burst", () => {
  const bucket = new TokenBucket(new Float64Array(BUCKET_SLOTS));
  bucket.start(0, 28_000);
  bucket.take(0, 1, 1);
  assert.equal(bucket.take(5e9, 1, 1_000_000), 281);
  assert.equal(bucket.take(5e9, 1, 1_000_000), 0);
});

Deno.test("TokenBucket.waitNs() is the time after which take() gives what was asked", () => {
  fc.assert(
    fc.property(
      anyRate,
      fc.integer({ min: 1, max: 1000 }),
      (ratePps, least) => {
        const bucket = new TokenBucket(new Float64Array(BUCKET_SLOTS));
        bucket.start(0, ratePps);
        bucket.take(0, 1, 1);
        const waitNs = bucket.waitNs(0, least);
        assert.equal(
          bucket.take(Math.max(0, waitNs * 0.99 - 1), least, least),
          0,
        );
        assert.ok(bucket.take(waitNs * 1.001 + 1, least, least) >= 1);
      },
    ),
  );
});

Deno.test("TokenBucket.take() without a limit gives all that is asked", () => {
  const bucket = new TokenBucket(new Float64Array(BUCKET_SLOTS));
  bucket.start(0, 0);
  assert.equal(bucket.take(0, 64, 256), 256);
  assert.equal(bucket.waitNs(0, 256), 0);
});

Deno.test("TokenBucket.take() makes good what late wake-ups miss, at slow rates too", () => {
  for (const ratePps of [0.1, 10, 100, 1000]) {
    const bucket = new TokenBucket(new Float64Array(BUCKET_SLOTS));
    const lateNs = 2e6;
    let nowNs = 0;
    let taken = 0;
    bucket.start(nowNs, ratePps);
    while (taken < 1000) {
      taken += bucket.take(nowNs, 1, 64);
      nowNs += bucket.waitNs(nowNs, 1) + lateNs;
    }
    const meanPps = (taken - 1) / nowNs * 1e9;
    assert.ok(Math.abs(meanPps / ratePps - 1) < 0.005, `${meanPps}`);
  }
});

Deno.test("TokenBucket.left() bounds what leaves, however late after its tokens were taken", () => {
  const anyDelay = fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 0, max: 100_000 }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 50_000_000 }) },
  );
  const anyRound = fc.record({
    passNs: anyDelay,
    lateNs: anyDelay,
    refusedShare: fc.constantFrom(0, 0, 0.5, 1),
    most: fc.integer({ min: 1, max: 256 }),
  });
  const rounds = fc.array(anyRound, { maxLength: 60 });
  fc.assert(fc.property(anyRate, rounds, (ratePps, given) => {
    const bucket = new TokenBucket(new Float64Array(BUCKET_SLOTS));
    let nowNs = 1e15;
    bucket.start(nowNs, ratePps);
    const left: { atNs: number; count: number }[] = [];
    for (const { lateNs, most, passNs, refusedShare } of given) {
      nowNs += passNs;
      const taken = bucket.take(nowNs, 1, most);
      const refused = Math.floor(taken * refusedShare);
      nowNs += lateNs;
      if (refused > 0) bucket.giveBack(refused);
      if (taken === refused) continue;
      bucket.left(nowNs, taken - refused);
      left.push({ atNs: nowNs, count: taken - refused });
    }
    for (let from = 0; from < left.length; from++) {
      let count = 0;
      for (let to = from; to < left.length; to++) {
        count += left[to]!.count;
        const seconds = (left[to]!.atNs - left[from]!.atNs) / 1e9;
        const bound = ratePps * seconds + burstOf(ratePps) + EPSILON;
        assert.ok(count <= bound, `${count} in ${seconds} s, ${bound}`);
      }
    }
  }));
});
