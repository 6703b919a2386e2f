import assert from "node:assert/strict";
import {
  decodeSlot,
  encodeSlot,
  MOST_RECORD_BYTES,
  SLOT_BYTES,
} from "./slot.ts";

const record = new TextEncoder().encode('{"phase":"sending"}\n');

Deno.test("decodeSlot() reads what encodeSlot() wrote, whatever lies behind it", () => {
  const slot = new Uint8Array(SLOT_BYTES).fill(0xa5);
  for (const boot of [null, "0123456789abcdef"]) {
    slot.set(encodeSlot({ boot, counter: 12, record }));
    assert.deepEqual(decodeSlot(slot), { boot, counter: 12, record });
  }
});

Deno.test("decodeSlot() refuses a slot that is empty, cut anywhere, or has any bit changed", () => {
  assert.equal(decodeSlot(new Uint8Array()), null);
  assert.equal(decodeSlot(new Uint8Array(SLOT_BYTES)), null);
  const slot = encodeSlot({ boot: null, counter: 3, record });
  for (let length = 0; length < slot.length; length++) {
    assert.equal(decodeSlot(slot.subarray(0, length)), null);
  }
  // Blanks fill the line: they say nothing.
  const { length } = new TextDecoder().decode(slot.subarray(0, 127)).trimEnd();
  for (let at = 0; at < slot.length; at++) {
    if (at >= length && at < 127) continue;
    for (let bit = 0; bit < 8; bit++) {
      const damaged = slot.slice();
      damaged[at]! ^= 1 << bit;
      assert.equal(decodeSlot(damaged), null, `byte ${at}, bit ${bit}`);
    }
  }
});

Deno.test("decodeSlot() takes no half of one record for another", () => {
  const older = encodeSlot({ boot: null, counter: 3, record });
  const newer = encodeSlot({
    boot: null,
    counter: 5,
    record: record.map((byte) => byte ^ 1),
  });
  for (let cut = 0; cut <= newer.length; cut++) {
    const torn = older.slice();
    torn.set(newer.subarray(0, cut));
    const found = decodeSlot(torn)?.counter ?? null;
    // "slot " is the same in both.
    const expected = cut <= 5 ? 3 : cut === newer.length ? 5 : null;
    assert.equal(found, expected, `cut at ${cut}`);
  }
});

Deno.test("encodeSlot() refuses a record that does not fit", () => {
  const largest = new Uint8Array(MOST_RECORD_BYTES);
  assert.equal(
    encodeSlot({ boot: null, counter: 1, record: largest }).length,
    SLOT_BYTES,
  );
  const larger = new Uint8Array(MOST_RECORD_BYTES + 1);
  assert.throws(
    () => encodeSlot({ boot: null, counter: 1, record: larger }),
    RangeError,
  );
});
