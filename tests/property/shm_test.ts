import assert from "node:assert/strict";
import fc from "fast-check";
import {
  makeControl,
  makeRecordHead,
  makeRecordQueueMemory,
  makeWorkQueueMemory,
  type RecordHead,
  RecordQueue,
  WorkQueue,
} from "../../src/shm/mod.ts";

const word = fc.integer({ min: 0, max: 0xffff_ffff });
const half = fc.integer({ min: 0, max: 0xffff });
const anyRecord = fc.record({
  head: fc.record({
    seconds: word,
    microseconds: word,
    targetAddress: word,
    targetPort: half,
    probeNumber: half,
    classIndex: fc.integer({ min: 0, max: 200 }),
    flags: fc.integer({ min: 0, max: 63 }),
    firstWord: word,
    secondWord: half,
  }),
  packet: fc.uint8Array({ maxLength: 90 }),
  offset: fc.integer({ min: 0, max: 14 }),
});

Deno.test("RecordQueue gives back what was pushed, in order, and takes nothing that has no room", () => {
  const commands = fc.array(fc.option(anyRecord, { freq: 3, nil: null }), {
    maxLength: 200,
  });
  fc.assert(fc.property(commands, (steps) => {
    const memory = makeRecordQueueMemory(7);
    const [writer, reader] = [new RecordQueue(memory), new RecordQueue(memory)];
    const expected: { head: RecordHead; packet: Uint8Array }[] = [];
    const head = makeRecordHead();
    for (const step of steps) {
      if (step === null) {
        const at = reader.shift(head);
        const first = expected.shift();
        assert.equal(at >= 0, first !== undefined);
        if (first === undefined) continue;
        assert.deepEqual({ ...head }, { ...first.head });
        const bytes = new Uint8Array(
          reader.view.buffer,
          at,
          reader.lengthBytes,
        );
        assert.deepEqual([...bytes], [...first.packet]);
        reader.release();
      } else {
        const bytes = new Uint8Array(step.offset + step.packet.length + 4).fill(
          0xa5,
        );
        bytes.set(step.packet, step.offset);
        const end = step.offset + step.packet.length;
        if (
          writer.push(step.head, new DataView(bytes.buffer), step.offset, end)
        ) {
          expected.push(step);
        } else {
          assert.ok(expected.length > 0, "an empty queue refused a record");
        }
      }
    }
  }));
});

Deno.test("RecordQueue.fill is 0 when empty and grows", () => {
  const queue = new RecordQueue(makeRecordQueueMemory(7));
  assert.equal(queue.fill, 0);
  queue.push(makeRecordHead(), new DataView(new ArrayBuffer(96)), 0, 96);
  assert.equal(queue.fill, 0.25);
});

Deno.test("WorkQueue gives back what was pushed, in order, and takes nothing that has no room", () => {
  const control = makeControl();
  const memory = makeWorkQueueMemory();
  const [writer, reader] = [new WorkQueue(memory), new WorkQueue(memory)];
  const work = { first: 0, end: 0, probeNumber: 0 };
  assert.equal(reader.shift(work), false);
  let pushed = 0;
  assert.throws(() => {
    for (;;) {
      writer.push({ first: pushed, end: 2 ** 48, probeNumber: 1 }, control);
      pushed++;
    }
  }, RangeError);
  assert.equal(writer.length, pushed);
  assert.ok(pushed >= 1024);
  for (let i = 0; i < pushed; i++) {
    assert.equal(reader.shift(work), true);
    assert.deepEqual(work, { first: i, end: 2 ** 48, probeNumber: 1 });
  }
  assert.equal(reader.shift(work), false);
});
