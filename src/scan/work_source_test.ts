import assert from "node:assert/strict";
import { LocalWork } from "./work_source.ts";

Deno.test("LocalWork gives its ranges once for each probe, then what is to be sent again", () => {
  const work = new LocalWork(
    [{ first: 0, end: 10 }, { first: 5, end: 5 }, { first: 90, end: 95 }],
    2,
  );
  assert.equal(work.waiting, 30);
  work.repair({ first: 3, end: 6, pass: 2 });
  assert.equal(work.waiting, 33);
  const got: unknown[] = [];
  for (let lease = work.take(8); lease !== null; lease = work.take(8)) {
    got.push([lease.first, lease.end, lease.pass, lease.probeNumber]);
  }
  assert.deepEqual(got, [
    [0, 8, 0, 0],
    [8, 10, 0, 0],
    [90, 95, 0, 0],
    [0, 8, 1, 1],
    [8, 10, 1, 1],
    [90, 95, 1, 1],
    [3, 6, 2, 0],
  ]);
  assert.equal(work.waiting, 0);
  work.repair({ first: 0, end: 3, pass: 1 });
  assert.equal(work.take(2)?.end, 2);
  assert.equal(work.waiting, 1);
});

Deno.test("LocalWork counts up to 2^48 targets with many probes", () => {
  const work = new LocalWork([{ first: 0, end: 2 ** 48 }], 16);
  assert.equal(work.waiting, 2 ** 52);
  assert.equal(work.take(1000)!.end, 1000);
});

Deno.test("LocalWork without ranges has nothing to give", () => {
  const work = new LocalWork([], 3);
  assert.deepEqual([work.waiting, work.take(1)], [0, null]);
});

Deno.test("LocalWork.again() sends any of several probes again", () => {
  const work = new LocalWork([], 3);
  work.again({ first: 3, end: 6, pass: 1, probeNumber: 2 });
  assert.equal(work.waiting, 3);
  assert.deepEqual(work.take(8), { first: 3, end: 6, pass: 1, probeNumber: 2 });
});

Deno.test("LocalWork.owed counts what went nowhere until it is given out again", () => {
  const work = new LocalWork([{ first: 0, end: 10 }], 1);
  work.repair({ first: 0, end: 3, pass: 1 });
  assert.equal(work.owed, 0);
  work.again({ first: 4, end: 9, pass: 1, probeNumber: 0 });
  assert.equal(work.owed, 5);
  assert.equal(work.take(10)!.end, 10);
  assert.deepEqual(work.take(2), { first: 4, end: 6, pass: 1, probeNumber: 0 });
  assert.equal(work.owed, 3);
  work.take(10);
  assert.equal(work.owed, 0);
  assert.deepEqual(work.take(9), { first: 0, end: 3, pass: 1, probeNumber: 0 });
  assert.equal(work.waiting, 0);
});

Deno.test("LocalWork.rest() gives for each probe what is left of it, then what is to be sent again", () => {
  const work = LocalWork.rest({
    planned: [
      [{ first: 5, end: 5 }, { first: 7, end: 9 }],
      [],
      [{ first: 0, end: 3 }],
    ],
  });
  work.repair({ first: 1, end: 2, pass: 2 });
  assert.equal(work.waiting, 6);
  const leases = [10, 2, 10, 10, 10].map((most) => work.take(most));
  assert.deepEqual(leases, [
    { first: 7, end: 9, pass: 0, probeNumber: 0 },
    { first: 0, end: 2, pass: 1, probeNumber: 2 },
    { first: 2, end: 3, pass: 1, probeNumber: 2 },
    { first: 1, end: 2, pass: 2, probeNumber: 0 },
    null,
  ]);
});

Deno.test("LocalWork.rest() sends what may have been probed before behind what was not, before further probes", () => {
  const work = LocalWork.rest({
    planned: [[{ first: 5, end: 20 }], [{ first: 5, end: 20 }]],
    touched: [{ first: 5, end: 8 }, { first: 12, end: 13 }],
  });
  const leases = [10, 10, 10, 10, 99].map((most) => work.take(most));
  assert.deepEqual(leases, [
    { first: 8, end: 12, pass: 0, probeNumber: 0 },
    { first: 13, end: 20, pass: 0, probeNumber: 0 },
    { first: 5, end: 8, pass: 0, probeNumber: 0 },
    { first: 12, end: 13, pass: 0, probeNumber: 0 },
    { first: 5, end: 20, pass: 1, probeNumber: 1 },
  ]);
  assert.equal(work.waiting, 0);
});
