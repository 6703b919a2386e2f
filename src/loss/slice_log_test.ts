import assert from "node:assert/strict";
import type { FollowUp } from "./follow_ups.ts";
import { ResponseDelay } from "./response_delay.ts";
import { SliceLog } from "./slice_log.ts";

const LONGEST_S = 8;

function makeLog(senders = 1): { log: SliceLog; delay: ResponseDelay } {
  const delay = new ResponseDelay(LONGEST_S);
  const log = new SliceLog({
    senders,
    startS: 0,
    delay,
    longestS: LONGEST_S,
  });
  return { log, delay };
}

function moment(nowS: number, ...done: number[]): Parameters<
  SliceLog["advance"]
>[0] {
  return { nowS, done, ratePps: 1000, localLosses: 0 };
}

function followUp(outcome: FollowUp["outcome"]): FollowUp {
  return { position: 0, probeNumber: 1, delayS: 0, leftS: 1, outcome };
}

Deno.test("SliceLog.answered() counts for the slice that sent the probe, at any size of the scan", () => {
  for (const first of [0, 10 ** 7, 10 ** 12, 2 ** 48 - 5000]) {
    const { log } = makeLog();
    log.give(0, { first, end: first + 5000, pass: 0, probeNumber: 0 });
    log.advance(moment(1, 1000), 0.1);
    log.advance(moment(2, 2000), 0.1);
    assert.equal(log.answered(first + 999, 1.5)?.pass, 0);
    assert.equal(log.answered(first + 1000, 2.5)?.pass, 0);
    assert.equal(log.answered(first + 1999, 2.5)?.delayS, 0.5);
    const counts = log.ended(3).map((
      { answers, packets },
    ) => [answers, packets]);
    assert.deepEqual(counts, [[1, 1000], [2, 1000]]);
  }
});

Deno.test("SliceLog.answered() keeps answers to what is under way for its slice", () => {
  const { log } = makeLog();
  log.give(0, { first: 0, end: 100, pass: 0, probeNumber: 0 });
  assert.ok(log.answered(50, 0.05)!.delayS <= 0.05);
  assert.deepEqual(log.ended(1), []);
  const [slice] = log.advance(moment(0.2, 100), 0.1);
  assert.equal(slice!.answers, 1);
});

Deno.test("SliceLog.answered() keeps an answer that is faster than the count of what was sent", () => {
  const { log } = makeLog();
  log.give(0, { first: 0, end: 100, pass: 0, probeNumber: 0 });
  log.answered(60, 0.1);
  log.advance(moment(0.2, 50), 0.1);
  log.advance(moment(0.4, 100), 0.1);
  const counts = log.ended(1).map(({ answers }) => answers);
  assert.deepEqual(counts, [0, 1]);
});

Deno.test("SliceLog.answered() takes no answer for one to a later pass that is not sent yet", () => {
  const { log } = makeLog();
  const range = { first: 0, end: 10_000 };
  log.give(0, { ...range, pass: 0, probeNumber: 0 });
  log.give(0, { ...range, pass: 1, probeNumber: 1 });
  const [slice] = log.advance(moment(1, 10_000), 0);
  assert.equal(log.answered(9999, 1.1)?.pass, 0);
  assert.equal(slice!.answers, 1);
});

Deno.test("SliceLog.answered() ignores what was never sent, or long ago", () => {
  const { log } = makeLog();
  log.give(0, { first: 0, end: 100, pass: 0, probeNumber: 0 });
  log.advance(moment(1, 100), 0.1);
  assert.equal(log.answered(100, 1), null);
  log.age(30);
  assert.equal(log.answered(5, 30), null);
  assert.deepEqual(log.ended(30), []);
});

Deno.test("SliceLog.answered() counts for the latest pass over a position", () => {
  const { log } = makeLog();
  log.give(0, { first: 0, end: 100, pass: 0, probeNumber: 0 });
  log.give(0, { first: 20, end: 40, pass: 1, probeNumber: 0 });
  const [first] = log.advance(moment(1, 100), 0);
  const [again] = log.advance(moment(2, 120), 0);
  assert.equal(log.answered(30, 2.1)?.pass, 1);
  assert.equal(log.answered(40, 2.1)?.pass, 0);
  assert.deepEqual([first!.answers, again!.answers], [1, 1]);
});

Deno.test("SliceLog.advance() closes no slice that has too few packets or too little time", () => {
  const { log } = makeLog();
  log.give(0, { first: 0, end: 100, pass: 0, probeNumber: 0 });
  assert.deepEqual(log.advance(moment(0.05, 50), 0.1), []);
  assert.equal(log.advance(moment(0.1, 50), 0.1)[0]!.packets, 50);
  assert.deepEqual(log.advance(moment(5, 57), 0.1), []);
  assert.equal(log.advance(moment(6, 57), 0)[0]!.packets, 7);
});

Deno.test("SliceLog.advance() keeps passes and probe numbers apart", () => {
  const { log } = makeLog(2);
  log.give(0, { first: 0, end: 10, pass: 0, probeNumber: 0 });
  log.give(0, { first: 0, end: 10, pass: 1, probeNumber: 1 });
  log.give(1, { first: 10, end: 20, pass: 0, probeNumber: 0 });
  const closed = log.advance(moment(1, 20, 10), 0);
  assert.deepEqual(
    closed.map((
      { packets, pass, probeNumber },
    ) => [pass, probeNumber, packets]),
    [[0, 0, 20], [1, 1, 10]],
  );
});

Deno.test("SliceLog.follow() has each follow-up in the slice in which it left, whatever comes of it", () => {
  const { log } = makeLog();
  log.give(0, { first: 0, end: 5000, pass: 0, probeNumber: 0 });
  const [a, b, c] = [followUp("open"), followUp("open"), followUp("open")];
  log.follow({ left: [a, b], changed: [] });
  log.advance(moment(1, 1000), 0);
  c.outcome = "answered";
  a.outcome = "silent";
  log.follow({
    left: [c],
    changed: [{ followUp: a, before: "open" }, { followUp: c, before: "open" }],
  });
  log.advance(moment(2, 2000), 0);
  const counts = (): number[][] =>
    log.ended(2).map((slice) => [
      slice.followUpsSent,
      slice.followUpsAnswered,
      slice.followUpsSilent,
    ]);
  assert.deepEqual(counts(), [[2, 0, 1], [1, 1, 0]]);
  a.outcome = "answered";
  b.outcome = "void";
  log.follow({
    left: [],
    changed: [
      { followUp: a, before: "silent" },
      { followUp: b, before: "open" },
    ],
  });
  assert.deepEqual(counts(), [[1, 1, 0], [1, 1, 0]]);
});

Deno.test("SliceLog.disturb() marks the slices whose answers may be missing", () => {
  const { log } = makeLog();
  log.give(0, { first: 0, end: 5000, pass: 0, probeNumber: 0 });
  log.advance(moment(1, 1000), 0);
  log.advance(moment(5, 2000), 0);
  log.disturb(5.1);
  log.advance(moment(5.5, 3000), 0);
  log.advance(moment(6, 4000), 0);
  const marks = log.ended(6).map(({ isDisturbed }) => isDisturbed);
  assert.deepEqual(marks, [false, true, true, false]);
});

Deno.test("SliceLog.takeBack() takes what was sent since then, once, so that it tells nothing", () => {
  const { log } = makeLog();
  log.give(0, { first: 0, end: 300, pass: 0, probeNumber: 0 });
  const silent = followUp("silent");
  for (const nowS of [1, 2, 3]) {
    if (nowS === 2) log.follow({ left: [silent], changed: [] });
    log.advance(moment(nowS, 100 * nowS), 0.1);
  }
  log.answered(50, 3.1);
  const taken = log.takeBack(1, 7);
  assert.deepEqual(taken.map(({ ranges }) => ranges), [
    [{ first: 100, end: 200 }],
    [{ first: 200, end: 300 }],
  ]);
  for (const slice of taken) {
    assert.equal(slice.isDisturbed, true);
    assert.deepEqual([slice.followUpsSent, slice.followUpsSilent], [0, 0]);
  }
  assert.deepEqual(log.takeBack(1, 7), []);
  const changed = [{ followUp: silent, before: "silent" as const }];
  silent.outcome = "answered";
  log.follow({ left: [], changed });
  assert.equal(taken[0]!.followUpsAnswered, 0, "what comes late tells nothing");
  assert.deepEqual(log.remembered.map(({ id, answers }) => [id, answers]), [
    [0, 1],
  ]);
});

Deno.test("SliceLog.takeBack() leaves the machine's losses up to then out of the next slice", () => {
  const { log } = makeLog();
  log.give(0, { first: 0, end: 200, pass: 0, probeNumber: 0 });
  log.advance(moment(1, 100), 0.1);
  log.takeBack(0, 40);
  const next = { ...moment(2, 200), localLosses: 43 };
  assert.equal(log.advance(next, 0.1)[0]!.localLosses, 3);
});

Deno.test("SliceLog.remembered keeps a minute", () => {
  const { log } = makeLog();
  log.give(0, { first: 0, end: 10_000, pass: 0, probeNumber: 0 });
  for (let nowS = 1; nowS <= 100; nowS++) {
    log.advance(moment(nowS, 100 * nowS), 0.1);
  }
  assert.equal(log.remembered.length, 61);
});

Deno.test("SliceLog.answeredAgain() notes who has answered to a later pass, whether for the first time or not", () => {
  const { log } = makeLog();
  log.give(0, { first: 0, end: 100, pass: 0, probeNumber: 0 });
  log.advance(moment(0.2, 100), 0.1);
  for (const position of [5, 6]) log.answered(position, 0.3);
  // There is no later pass yet.
  log.answeredAgain(5);
  log.give(0, { first: 0, end: 40, pass: 1, probeNumber: 0 });
  log.give(0, { first: 60, end: 100, pass: 1, probeNumber: 0 });
  // Faster than the count of what was sent.
  for (const position of [5, 5, 70]) log.answeredAgain(position);
  log.advance(moment(0.4, 180), 0.1);
  for (const position of [6, 6, 50]) log.answeredAgain(position);
  log.answered(7, 0.5);
  log.answeredAgain(7);
  const counts = log.ended(1).map(({ answers, heard }) => [
    answers,
    heard.count,
  ]);
  assert.deepEqual(counts, [[2, 2], [1, 4]]);
});
