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

for (const hasPorts of [false, true]) {
  Deno.test(`TargetSet keeps a million members apart while it grows, ${hasPorts ? "several ports" : "one port"}`, () => {
    const set = new TargetSet(hasPorts, 12345);
    const count = 1_000_000;
    const member = (i: number): number => Math.imul(i + 1, 2654435761) >>> 0;
    let faults = 0;
    for (let i = 0; i < count; i++) if (!set.add(member(i), 80)) faults++;
    for (let i = 0; i < count; i++) {
      if (!set.has(member(i), 80)) faults++;
      if (set.add(member(i), 80)) faults++;
      if (set.has(member(i + count), 80)) faults++;
      if (hasPorts && set.has(member(i), 81)) faults++;
    }
    assert.deepEqual([set.size, faults], [count, 0]);
  });
}

Deno.test("TargetSet keeps members apart in tables whose slots have 16 bits", () => {
  const set = new TargetSet(false, -7);
  const count = 2 ** 24;
  for (let address = 1; address <= count; address++) set.add(address, 443);
  assert.equal(set.size, count);
  for (let address = 1; address <= count; address += 997) {
    assert.ok(set.has(address, 443));
    assert.ok(!set.has(address + count, 443));
  }
});
