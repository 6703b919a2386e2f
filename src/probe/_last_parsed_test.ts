import assert from "node:assert/strict";
import fc from "fast-check";
import { viewOf } from "../../tests/fixtures/probe_scene.ts";
import { LastParsed } from "./_last_parsed.ts";

/** What was read, as a new object each time. */
interface Sum {
  readonly bytes: readonly number[];
}

function sumOf(view: DataView, at: number, end: number): Sum {
  const bytes: number[] = [];
  for (let i = at; i < end; i++) bytes.push(view.getUint8(i));
  return { bytes };
}

Deno.test("LastParsed reads the same bytes once, wherever they lie", () => {
  const parsed = new LastParsed(sumOf);
  const first = parsed.read(viewOf(Uint8Array.of(1, 2, 3, 4, 5)), 0, 5);
  const elsewhere = viewOf(Uint8Array.of(9, 1, 2, 3, 4, 5, 9));
  assert.equal(parsed.read(elsewhere, 1, 6), first);
  assert.notEqual(parsed.read(elsewhere, 1, 5), first);
});

Deno.test("LastParsed reads again when the bytes of a view have changed", () => {
  const parsed = new LastParsed(sumOf);
  const bytes = new Uint8Array(11);
  for (let i = 0; i < bytes.length; i++) {
    parsed.read(viewOf(bytes), 0, bytes.length);
    bytes[i]! = 7;
    const sum = parsed.read(viewOf(bytes), 0, bytes.length);
    assert.deepEqual(sum.bytes, Array.from(bytes));
  }
});

Deno.test("LastParsed never gives what other bytes were", () => {
  const message = fc.array(fc.integer({ min: 0, max: 1 }), { maxLength: 9 });
  fc.assert(fc.property(fc.array(message), (messages) => {
    const parsed = new LastParsed(sumOf);
    for (const bytes of messages) {
      const view = viewOf(Uint8Array.from(bytes));
      assert.deepEqual(parsed.read(view, 0, bytes.length).bytes, bytes);
    }
  }));
});
