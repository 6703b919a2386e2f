import assert from "node:assert/strict";
import fc from "fast-check";
import { ResponseDelay, SliceLog } from "../loss/mod.ts";
import { SEND, WorkQueue } from "../shm/mod.ts";
import { Dispatcher } from "./dispatcher.ts";
import { makeScanMemory, type SenderMemory } from "./scan_memory.ts";
import { LocalWork } from "./work_source.ts";

const TARGETS = 5000;

/** Does what a sender does, one position at a time, and notes each position. */
class FakeSender {
  readonly sent: number[] = [];
  readonly #queue: WorkQueue;
  readonly #counters: Float64Array;
  readonly #work = { first: 0, end: 0, probeNumber: 0 };

  constructor({ work, counters }: SenderMemory) {
    this.#queue = new WorkQueue(work);
    this.#counters = counters;
  }

  send(count: number): void {
    for (let i = 0; i < count; i++) {
      if (
        this.#work.first === this.#work.end && !this.#queue.shift(this.#work)
      ) {
        return;
      }
      this.sent.push(this.#work.first++);
      this.#counters[SEND.done]! += 1;
    }
  }
}

const anyCourse = fc.record({
  senders: fc.integer({ min: 1, max: 4 }),
  ratePps: fc.oneof(fc.constant(0), fc.integer({ min: 10, max: 20_000 })),
  steps: fc.array(
    fc.array(fc.integer({ min: 0, max: 900 }), {
      minLength: 4,
      maxLength: 4,
    }),
    { minLength: 1, maxLength: 30 },
  ),
  repair: fc.integer({ min: 1, max: TARGETS - 1 }),
});

Deno.test("Dispatcher.feed() gives each position once, and SliceLog cuts what was sent without gap", () => {
  fc.assert(
    fc.property(anyCourse, ({ senders, ratePps, steps, repair }) => {
      const memory =
        makeScanMemory({ layer: "ip", nextHops: [] }, { senders, ratePps })
          .senders;
      const fakes = memory.map((one) => new FakeSender(one));
      const work = new LocalWork([{ first: 0, end: TARGETS }], 1);
      work.repair({ first: repair, end: TARGETS, pass: 1 });
      const dispatcher = new Dispatcher(work, memory);
      const delay = new ResponseDelay(8);
      const log = new SliceLog({
        senders,
        startS: 0,
        delay,
        longestS: 8,
      });
      const sliced: number[] = [];
      let nowS = 0;
      const feed = (): void =>
        dispatcher.feed(ratePps, (sender, work) => log.give(sender, work));
      const cut = (isForced: boolean): void => {
        const done = dispatcher.doneBySender;
        const moment = { nowS, done, ratePps, localLosses: 0 };
        for (const { ranges } of log.advance(moment, isForced ? 0 : 0.1)) {
          for (const { first, end } of ranges) {
            for (let at = first; at < end; at++) sliced.push(at);
          }
        }
      };
      for (
        const step of [...steps, ...Array(2000).fill([500, 500, 500, 500])]
      ) {
        feed();
        fakes.forEach((fake, i) => fake.send(step[i]));
        nowS += 0.06;
        cut(false);
        if (dispatcher.isIdle) break;
      }
      cut(true);
      assert.ok(dispatcher.isIdle);
      const expected = [
        ...Array.from({ length: TARGETS }, (_, i) => i),
        ...Array.from({ length: TARGETS - repair }, (_, i) => repair + i),
      ].sort((a, b) => a - b);
      const sent = fakes.flatMap((fake) => fake.sent).sort((a, b) => a - b);
      assert.deepEqual(sent, expected);
      assert.deepEqual(sliced.sort((a, b) => a - b), expected);
    }),
    { numRuns: 30 },
  );
});

Deno.test("Dispatcher.feed() keeps work of any size in small pieces, none lost in a full queue", () => {
  for (const probes of [1, 5000]) {
    const { senders } = makeScanMemory({ layer: "ip", nextHops: [] }, {
      senders: 1,
      ratePps: 0,
    });
    const targets = probes === 1 ? 2 ** 48 : 1;
    const work = new LocalWork([{ first: 0, end: targets }], probes);
    const dispatcher = new Dispatcher(work, senders);
    dispatcher.feed(0);
    const queue = new WorkQueue(senders[0]!.work);
    const piece = { first: 0, end: 0, probeNumber: 0 };
    let given = 0;
    for (let fed = 0; fed < 10; fed++) {
      while (queue.shift(piece)) given += piece.end - piece.first;
      senders[0]!.counters[SEND.done] = given;
      assert.equal(dispatcher.remaining, targets * probes - given);
      dispatcher.feed(0);
    }
    if (probes > 1) assert.equal(given, probes);
    else assert.ok(given > 0 && given < 2 ** 27, `${given}`);
  }
});
