import assert from "node:assert/strict";
import { chooseSenders } from "./senders.ts";

const MANY = { asked: null, fallback: 1, targetCount: 1000, processors: 4 };

Deno.test("chooseSenders() starts as many as are asked for, else the fallback", () => {
  assert.deepEqual(chooseSenders(MANY), { senders: 1, warnings: [] });
  const three = chooseSenders({ ...MANY, asked: 3 });
  assert.deepEqual(three, { senders: 3, warnings: [] });
});

Deno.test("chooseSenders() warns when the receiver gets no processor of its own", () => {
  const { senders, warnings } = chooseSenders({ ...MANY, asked: 4 });
  assert.equal(senders, 4);
  assert.deepEqual(warnings, [
    "4 sending threads and the receiver share 4 processors",
  ]);
  const alone = chooseSenders({ ...MANY, processors: 1 });
  assert.deepEqual(alone.warnings, []);
});

Deno.test("chooseSenders() starts one for few targets", () => {
  const few = { ...MANY, asked: 3, targetCount: 6 };
  assert.deepEqual(chooseSenders(few), {
    senders: 1,
    warnings: ["6 targets are too few for 3 sending threads: one sends"],
  });
  assert.equal(chooseSenders({ ...few, targetCount: 7 }).senders, 3);
  const unasked = chooseSenders({ ...few, asked: null, fallback: 3 });
  assert.deepEqual(unasked, { senders: 1, warnings: [] });
});
