import assert from "node:assert/strict";
import { HeardTime } from "./heard_time.ts";

Deno.test("HeardTime needs the receiver to catch up twice after a look", () => {
  const heard = new HeardTime();
  assert.equal(heard.look(1, 5), -Infinity);
  assert.equal(heard.look(2, 6), -Infinity);
  assert.equal(heard.look(3, 7), 1);
  assert.equal(heard.look(4, 7), 1);
  assert.equal(heard.look(5, 9), 4);
});

Deno.test("HeardTime is late, never early, when the receiver is silent for long", () => {
  const heard = new HeardTime();
  for (let s = 0; s < 10_000; s++) heard.look(s, 0);
  const found = heard.look(10_000, 2);
  assert.ok(found < 10_000 && found > 9000, String(found));
});
