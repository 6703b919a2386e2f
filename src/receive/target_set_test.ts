import assert from "node:assert/strict";
import fc from "fast-check";
import { TargetSet } from "./target_set.ts";

const pair = fc.tuple(
  fc.oneof(
    fc.integer({ min: 1, max: 40 }),
    fc.integer({ min: 1, max: 0xffff_ffff }),
  ),
  fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 0xffff })),
);

Deno.test("TargetSet.add() agrees with a set of strings", () => {
  fc.assert(
    fc.property(
      fc.array(pair, { maxLength: 500 }),
      fc.integer(),
      (pairs, salt) => {
        const set = new TargetSet(true, salt);
        const model = new Set<string>();
        for (const [address, port] of pairs) {
          const key = `${address}:${port}`;
          assert.equal(set.has(address, port), model.has(key));
          assert.equal(set.add(address, port), !model.has(key));
          model.add(key);
        }
        assert.equal(set.size, model.size);
      },
    ),
  );
});

Deno.test("TargetSet.add() keeps a million members apart while it grows", () => {
  const set = new TargetSet(false, 12345);
  const count = 1_000_000;
  for (let i = 0; i < count; i++) {
    assert.ok(set.add(Math.imul(i + 1, 2654435761) >>> 0, 0));
  }
  for (let i = 0; i < count; i++) {
    assert.ok(!set.add(Math.imul(i + 1, 2654435761) >>> 0, 0));
  }
  assert.equal(set.size, count);
});
