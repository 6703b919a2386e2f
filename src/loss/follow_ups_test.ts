import assert from "node:assert/strict";
import {
  type FollowUpEvents,
  FollowUps,
  MAX_FOLLOW_UPS,
} from "./follow_ups.ts";
import { ResponseDelay } from "./response_delay.ts";

/** Before any answer is timed, a follow-up is silent after this time. */
const TIMEOUT_S = 1;
const PACKETS = 1e6;

function makeFollowUps(share = 0.01): FollowUps {
  const longestS = 8;
  const delay = new ResponseDelay(longestS);
  return new FollowUps({ share, firstProbeNumber: 1, delay, longestS });
}

/** Takes in hosts; the half of them is kept in reserve as long as hosts come. */
function answer(followUps: FollowUps, count: number, nowS: number): void {
  for (let position = 0; position < count; position++) {
    followUps.answered(position, nowS, 0.01);
  }
}

function takeAll(
  followUps: FollowUps,
  nowS: number,
  packets = PACKETS,
): number {
  let taken = 0;
  while (followUps.take(nowS, packets) !== null) taken++;
  return taken;
}

function outcomes({ changed }: FollowUpEvents): string[] {
  return changed.map(({ before, followUp }) => `${before} ${followUp.outcome}`);
}

Deno.test("FollowUps.take() waits a second after the answer", () => {
  const followUps = makeFollowUps();
  answer(followUps, 2, 10);
  assert.equal(followUps.take(10.9, PACKETS), null);
  assert.ok(followUps.take(11, PACKETS)!.position < 2);
});

Deno.test("FollowUps.take() keeps to its share of the packets", () => {
  const followUps = makeFollowUps();
  answer(followUps, 100, 0);
  assert.equal(takeAll(followUps, 1.5, 1000), 10);
  assert.equal(followUps.spent, 10);
});

Deno.test("FollowUps.take() asks nobody without a share", () => {
  const followUps = makeFollowUps(0);
  answer(followUps, 100, 0);
  assert.equal(takeAll(followUps, 2), 0);
});

Deno.test("FollowUps.take() keeps proven responders back, and asks them when everything else is silent", () => {
  const followUps = makeFollowUps();
  answer(followUps, 40, 0);
  assert.equal(takeAll(followUps, 1.1), 20);
  assert.equal(takeAll(followUps, 1.2), 0);
  assert.equal(takeAll(followUps, 60), 20);
});

Deno.test("FollowUps.take() spends a large reserve slowly once an estimate is made", () => {
  const followUps = makeFollowUps();
  answer(followUps, 400, 0);
  takeAll(followUps, 1.1);
  takeAll(followUps, 1.3);
  const atOnce = takeAll(followUps, 60);
  assert.ok(atOnce >= 30 && atOnce <= 40, `${atOnce}`);
  assert.equal(takeAll(followUps, 61), 0);
  assert.equal(takeAll(followUps, 62.1), 1);
});

Deno.test("FollowUps.settle() tells each outcome once, silence after its time", () => {
  const followUps = makeFollowUps();
  answer(followUps, 6, 0);
  const sent = [1, 1.1, 1.2].map((nowS, index) => {
    const next = followUps.take(nowS, PACKETS)!;
    const { changed, left } = followUps.settle(nowS, index + 1, nowS);
    assert.deepEqual([changed, left], [[], [next]]);
    return next;
  });
  followUps.followUpAnswered(sent[1]!.position, 1, 1.3);
  assert.deepEqual(outcomes(followUps.settle(1.5, 3, 1.5)), ["open answered"]);
  const late = followUps.settle(1 + TIMEOUT_S, 3, 1 + TIMEOUT_S);
  assert.deepEqual(outcomes(late), ["open silent"]);
  assert.equal(late.changed[0]!.followUp, sent[0]);
  assert.deepEqual(outcomes(followUps.settle(9, 3, 9)), ["open silent"]);
});

Deno.test("FollowUps.followUpAnswered() takes a settled silence back, until answers are not waited for", () => {
  const followUps = makeFollowUps();
  answer(followUps, 2, 0);
  const { position } = followUps.take(1, PACKETS)!;
  followUps.settle(1, 1, 1);
  assert.deepEqual(outcomes(followUps.settle(3, 1, 3)), ["open silent"]);
  followUps.followUpAnswered(position, 1, 8);
  assert.deepEqual(outcomes(followUps.settle(8, 1, 8)), ["silent answered"]);
  followUps.followUpAnswered(position, 1, 8.1);
  assert.deepEqual(outcomes(followUps.settle(8.2, 1, 8.2)), []);
});

Deno.test("FollowUps gives no host more than two further probes, however often it answers", () => {
  const followUps = makeFollowUps();
  let asked = 0;
  for (let nowS = 0; nowS < 40; nowS += 0.1) {
    for (let again = 0; again < 50; again++) followUps.answered(3, nowS, 0.01);
    for (let next; (next = followUps.take(nowS, PACKETS)) !== null; asked++) {
      for (const number of [1, 1, 2, 3]) {
        followUps.followUpAnswered(next.position, number, nowS);
      }
    }
    followUps.settle(nowS, followUps.spent, nowS);
    if (nowS > 16) break;
  }
  assert.ok(asked <= MAX_FOLLOW_UPS, `${asked}`);
});

Deno.test("FollowUps asks no host that has answered what it was not asked", () => {
  const followUps = makeFollowUps();
  followUps.followUpAnswered(5, 1, 0);
  answer(followUps, 40, 0);
  for (const position of [7, 8, 1000]) {
    followUps.followUpAnswered(position, 2, 0.5);
  }
  assert.deepEqual(outcomes(followUps.settle(0.6, 0, 0.6)), []);
  const asked: number[] = [];
  for (let nowS = 1; nowS < 60; nowS++) {
    for (let next; (next = followUps.take(nowS, PACKETS)) !== null;) {
      asked.push(next.position);
    }
  }
  assert.equal(asked.length, 37);
  for (const liar of [5, 7, 8]) assert.ok(!asked.includes(liar));
});

Deno.test("FollowUps.take() asks whoever is ready, not those first that answered first", () => {
  const followUps = makeFollowUps();
  answer(followUps, 1000, 0);
  let early = 0;
  for (let i = 0; i < 100; i++) {
    if (followUps.take(2, PACKETS)!.position < 100) early++;
  }
  assert.ok(early < 30, `${early}`);
});

Deno.test("FollowUps.settle() waits for what a sender still holds, and for a receiver that is late", () => {
  const followUps = makeFollowUps();
  answer(followUps, 4, 0);
  takeAll(followUps, 1);
  assert.equal(followUps.spent, 2);
  assert.deepEqual(followUps.settle(1, 0, 1).left, []);
  assert.deepEqual(outcomes(followUps.settle(5, 1, 5)), []);
  assert.deepEqual(outcomes(followUps.settle(6.1, 1, 6.1)), ["open silent"]);
  assert.deepEqual(outcomes(followUps.settle(7, 2, 6.2)), []);
  assert.deepEqual(outcomes(followUps.settle(9, 2, 7.9)), []);
  assert.deepEqual(outcomes(followUps.settle(9, 2, 8)), ["open silent"]);
});

Deno.test("FollowUps.discardOpen() lets nothing follow from what is open", () => {
  const followUps = makeFollowUps();
  answer(followUps, 4, 0);
  takeAll(followUps, 1);
  followUps.discardOpen();
  const { changed } = followUps.settle(1.1, 2, 1.1);
  assert.deepEqual(changed.map(({ followUp }) => followUp.outcome), [
    "void",
    "void",
  ]);
  assert.deepEqual(outcomes(followUps.settle(9, 2, 9)), []);
});
