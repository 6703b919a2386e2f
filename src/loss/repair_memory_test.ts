import assert from "node:assert/strict";
import { RepairPlan } from "./repair.ts";
import type { SliceVerdict } from "./slice.ts";

const OPTIONS = { lossTarget: 0.005, maxPasses: 3 };

function verdict(loss: number): SliceVerdict {
  const kind = loss > OPTIONS.lossTarget ? "lossy" : "clean";
  return {
    kind,
    loss,
    estimate: null,
    isRipe: true,
    isFinal: true,
  };
}

/** A plan with 100 positions that are clean, 100 that are lossy, and 100 that are open. */
function someway(): RepairPlan {
  const plan = new RepairPlan(OPTIONS);
  plan.add(0, [{ first: 0, end: 100 }]);
  plan.add(1, [{ first: 100, end: 200 }]);
  plan.add(2, [{ first: 200, end: 300 }]);
  plan.judge(0, verdict(0.001));
  plan.judge(1, verdict(0.5));
  return plan;
}

Deno.test("RepairPlan.memory() is what a later run goes on from: nothing is forgotten, nothing counts twice", () => {
  const unsent = [{ first: 250, end: 400 }];
  const memory = someway().memory(10, unsent);
  assert.equal(memory.settledPositions, 100);
  // Of the open ones, those that are not sent once more.
  assert.equal(memory.unknownPositions, 50);
  assert.deepEqual(memory.stretches, [
    { first: 100, end: 200, passes: 1, residual: 0.5, isKnown: true },
  ]);
  const before = {
    memory,
    unsent,
    sentAgain: [{ first: 100, end: 150, pass: 1 }],
  };
  const plan = new RepairPlan({ ...OPTIONS, before });
  // What is sent again anyway is not handed out.
  assert.deepEqual(plan.next(1000), { first: 150, end: 200, pass: 1 });
  assert.equal(plan.next(1000), null);
  plan.add(0, [{ first: 100, end: 200 }]);
  plan.judge(0, verdict(0.001));
  plan.add(1, [{ first: 250, end: 400 }]);
  plan.judge(1, verdict(0.002));
  const { covered, loss, unknown, uncovered } = plan.coverage();
  assert.deepEqual([covered, uncovered], [1, []]);
  assert.equal(unknown, 50 / 400);
  const lost = 100 * 0.001 + 100 * 0.5 * 0.001 + 150 * 0.002;
  assert.ok(Math.abs(loss - lost / 350) < 1e-9);
});

Deno.test("RepairPlan does not repair for ever, however often a scan is resumed while it does", () => {
  let plan = someway();
  const unsent = [{ first: 200, end: 300 }];
  for (let run = 1; run < OPTIONS.maxPasses; run++) {
    const work = plan.next(1000);
    assert.deepEqual(work, { first: 100, end: 200, pass: run });
    // Killed while it is being sent: it is sent again by the next run, and lossy again.
    const before = {
      memory: plan.memory(10, unsent),
      unsent,
      sentAgain: [work!],
    };
    plan = new RepairPlan({ ...OPTIONS, before });
    assert.equal(plan.next(1000), null);
    plan.add(run, [work!]);
    plan.judge(run, verdict(0.5));
  }
  assert.equal(plan.next(1000), null);
  assert.deepEqual(plan.coverage().uncovered, [{ first: 100, end: 200 }]);
  const before = { memory: plan.memory(10, []), unsent: [], sentAgain: [] };
  const last = new RepairPlan({ ...OPTIONS, before });
  assert.equal(last.next(1000), null);
  assert.deepEqual(last.coverage().uncovered, [{ first: 100, end: 200 }]);
});

Deno.test("RepairPlan counts a pass in which the scan was killed once, as it is sent again", () => {
  let plan = someway();
  for (let kill = 0; kill < 9; kill++) {
    const work = kill === 0
      ? plan.next(1000)!
      : { first: 100, end: 200, pass: 1 };
    plan.add(10 + kill, [work]);
    const before = {
      memory: plan.memory(10, []),
      unsent: [],
      sentAgain: [work],
    };
    plan = new RepairPlan({ ...OPTIONS, before });
  }
  plan.add(50, [{ first: 100, end: 200 }]);
  plan.judge(50, verdict(0.5));
  assert.deepEqual(plan.next(1000), { first: 100, end: 200, pass: 2 });
});

Deno.test("RepairPlan.memory() joins what it has no room for", () => {
  const plan = new RepairPlan(OPTIONS);
  for (let id = 0; id < 64; id++) {
    plan.add(id, [{ first: 10 * id, end: 10 * id + 5 }]);
    plan.judge(id, verdict(id % 2 === 0 ? 0.1 : 0.8));
  }
  const { stretches } = plan.memory(10, []);
  assert.ok(stretches.length <= 10);
  assert.equal(stretches[0]!.first, 0);
  assert.equal(stretches.at(-1)!.end, 635);
});
