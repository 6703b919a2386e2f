import assert from "node:assert/strict";
import { PositionMarks } from "./_position_marks.ts";
import { RepairPlan } from "./repair.ts";
import type { SliceVerdict } from "./slice.ts";

const OPTIONS = { lossTarget: 0.005, maxPasses: 3 };

function verdict(loss: number, isFinal = true): SliceVerdict {
  const kind = loss > OPTIONS.lossTarget ? "lossy" : "clean";
  return { kind, loss, estimate: null, isRipe: true, isFinal };
}

Deno.test("RepairPlan.next() gives the lossy slices in order of position", () => {
  const plan = new RepairPlan(OPTIONS);
  plan.add(0, [{ first: 0, end: 100 }]);
  plan.add(1, [{ first: 100, end: 200 }]);
  plan.add(2, [{ first: 200, end: 300 }]);
  plan.judge(2, verdict(0.3));
  plan.judge(1, verdict(0));
  plan.judge(0, verdict(0.2));
  assert.deepEqual(plan.next(1000), { first: 0, end: 100, pass: 1 });
  assert.deepEqual(plan.next(1000), { first: 200, end: 300, pass: 1 });
  assert.equal(plan.next(1000), null);
});

Deno.test("RepairPlan.next() cuts ranges and hands each position out once", () => {
  const plan = new RepairPlan(OPTIONS);
  plan.add(0, [{ first: 0, end: 100 }]);
  plan.judge(0, verdict(0.2));
  assert.deepEqual(plan.next(60), { first: 0, end: 60, pass: 1 });
  assert.deepEqual(plan.next(60), { first: 60, end: 100, pass: 1 });
  assert.equal(plan.next(60), null);
});

Deno.test("RepairPlan multiplies the losses of the passes", () => {
  const plan = new RepairPlan(OPTIONS);
  plan.add(0, [{ first: 0, end: 100 }]);
  plan.judge(0, verdict(0.05));
  plan.next(100);
  plan.add(1, [{ first: 0, end: 100 }]);
  plan.judge(1, verdict(0.05));
  assert.equal(plan.next(100), null);
  assert.equal(plan.isWaiting, false);
  const { covered, loss, uncovered } = plan.coverage();
  assert.equal(covered, 1);
  assert.ok(Math.abs(loss - 0.0025) < 1e-12);
  assert.deepEqual(uncovered, []);
});

Deno.test("RepairPlan gives up after the last pass and names the ranges", () => {
  const plan = new RepairPlan({ ...OPTIONS, maxPasses: 2 });
  plan.add(0, [{ first: 0, end: 300 }]);
  plan.judge(0, verdict(0.9));
  plan.next(300);
  plan.add(1, [{ first: 0, end: 100 }]);
  plan.add(2, [{ first: 100, end: 200 }]);
  plan.add(3, [{ first: 200, end: 300 }]);
  plan.judge(1, verdict(0.9));
  plan.judge(2, verdict(0.9));
  plan.judge(3, verdict(0));
  assert.equal(plan.next(300), null);
  const { covered, uncovered } = plan.coverage();
  assert.ok(Math.abs(covered - 1 / 3) < 1e-12);
  assert.deepEqual(uncovered, [{ first: 0, end: 200 }]);
});

Deno.test("RepairPlan sends again what later turned out to be lossy", () => {
  const plan = new RepairPlan(OPTIONS);
  plan.add(0, [{ first: 0, end: 100 }]);
  plan.judge(0, verdict(0, false));
  assert.equal(plan.next(100), null);
  assert.equal(plan.isWaiting, true);
  plan.judge(0, verdict(0.1, false));
  assert.deepEqual(plan.next(100), { first: 0, end: 100, pass: 1 });
});

Deno.test("RepairPlan does not send what later turned out to be clean", () => {
  const plan = new RepairPlan(OPTIONS);
  plan.add(0, [{ first: 0, end: 100 }]);
  plan.judge(0, { ...verdict(0.1, false), isRipe: false });
  assert.equal(plan.next(100), null);
  plan.judge(0, verdict(0));
  assert.equal(plan.next(100), null);
  assert.equal(plan.isWaiting, false);
});

Deno.test("RepairPlan.add() takes slices that cover parts of several others", () => {
  const plan = new RepairPlan(OPTIONS);
  plan.add(0, [{ first: 0, end: 100 }]);
  plan.add(1, [{ first: 100, end: 200 }]);
  plan.judge(0, verdict(0.1));
  plan.judge(1, verdict(0.2));
  while (plan.next(1000) !== null);
  plan.add(2, [{ first: 0, end: 50 }]);
  plan.add(3, [{ first: 50, end: 100 }, { first: 100, end: 200 }]);
  plan.judge(2, verdict(0.5));
  plan.judge(3, verdict(0.001));
  assert.deepEqual(plan.next(1000), { first: 0, end: 50, pass: 2 });
  const { covered, loss } = plan.coverage();
  assert.equal(covered, 0.75);
  const expected = (50 * 0.1 * 0.5 + 50 * 0.1 * 0.001 + 100 * 0.2 * 0.001) /
    200;
  assert.ok(Math.abs(loss - expected) < 1e-12);
});

Deno.test("RepairPlan.coverage() accounts for every position that was sent", () => {
  const plan = new RepairPlan(OPTIONS);
  let first = 0;
  for (let id = 0; id < 500; id++) {
    const end = first + 1 + (id * 7919) % 97;
    plan.add(id, [{ first, end }]);
    plan.judge(id, verdict(id % 3 === 0 ? 0.2 : 0));
    first = end;
  }
  let id = 500;
  for (;;) {
    const work = plan.next(50);
    if (work === null) break;
    plan.add(id, [work]);
    plan.judge(id, verdict(0));
    id++;
  }
  assert.deepEqual(plan.coverage(), {
    covered: 1,
    loss: 0,
    unknown: 0,
    uncovered: [],
  });
});

Deno.test("RepairPlan does not send again what nothing is known of, and counts it apart", () => {
  const plan = new RepairPlan(OPTIONS);
  const unknown: SliceVerdict = {
    kind: "unknown",
    loss: 0.4,
    estimate: null,
    isRipe: true,
    isFinal: true,
  };
  plan.add(0, [{ first: 0, end: 100 }]);
  plan.add(1, [{ first: 100, end: 400 }]);
  plan.judge(0, unknown);
  plan.judge(1, verdict(0.001));
  assert.equal(plan.next(1000), null);
  assert.equal(plan.isWaiting, false);
  const { covered, uncovered, unknown: share } = plan.coverage();
  assert.deepEqual([covered, uncovered, share], [1, [], 0.25]);
});

Deno.test("RepairPlan keeps a bounded number of stretches, however many slices are lossy", () => {
  const plan = new RepairPlan(OPTIONS);
  const slices = 60_000;
  for (let id = 0; id < slices; id++) {
    plan.add(id, [{ first: id * 100, end: id * 100 + 100 }]);
    plan.judge(id, verdict(id % 2 === 0 ? 0.2 : 0));
  }
  let ranges = 0;
  const sent = new Set<number>();
  for (let work = plan.next(1e9); work !== null; work = plan.next(1e9)) {
    ranges++;
    for (let at = work.first; at < work.end; at += 100) sent.add(at / 100);
    plan.add(slices + ranges, [work]);
    plan.judge(slices + ranges, verdict(0));
  }
  assert.ok(ranges < slices / 2, `${ranges} ranges`);
  for (let id = 0; id < slices; id += 2) assert.ok(sent.has(id), `slice ${id}`);
});

Deno.test("RepairPlan.takeBack() makes what a slice sent first count as not sent", () => {
  const plan = new RepairPlan(OPTIONS);
  plan.add(0, [{ first: 0, end: 100 }]);
  plan.add(1, [{ first: 100, end: 150 }, { first: 150, end: 200 }]);
  assert.deepEqual(plan.takeBack(1), [{ first: 100, end: 200 }]);
  plan.judge(0, verdict(0));
  assert.equal(plan.isWaiting, false);
  assert.equal(plan.next(1000), null);
  assert.equal(plan.coverage().unknown, 0);
  plan.add(2, [{ first: 100, end: 200 }]);
  plan.judge(2, verdict(0.2));
  assert.deepEqual(plan.next(1000), { first: 100, end: 200, pass: 1 });
});

Deno.test("RepairPlan.takeBack() sends again by itself what an earlier pass had sent", () => {
  const plan = new RepairPlan({ ...OPTIONS, maxPasses: 2 });
  plan.add(0, [{ first: 0, end: 100 }]);
  plan.judge(0, verdict(0.2));
  assert.deepEqual(plan.next(1000), { first: 0, end: 100, pass: 1 });
  plan.add(1, [{ first: 0, end: 100 }]);
  assert.deepEqual(plan.takeBack(1), []);
  assert.deepEqual(plan.next(1000), { first: 0, end: 100, pass: 1 });
});

Deno.test("RepairPlan.takeBack() is null for a slice that is settled or was never added", () => {
  const plan = new RepairPlan(OPTIONS);
  plan.add(0, [{ first: 0, end: 100 }]);
  plan.judge(0, verdict(0));
  assert.equal(plan.takeBack(0), null);
  assert.equal(plan.takeBack(7), null);
});

Deno.test("RepairPlan.wanted() lists what would be sent again, and changes nothing", () => {
  const plan = new RepairPlan({ ...OPTIONS, maxPasses: 2 });
  plan.add(0, [{ first: 0, end: 100 }]);
  plan.add(1, [{ first: 100, end: 200 }]);
  plan.add(2, [{ first: 200, end: 300 }]);
  plan.add(3, [{ first: 300, end: 400 }]);
  plan.judge(0, verdict(0.2));
  plan.judge(1, verdict(0));
  plan.judge(2, verdict(0.3, false));
  const wanted = [
    { first: 0, end: 100, pass: 1 },
    { first: 200, end: 300, pass: 1 },
  ];
  assert.deepEqual(plan.wanted(), wanted);
  assert.deepEqual(plan.wanted(), wanted);
  plan.next(1000);
  assert.deepEqual(plan.wanted(), wanted.slice(1));
  plan.add(4, [{ first: 0, end: 100 }]);
  plan.judge(4, verdict(0.9));
  assert.deepEqual(plan.wanted(), wanted.slice(1));
});

Deno.test("RepairPlan.repeatsOf() tells what became of those that had answered before", () => {
  const plan = new RepairPlan({ ...OPTIONS, maxPasses: 4 });
  const add = (
    id: number,
    first: number,
    end: number,
    heard: (position: number) => boolean,
  ): PositionMarks => {
    const range = { first, end };
    const marks = new PositionMarks([range]);
    for (let position = first; position < end; position++) {
      if (heard(position)) marks.mark(position);
    }
    plan.add(id, [range], marks);
    return marks;
  };
  add(0, 0, 100, (position) => position < 30);
  add(1, 100, 200, (position) => position % 2 === 0);
  assert.equal(plan.repeatsOf(0), null);
  plan.judge(0, verdict(0.3));
  // Good enough to act on, and not final.
  plan.judge(1, verdict(0.3, false));
  for (let times = 0; times < 2; times++) plan.next(100);
  add(2, 0, 60, (position) => position > 28 && position < 40);
  const marks = add(3, 60, 140, () => false);
  assert.deepEqual(plan.repeatsOf(2), { asked: 30, answered: 1 });
  assert.deepEqual(plan.repeatsOf(3), { asked: 20, answered: 0 });
  marks.mark(99);
  marks.mark(102);
  assert.deepEqual(plan.repeatsOf(3), { asked: 20, answered: 1 });
  plan.judge(2, verdict(0.3));
  assert.equal(plan.repeatsOf(2), null);
  assert.deepEqual(plan.next(60), { first: 0, end: 60, pass: 2 });
  add(4, 0, 60, () => false);
  assert.equal(plan.repeatsOf(4)?.asked, 40);
  // Answers were lost between the threads.
  marks.isComplete = false;
  plan.judge(3, verdict(0.3));
  plan.judge(1, verdict(0.3));
  assert.deepEqual(plan.next(80), { first: 60, end: 140, pass: 2 });
  add(5, 60, 140, () => false);
  assert.equal(plan.repeatsOf(5), null);
});
