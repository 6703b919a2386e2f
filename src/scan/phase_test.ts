import assert from "node:assert/strict";
import { Phase } from "./phase.ts";

Deno.test("Phase.report() tells what was entered last, as it is when it is asked", () => {
  const phase = new Phase("Reading");
  assert.equal(phase.report(), "Reading");
  let left = 2;
  phase.enter(() => `${left} left`);
  assert.equal(phase.report(), "2 left");
  left = 1;
  assert.equal(phase.report(), "1 left");
  phase.enter("Closing");
  assert.equal(phase.report(), "Closing");
});
