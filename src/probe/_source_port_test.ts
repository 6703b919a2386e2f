import assert from "node:assert/strict";
import { probeOfSourcePort, sourcePortOffset } from "./_source_port.ts";

Deno.test("sourcePortOffset() counts on from the word modulo the range and wraps", () => {
  for (const count of [1, 2, 3, 28233, 65535, 65536]) {
    for (const word of [0, 1, 0x7fffffff, 0x80000000, 0xffffffff]) {
      for (const probe of [0, 1, 2, 70_000]) {
        const expected = (word % count + probe) % count;
        assert.equal(sourcePortOffset(word, probe, count), expected);
        assert.equal(sourcePortOffset(word | 0, probe, count), expected);
      }
    }
  }
});

Deno.test("probeOfSourcePort() is the inverse of sourcePortOffset()", () => {
  for (const count of [1, 2, 28233, 65536]) {
    for (const word of [0, 1, 0x80000000, 0xffffffff]) {
      for (const probe of [0, 1, count - 1]) {
        const offset = sourcePortOffset(word, probe, count);
        const expected = count === 1 ? 0 : probe;
        assert.equal(probeOfSourcePort(word, offset, count), expected);
      }
    }
  }
});

Deno.test("probeOfSourcePort() knows no probe for ports outside of the range", () => {
  assert.equal(probeOfSourcePort(5, -1, 10), -1);
  assert.equal(probeOfSourcePort(5, 10, 10), -1);
});
