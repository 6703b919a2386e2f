import assert from "node:assert/strict";
import { makeRecordHead } from "../shm/mod.ts";
import { HeldRows } from "./held_rows.ts";

/** The first bytes of what is released, and the verdicts. */
function taken(rows: HeldRows<string>): [number, boolean | null][] {
  const all: [number, boolean | null][] = [];
  for (let row = rows.shift(); row !== null; row = rows.shift()) {
    assert.equal(row.head.seconds, row.view.getUint8(0));
    assert.equal(row.view.byteLength, 2);
    all.push([row.view.getUint8(0), row.verdict]);
  }
  return all;
}

Deno.test("HeldRows gives each row once, when what it waits for is there", () => {
  const rows = new HeldRows<string>(4 * 502);
  const packet = new DataView(new ArrayBuffer(8), 2);
  const head = makeRecordHead();
  const hold = (key: string, value: number): void => {
    head.seconds = value;
    packet.setUint8(3, value);
    rows.hold(key, head, packet, [3, 5]);
  };
  hold("a", 1);
  hold("b", 2);
  hold("a", 3);
  assert.equal(rows.isFull, false);
  assert.deepEqual(taken(rows), []);
  hold("c", 4);
  assert.equal(rows.isFull, true);
  assert.equal(rows.oldest, "a");
  assert.equal(rows.release("a", true), 2);
  assert.equal(rows.release("a", false), 0);
  assert.equal(rows.isFull, false);
  assert.equal(rows.oldest, "b");
  rows.release("b", null);
  assert.deepEqual(taken(rows), [[1, true], [3, true], [2, null]]);
  assert.equal(rows.isEmpty, false);
  rows.release("c", false);
  assert.equal(rows.isEmpty, false);
  assert.deepEqual(taken(rows), [[4, false]]);
  assert.equal(rows.isEmpty, true);
});
