import assert from "node:assert/strict";
import { Backlog } from "./backlog.ts";
import {
  makeRecordHead,
  makeRecordQueueMemory,
  RecordQueue,
} from "./record_queue.ts";

Deno.test("Backlog.isHigh() from above half a queue until it is below a quarter", () => {
  const memory = makeRecordQueueMemory(10);
  const queue = new RecordQueue(memory);
  const backlog = new Backlog(memory);
  const head = makeRecordHead();
  const packet = new DataView(new ArrayBuffer(40));
  // More than once around, so that the ends pass the end of the ring.
  for (let turn = 0; turn < 5; turn++) {
    while (queue.fill <= 0.5) {
      assert.equal(backlog.isHigh(), false, `${queue.fill}`);
      assert.ok(queue.push(head, packet, 0, 40));
    }
    while (queue.fill >= 0.25) {
      assert.equal(backlog.isHigh(), true, `${queue.fill}`);
      queue.shift(head);
      queue.release();
    }
    assert.equal(backlog.isHigh(), false);
  }
});

Deno.test("Backlog.isHigh() where the counts of words wrap around", () => {
  const memory = makeRecordQueueMemory(4);
  memory.ends[0] = 2 ** 31 - 1;
  memory.ends[1] = (memory.ends[0]! + 9) | 0;
  assert.equal(new Backlog(memory).isHigh(), true);
});
