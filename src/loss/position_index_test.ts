import assert from "node:assert/strict";
import fc from "fast-check";
import { PositionIndex, sentAt } from "./position_index.ts";

const SPACE = 60;
const anyRanges = fc.array(
  fc.tuple(
    fc.integer({ min: 0, max: SPACE - 1 }),
    fc.integer({ min: 1, max: 25 }),
  ),
  { maxLength: 30 },
);

Deno.test("PositionIndex.find() tells who sent a position last", () => {
  fc.assert(
    fc.property(anyRanges, (ranges) => {
      const index = new PositionIndex<number>();
      const owners = new Array<number | undefined>(SPACE + 30);
      ranges.forEach(([first, length], owner) => {
        const end = first + length;
        index.add({ first, end, owner, startS: owner, endS: owner + 1 });
        owners.fill(owner, first, end);
      });
      for (const [position, owner] of owners.entries()) {
        const found = index.find(position);
        assert.equal(found?.owner, owner);
        if (found === undefined) continue;
        const atS = sentAt(found, position);
        assert.ok(atS >= owner! && atS <= owner! + 1 + 1e-9);
      }
    }),
  );
});

Deno.test("PositionIndex.forget() keeps what was sent lately", () => {
  const index = new PositionIndex<string>();
  index.add({ first: 0, end: 10, owner: "old", startS: 0, endS: 1 });
  index.add({ first: 10, end: 20, owner: "new", startS: 1, endS: 2 });
  index.forget(1.5);
  assert.equal(index.size, 1);
  assert.equal(index.find(5), undefined);
  assert.equal(index.find(15)?.owner, "new");
});

Deno.test("sentAt() spreads positions of any size evenly", () => {
  const first = 2 ** 48 - 1000;
  const range = { first, end: 2 ** 48, owner: 0, startS: 10, endS: 11 };
  assert.equal(sentAt(range, 2 ** 48 - 1), 11);
  assert.ok(Math.abs(sentAt(range, first + 499) - 10.5) < 1e-9);
});
