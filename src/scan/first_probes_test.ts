import assert from "node:assert/strict";
import fc from "fast-check";
import { RangeSet } from "../checkpoint/mod.ts";
import { FirstProbes } from "./first_probes.ts";
import { LocalWork } from "./work_source.ts";

Deno.test("FirstProbes and LocalWork know together which targets got no first probe", () => {
  const step = fc.record({
    sender: fc.nat(2),
    most: fc.integer({ min: 1, max: 9 }),
    sent: fc.nat(12),
    again: fc.boolean(),
  });
  fc.assert(fc.property(
    fc.array(step, { maxLength: 60 }),
    fc.integer({ min: 1, max: 3 }),
    (steps, probesPerTarget) => {
      const work = new LocalWork(
        [{ first: 10, end: 60 }, { first: 70, end: 90 }],
        probesPerTarget,
      );
      const firstProbes = new FirstProbes(3);
      const queues: { position: number; isFirst: boolean }[][] = [[], [], []];
      const given = [0, 0, 0];
      const done = [0, 0, 0];
      const unsent = new RangeSet([{ first: 10, end: 60 }, {
        first: 70,
        end: 90,
      }]);
      for (const { again, most, sender, sent } of steps) {
        const lease = work.take(most);
        if (lease !== null) {
          firstProbes.give(sender, lease, {
            given: given[sender]!,
            done: done[sender]!,
          });
          given[sender]! += lease.end - lease.first;
          const isFirst = lease.probeNumber === 0 && lease.pass === 0;
          for (let at = lease.first; at < lease.end; at++) {
            queues[sender]!.push({ position: at, isFirst });
          }
        }
        const taken = queues[sender]!.splice(0, sent);
        done[sender]! += taken.length;
        for (const { isFirst, position } of taken) {
          if (isFirst) unsent.remove({ first: position, end: position + 1 });
        }
        const last = taken.at(-1);
        if (again && last?.isFirst) {
          const lost = { first: last.position, end: last.position + 1 };
          work.again({ ...lost, pass: 0, probeNumber: 0 });
          unsent.add(lost);
        }
        const all = [...work.firstProbesLeft, ...firstProbes.underWay(done)];
        assert.deepEqual(new RangeSet(all).ranges, unsent.ranges);
      }
    },
  ));
});
