import assert from "node:assert/strict";
import fc from "fast-check";
import { SpillQueue } from "./spill_queue.ts";

function drain(queue: SpillQueue): string {
  let text = "";
  for (;;) {
    const bytes = queue.shift();
    if (bytes === null) return text;
    text += new TextDecoder().decode(bytes);
  }
}

Deno.test("SpillQueue keeps the order, whatever lies in memory and on disk", () => {
  const step = fc.oneof(
    fc.integer({ min: 0, max: 30 }).map((length) => ({ push: length })),
    fc.constant({ push: -1 }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      using queue = new SpillQueue(40);
      let [pushed, shifted, counter] = ["", "", 0];
      for (const { push } of steps) {
        if (push < 0) {
          const bytes = queue.shift();
          if (bytes !== null) shifted += new TextDecoder().decode(bytes);
        } else {
          const text = `${counter++}\n`.padStart(push, "x");
          pushed += text;
          queue.push(new TextEncoder().encode(text));
        }
        assert.ok(queue.memoryBytes <= 40);
        const waiting = pushed.slice(shifted.length);
        assert.equal(queue.rows, waiting.split("\n").length - 1);
      }
      assert.equal(shifted + drain(queue), pushed);
      assert.equal(queue.rows, 0);
      assert.equal(queue.spilledBytes, 0);
    }),
    { numRuns: 200 },
  );
});

Deno.test("SpillQueue takes no more memory than it may, and leaves no file", () => {
  const queue = new SpillQueue(1 << 20);
  const chunk = new Uint8Array(1 << 18).fill(10);
  for (let i = 0; i < 40; i++) queue.push(chunk.slice());
  assert.equal(queue.memoryBytes, 1 << 20);
  assert.equal(queue.spilledBytes, 36 << 18);
  let length = 0;
  for (let bytes = queue.shift(); bytes !== null; bytes = queue.shift()) {
    length += bytes.length;
  }
  assert.equal(length, 40 << 18);
  queue[Symbol.dispose]();
  queue[Symbol.dispose]();
});
