import assert from "node:assert/strict";
import { completeLibc } from "../../ffi/libc.ts";
import { readBoot } from "./boot.ts";

// It stays open as long as the thread lives, which Deno 2.6 takes for a leak of the test that opens it.
completeLibc();

Deno.test("readBoot() tells the same until the machine starts anew", () => {
  const boot = readBoot();
  assert.match(boot ?? "", /^[0-9a-f]{16}$/);
  assert.equal(readBoot(), boot);
});
