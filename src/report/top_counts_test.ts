import assert from "node:assert/strict";
import fc from "fast-check";
import { SpaceSaving, TopCounters } from "./top_counts.ts";

Deno.test("TopCounters has the highest counts, whatever the order", () => {
  fc.assert(fc.property(fc.array(fc.nat(40)), (keys) => {
    const top = new TopCounters(5);
    const counts = new Map<number, number>();
    for (const key of keys) {
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count);
      top.grown(key, count);
    }
    const wanted = [...counts.values()].sort((a, b) => b - a).slice(0, 5);
    assert.deepEqual(top.list().map(({ count }) => count), wanted);
    for (const { count, key } of top.list()) {
      assert.equal(count, counts.get(key));
    }
  }));
});

Deno.test("SpaceSaving has all that is more than its share, and counts none too low", () => {
  fc.assert(fc.property(
    fc.array(fc.oneof(fc.nat(3), fc.nat(1000)), { maxLength: 400 }),
    (keys) => {
      const size = 8;
      const saving = new SpaceSaving<number>(size);
      const counts = new Map<number, number>();
      for (const key of keys) {
        counts.set(key, (counts.get(key) ?? 0) + 1);
        saving.add(key);
      }
      const found = new Map(
        saving.list().map(({ count, key }) => [key, count]),
      );
      for (const [key, count] of counts) {
        if (count > keys.length / size) assert.ok(found.has(key));
        const told = found.get(key) ?? count;
        assert.ok(told >= count && told <= count + keys.length / size);
      }
    },
  ));
});
