import assert from "node:assert/strict";
import { readBoot } from "./boot.ts";

Deno.test("readBoot() tells the same until the machine starts anew", () => {
  const boot = readBoot();
  assert.match(boot ?? "", /^[0-9a-f]{16}$/);
  assert.equal(readBoot(), boot);
});
