import assert from "node:assert/strict";
import { type AccountedWork, WorkAccount } from "./work_account.ts";

const WHOLE = { planned: [[{ first: 0, end: 100 }]], repairs: [] };

function lease(
  first: number,
  end: number,
  pass = 0,
  probeNumber = 0,
): AccountedWork {
  return { first, end, pass, probeNumber };
}

Deno.test("WorkAccount settles what was sent one cooldown before all answers were taken in", () => {
  const account = new WorkAccount({ work: WHOLE, senders: 2, waitS: 8 });
  account.give(0, lease(0, 10));
  account.give(1, lease(10, 20));
  account.give(0, lease(20, 30));
  account.progress(1, [4, 10]);
  account.progress(2, [15, 10]);
  account.settle(8.9);
  assert.deepEqual(account.unsettled().planned, WHOLE.planned);
  assert.deepEqual(account.unsettled().touched, [{ first: 0, end: 30 }]);
  account.settle(9);
  assert.deepEqual(account.unsettled().planned, [[
    { first: 4, end: 10 },
    { first: 20, end: 100 },
  ]]);
  account.settle(10);
  assert.deepEqual(account.unsettled().planned, [[{ first: 25, end: 100 }]]);
});

Deno.test("WorkAccount keeps the probes to a target and the passes apart", () => {
  const work = {
    planned: [[{ first: 0, end: 4 }], [{ first: 0, end: 4 }]],
    repairs: [{ pass: 2, ranges: [{ first: 50, end: 60 }] }],
  };
  const account = new WorkAccount({ work, senders: 1, waitS: 1 });
  account.give(0, lease(0, 4, 1, 1));
  account.give(0, lease(50, 55, 2));
  account.progress(0, [9]);
  account.settle(1);
  assert.deepEqual(account.unsettled(), {
    planned: [[{ first: 0, end: 4 }], []],
    touched: [],
    repairs: [{ pass: 2, ranges: [{ first: 55, end: 60 }] }],
  });
});

Deno.test("WorkAccount.again() makes what was sent unsettled, also where it would settle later", () => {
  const account = new WorkAccount({
    work: { planned: [[], [{ first: 0, end: 8 }]], repairs: [] },
    senders: 1,
    waitS: 5,
  });
  account.give(0, lease(0, 8, 1, 1));
  account.progress(0, [8]);
  account.again(lease(2, 4, 1, 1));
  account.settle(5);
  assert.deepEqual(account.unsettled().planned[1], [{ first: 2, end: 4 }]);
  account.give(0, lease(2, 4, 1, 1));
  account.progress(6, [10]);
  account.settle(11);
  assert.deepEqual(account.unsettled().planned[1], []);
});

Deno.test("WorkAccount.unsettled() repairs nothing that is sent for the first time anyway", () => {
  const account = new WorkAccount({ work: WHOLE, senders: 1, waitS: 1 });
  account.give(0, lease(0, 10));
  account.again(lease(5, 8, 1));
  assert.deepEqual(account.unsettled(), {
    ...WHOLE,
    touched: [{ first: 0, end: 10 }],
  });
  account.progress(0, [10]);
  account.settle(1);
  assert.deepEqual(account.unsettled().repairs, [
    { pass: 1, ranges: [{ first: 5, end: 8 }] },
  ]);
});

Deno.test("WorkAccount forgets looks, never work, while nothing is heard for long", () => {
  const account = new WorkAccount({ work: WHOLE, senders: 1, waitS: 0 });
  account.give(0, lease(0, 100));
  for (let i = 1; i <= 5000; i++) {
    account.progress(i, [Math.floor(i / 100) + (i % 2) / 4]);
  }
  account.settle(4000);
  const { first } = account.unsettled().planned[0]![0]!;
  assert.ok(first > 35 && first <= 40, String(first));
  account.progress(5001, [100]);
  account.settle(6000);
  assert.deepEqual(account.unsettled().planned, [[]]);
});

Deno.test("WorkAccount.unsettled() tells what may have been probed, and what may be before the next call", () => {
  const work = {
    planned: [[{ first: 0, end: 40 }], [{ first: 0, end: 40 }]],
    touched: [{ first: 20, end: 25 }],
    repairs: [],
  };
  const account = new WorkAccount({ work, senders: 2, waitS: 1 });
  assert.deepEqual(account.unsettled().touched, work.touched);
  account.give(0, lease(0, 10));
  account.give(1, lease(10, 15));
  assert.deepEqual(account.unsettled(8).touched, [
    { first: 0, end: 28 },
  ]);
  account.progress(0, [10, 0]);
  account.settle(1);
  assert.deepEqual(account.unsettled(2).touched, [
    { first: 10, end: 17 },
    { first: 20, end: 25 },
  ]);
});

Deno.test("WorkAccount settles the first probe of what is sent again", () => {
  const work = { planned: [[{ first: 0, end: 9 }]], repairs: [] };
  const account = new WorkAccount({ work, senders: 1, waitS: 1 });
  account.give(0, lease(2, 5, 1));
  account.progress(0, [3]);
  account.settle(1);
  assert.deepEqual(account.unsettled().planned, [[
    { first: 0, end: 2 },
    { first: 5, end: 9 },
  ]]);
});
