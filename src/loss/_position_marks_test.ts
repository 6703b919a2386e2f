import assert from "node:assert/strict";
import { markAll, PositionMarks } from "./_position_marks.ts";

Deno.test("PositionMarks.mark() marks each position of its ranges once", () => {
  const far = 2 ** 48 - 20;
  const marks = new PositionMarks([
    { first: 5, end: 14 },
    { first: far, end: far + 9 },
  ]);
  for (const position of [5, 13, far, far + 8]) {
    assert.ok(!marks.has(position));
    assert.ok(marks.mark(position));
    assert.ok(!marks.mark(position));
    assert.ok(marks.has(position));
  }
  for (const position of [4, 14, far - 1, far + 9]) {
    assert.ok(!marks.mark(position));
    assert.ok(!marks.has(position));
  }
  assert.ok(!marks.has(6));
});

Deno.test("PositionMarks.countIn() counts what both have marked", () => {
  const ranges = [{ first: 0, end: 30 }, { first: 50, end: 70 }];
  const [a, b] = [new PositionMarks(ranges), new PositionMarks(ranges)];
  for (const position of [0, 7, 8, 29, 50, 69]) a.mark(position);
  for (const position of [1, 7, 29, 51, 69]) b.mark(position);
  assert.deepEqual([a.count, b.count], [6, 5]);
  assert.deepEqual([a.countIn(b), b.countIn(a)], [3, 3]);
});

Deno.test("markAll() marks what any has marked, and says whether all are complete", () => {
  const [a, b, all] = [
    new PositionMarks([{ first: 0, end: 10 }]),
    new PositionMarks([{ first: 5, end: 20 }]),
    new PositionMarks([{ first: 0, end: 20 }]),
  ];
  for (const position of [1, 6, 9]) a.mark(position);
  for (const position of [6, 12, 19]) b.mark(position);
  assert.ok(markAll(all, { first: 6, end: 13 }, [a, b]));
  assert.equal(all.count, 3);
  b.isComplete = false;
  assert.ok(!markAll(all, { first: 0, end: 20 }, [a, b]));
  assert.equal(all.count, 5);
});
