import assert from "node:assert/strict";
import { completeLibc, openLibc } from "../../ffi/libc.ts";

// Libraries stay open as long as the thread lives, which Deno 2.6 takes for a leak.
const sanitizeResources = false;

Deno.test({
  name: "openLibc() looks a function up once, when it is read",
  sanitizeResources,
  fn(): void {
    const libc = openLibc();
    assert.equal(Object.hasOwn(libc, "geteuid"), false);
    const { geteuid } = libc;
    assert.equal(typeof geteuid(), "number");
    assert.equal(Object.hasOwn(libc, "geteuid"), true);
    assert.equal(openLibc().geteuid, geteuid);
  },
});

Deno.test({
  name: "completeLibc() leaves no function to be looked up",
  sanitizeResources,
  fn(): void {
    assert.equal(Object.hasOwn(openLibc(), "statvfs"), false);
    completeLibc();
    const libc = openLibc();
    for (const name in libc) assert.ok(Object.hasOwn(libc, name), name);
    assert.ok(Object.hasOwn(libc, "statvfs"));
  },
});
