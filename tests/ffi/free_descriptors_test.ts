import assert from "node:assert/strict";
import { completeLibc } from "../../ffi/libc.ts";
import { freeDescriptors, openFileLimit } from "../../ffi/machine_limits.ts";

// It stays open as long as the thread lives, which Deno 2.6 takes for a leak of the test that opens it.
completeLibc();

Deno.test("freeDescriptors() counts no further than it is asked to", () => {
  assert.equal(freeDescriptors(0), 0);
  assert.equal(freeDescriptors(5), 5);
});

Deno.test({
  name: "freeDescriptors() leaves out what is open",
  ignore: openFileLimit() > 1 << 20,
  fn(): void {
    const before = freeDescriptors(Infinity);
    assert.ok(before > 0 && before < openFileLimit());
    const files = Array.from({ length: 7 }, () => Deno.openSync("/dev/null"));
    assert.equal(freeDescriptors(Infinity), before - 7);
    for (const file of files) file.close();
  },
});
