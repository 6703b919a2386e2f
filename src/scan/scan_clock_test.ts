import assert from "node:assert/strict";
import { MACHINE_CLOCK } from "./scan_clock.ts";

Deno.test("MACHINE_CLOCK.rest() ends with what it waits for, and at once when the time is over", async () => {
  const never = new Promise(() => {});
  await MACHINE_CLOCK.rest(1e9, Promise.resolve());
  await MACHINE_CLOCK.rest(-5, never);
  await MACHINE_CLOCK.rest(1, null);
  const startS = MACHINE_CLOCK.nowS();
  await MACHINE_CLOCK.rest(20, never);
  assert.ok(MACHINE_CLOCK.nowS() - startS >= 0.018);
});
