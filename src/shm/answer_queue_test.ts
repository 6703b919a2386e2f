import assert from "node:assert/strict";
import {
  type Answer,
  AnswerQueue,
  makeAnswerQueueMemory,
} from "./answer_queue.ts";

Deno.test("AnswerQueue gives back positions up to 2^48, probe numbers and flags, in order", () => {
  const memory = makeAnswerQueueMemory(4);
  const [writer, reader] = [new AnswerQueue(memory), new AnswerQueue(memory)];
  const answer: Answer = {
    position: 0,
    probeNumber: 0,
    isEligible: false,
    isAgain: false,
  };
  const all: Answer[] = [
    { position: 0, probeNumber: 0, isEligible: false, isAgain: false },
    {
      position: 2 ** 48 - 1,
      probeNumber: 0xffff,
      isEligible: true,
      isAgain: false,
    },
    { position: 7, probeNumber: 3, isEligible: false, isAgain: true },
  ];
  for (let round = 0; round < 10; round++) {
    for (const { isAgain, isEligible, position, probeNumber } of all) {
      writer.push(position, probeNumber, isEligible, isAgain);
    }
    for (const expected of all) {
      assert.ok(reader.shift(answer));
      assert.deepEqual(answer, expected);
    }
    assert.equal(reader.shift(answer), false);
  }
});

Deno.test("AnswerQueue counts what it has no room for", () => {
  const memory = makeAnswerQueueMemory(3);
  const queue = new AnswerQueue(memory);
  for (let position = 0; position < 11; position++) {
    queue.push(position, 0, true);
  }
  assert.equal(new AnswerQueue(memory).refused, 3);
  const answer: Answer = {
    position: 0,
    probeNumber: 0,
    isEligible: false,
    isAgain: false,
  };
  const got: number[] = [];
  while (queue.shift(answer)) got.push(answer.position);
  assert.deepEqual(got, [0, 1, 2, 3, 4, 5, 6, 7]);
});
