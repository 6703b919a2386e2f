import assert from "node:assert/strict";
import { LineQueue, type QueuedLine } from "./line_queue.ts";

function line(text: string, rank: number): QueuedLine {
  return { kind: "line", text, rank };
}

Deno.test("LineQueue gives lines in the order in which they came", () => {
  const queue = new LineQueue();
  for (const text of ["a", "b", "c"]) {
    assert.equal(queue.push(line(text, 1)), 0);
  }
  assert.equal(queue.shift()?.text, "a");
  queue.push(line("d", 9));
  assert.equal(queue.length, 3);
  assert.deepEqual([1, 2, 3, 4].map(() => queue.shift()?.text), [
    ...["b", "c", "d"],
    undefined,
  ]);
});

Deno.test("LineQueue drops the oldest of the lowest rank when there is no space", () => {
  // Each line counts 64 besides its text.
  const queue = new LineQueue(3 * 65);
  queue.push(line("a", 2));
  queue.push(line("b", 1));
  queue.push(line("c", 1));
  assert.equal(queue.push(line("d", 3)), 1);
  assert.equal(queue.push(line("e", 0)), 1);
  assert.deepEqual([1, 2, 3].map(() => queue.shift()?.text), ["a", "c", "d"]);
  queue.push(line("f", 0));
  assert.equal(queue.clear(), 1);
  assert.equal(queue.length, 0);
});
