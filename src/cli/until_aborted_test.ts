import assert from "node:assert/strict";
import { untilAborted } from "./until_aborted.ts";

const NEVER = new Promise<never>(() => {});

Deno.test("untilAborted() gives what the promise gives", async () => {
  const { signal } = new AbortController();
  for (const one of [null, signal]) {
    assert.equal(await untilAborted(Promise.resolve(3), one), 3);
    const broken = untilAborted(Promise.reject(new Error("broken")), one);
    await assert.rejects(broken, /broken/);
  }
});

Deno.test("untilAborted() rejects with the reason, also of a signal that has aborted before", async () => {
  const controller = new AbortController();
  const waiting = untilAborted(NEVER, controller.signal);
  controller.abort("enough");
  await assert.rejects(waiting, (error) => error === "enough");
  const late = untilAborted(
    Promise.reject(new Error("not heard")),
    controller.signal,
  );
  await assert.rejects(late);
  await assert.rejects(
    untilAborted(NEVER, controller.signal),
    (error) => error === "enough",
  );
});
