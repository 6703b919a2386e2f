import assert from "node:assert/strict";
import { FollowUps, MAX_FOLLOW_UPS } from "./follow_ups.ts";

const OPTIONS = { share: 0.01, firstProbeNumber: 1 };

Deno.test("FollowUps.take() waits a second after the answer", () => {
  const followUps = new FollowUps(OPTIONS);
  followUps.answered(7, 10);
  assert.equal(followUps.take(10.9, 1e6), null);
  assert.equal(followUps.take(11, 1e6)!.position, 7);
  assert.equal(followUps.take(12, 1e6), null);
});

Deno.test("FollowUps.take() keeps to its share of the packets", () => {
  const followUps = new FollowUps(OPTIONS);
  for (let i = 0; i < 100; i++) followUps.answered(i, 0);
  let taken = 0;
  while (followUps.take(5, 1000) !== null) taken++;
  assert.equal(taken, 10);
  assert.equal(followUps.spent, 10);
});

Deno.test("FollowUps.settle() tells all that are old enough, in the order of sending", () => {
  const followUps = new FollowUps(OPTIONS);
  for (let i = 0; i < 3; i++) followUps.answered(i, 0);
  const sent = [1, 1.1, 1.2].map((nowS) => {
    const next = followUps.take(nowS, 1e6)!;
    assert.deepEqual(followUps.settle(nowS), []);
    return next;
  });
  assert.equal(
    followUps.followUpAnswered(sent[1]!.position, 1, 1.3),
    sent[1]!.id,
  );
  assert.deepEqual(followUps.settle(1.5), []);
  assert.deepEqual(followUps.settle(2.15), [
    { id: 0, isAnswered: false },
    { id: 1, isAnswered: true },
  ]);
  assert.deepEqual(followUps.settle(2.3), [{ id: 2, isAnswered: false }]);
});

Deno.test("FollowUps.take() gives no host more than two further probes", () => {
  const followUps = new FollowUps(OPTIONS);
  followUps.answered(3, 0);
  let nowS = 0;
  let count = 0;
  for (let i = 0; i < 20; i++) {
    nowS += 1;
    const probe = followUps.take(nowS, 1e6);
    if (probe === null) continue;
    count++;
    followUps.followUpAnswered(probe.position, probe.probeNumber, nowS);
    followUps.followUpAnswered(probe.position, probe.probeNumber, nowS);
  }
  assert.equal(count, MAX_FOLLOW_UPS);
});

Deno.test("FollowUps.followUpAnswered() ignores what comes too late", () => {
  const followUps = new FollowUps(OPTIONS);
  followUps.answered(3, 0);
  followUps.take(1, 1e6);
  followUps.settle(1);
  assert.deepEqual(followUps.settle(5), [{ id: 0, isAnswered: false }]);
  assert.equal(followUps.followUpAnswered(3, 1, 5.1), -1);
  assert.deepEqual(followUps.settle(9), []);
  assert.equal(followUps.take(9, 1e6), null);
});

Deno.test("FollowUps.settle() waits for what a sender still holds, and for a receiver that is late", () => {
  const followUps = new FollowUps(OPTIONS);
  followUps.answered(3, 0);
  followUps.answered(4, 0);
  followUps.take(1, 1e6);
  followUps.take(1, 1e6);
  assert.deepEqual(followUps.settle(1, 0), []);
  assert.deepEqual(followUps.settle(9, 1), []);
  assert.deepEqual(followUps.settle(10.1, 1), [{ id: 0, isAnswered: false }]);
  assert.equal(followUps.followUpAnswered(4, 1, 20), 1);
  assert.deepEqual(followUps.settle(20, 2), []);
  assert.deepEqual(followUps.settle(25, 2, 20.9), []);
  assert.deepEqual(followUps.settle(25, 2, 21), [{ id: 1, isAnswered: true }]);
});
