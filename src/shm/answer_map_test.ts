import assert from "node:assert/strict";
import { AnswerMap, makeAnswerMapMemory } from "./answer_map.ts";

Deno.test("AnswerMap.count() gives exact counts of ranges in small scans", () => {
  const map = new AnswerMap(makeAnswerMapMemory(1000, 132_072));
  assert.equal(map.blockSize, 1);
  for (const position of [1000, 1001, 1999, 2000, 132_071, 5]) {
    map.add(position);
  }
  assert.equal(map.count(1000, 2000), 3);
  assert.equal(map.count(2000, 132_072), 2);
});

Deno.test("AnswerMap.count() adds up over neighbouring ranges when positions share blocks", () => {
  const end = 2 ** 32;
  const memory = makeAnswerMapMemory(0, end);
  const map = new AnswerMap(memory);
  assert.equal(map.blockSize, 1024);
  assert.ok(memory.answers.byteLength <= 2 ** 23);
  for (let position = 0; position < 100_000; position += 10) map.add(position);
  const cut = 33_333;
  assert.equal(map.count(0, cut) + map.count(cut, end), 10_000);
  assert.ok(Math.abs(map.count(0, cut) - cut / 10) <= 103);
});
