import assert from "node:assert/strict";
import fc from "fast-check";
import {
  AnswerMap,
  makeAnswerMapMemory,
  makeControl,
  makeCounters,
  makeWorkQueueMemory,
  SEND,
  SEND_SLOTS,
  WorkQueue,
} from "../shm/mod.ts";
import { Dispatcher, type SendWork } from "./dispatcher.ts";
import { SliceLog } from "./slice_log.ts";
import type { SenderMemory } from "./workers.ts";

const TARGETS = 5000;

function makeSenders(count: number): SenderMemory[] {
  return Array.from({ length: count }, () => ({
    control: makeControl(),
    counters: makeCounters(SEND_SLOTS),
    work: makeWorkQueueMemory(),
    followUps: makeWorkQueueMemory(),
  }));
}

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
      const memory = makeSenders(senders);
      const fakes = memory.map((one) => new FakeSender(one));
      const dispatcher = new Dispatcher(memory);
      const answers = new AnswerMap(makeAnswerMapMemory(0, TARGETS));
      const log = new SliceLog(answers, senders, 0);
      const sliced: number[] = [];
      let nowS = 0;
      const feed = (): void =>
        dispatcher.feed(ratePps, (sender, work) => log.give(sender, work));
      const cut = (isForced: boolean): void => {
        const done = dispatcher.doneBySender;
        const moment = { nowS, done, ratePps, localLosses: 0 };
        for (const { ranges } of log.advance(moment, isForced)) {
          for (const { first, end } of ranges) {
            for (let at = first; at < end; at++) sliced.push(at);
          }
        }
      };
      const works: SendWork[] = [
        { first: 0, end: TARGETS, pass: 0, probeNumber: 0 },
        { first: repair, end: TARGETS, pass: 1, probeNumber: 0 },
      ];
      for (const work of works) dispatcher.add(work);
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

Deno.test("SliceLog.reports() has each follow-up in the slice in which it was sent", () => {
  const answers = new AnswerMap(makeAnswerMapMemory(0, TARGETS));
  const log = new SliceLog(answers, 1, 0);
  log.give(0, { first: 0, end: TARGETS, pass: 0 });
  const at = (nowS: number, done: number): void => {
    log.advance({ nowS, done: [done], ratePps: 1000, localLosses: 0 }, true);
  };
  log.follow({ sent: [0, 1], answered: [], settled: [] });
  at(1, 1000);
  log.follow({ sent: [2], answered: [0, 2], settled: [] });
  at(2, 2000);
  log.follow({
    sent: [],
    answered: [],
    settled: [{ id: 0, isAnswered: true }, { id: 1, isAnswered: false }],
  });
  answers.add(1500);
  const counts = log.reports(2).map((slice) => [
    slice.followUpsSent,
    slice.followUpsAnswered,
    slice.followUpsSilent,
    slice.answers,
  ]);
  assert.deepEqual(counts, [[2, 1, 1, 0], [1, 1, 0, 1]]);
});
