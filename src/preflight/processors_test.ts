import assert from "node:assert/strict";
import { completeLibc } from "../../ffi/libc.ts";
import { allowedProcessors } from "../../ffi/machine_limits.ts";
import { PreflightError } from "../base/mod.ts";
import { planProcessors } from "./processors.ts";

// Deno 2.6 takes a library that a test opens, and that stays open with the thread, for a leak.
completeLibc();

Deno.test("planProcessors() deals the list out: receiver, senders, monitor, and again", () => {
  const [first] = allowedProcessors();
  const last = allowedProcessors().at(-1)!;
  assert.deepEqual(planProcessors([first!, last], 2), {
    receiver: first,
    senders: [last, first],
    monitor: last,
  });
  assert.deepEqual(planProcessors([last], 1), {
    receiver: last,
    senders: [last],
    monitor: last,
  });
});

Deno.test("planProcessors() leaves it to the kernel without a list", () => {
  assert.deepEqual(planProcessors([], 2), {
    receiver: null,
    senders: [null, null],
    monitor: null,
  });
});

Deno.test("planProcessors() names a processor that may not be used, and those that may", () => {
  assert.throws(() => planProcessors([9000], 1), (error) => {
    assert.ok(error instanceof PreflightError);
    assert.match(error.message, /processor 9000/);
    assert.match(error.remedy, /^Choose among \d/);
    return true;
  });
});
