import assert from "node:assert/strict";
import { seedFromName } from "./seed_name.ts";

Deno.test("seedFromName() has the first 64 bits of the SHA-256 of the name", () => {
  // printf 'weekly scan' | sha256sum | head -c 16
  assert.equal(seedFromName("from:weekly scan"), 0x025249bd06b5c4f7n);
  assert.notEqual(seedFromName("from:weekly  scan"), 0x025249bd06b5c4f7n);
});

Deno.test("seedFromName() leaves numbers alone, and wants a name", () => {
  assert.equal(seedFromName("42"), null);
  assert.equal(seedFromName("From:42"), null);
  assert.throws(() => seedFromName("from:"), SyntaxError);
});
