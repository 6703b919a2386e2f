import assert from "node:assert/strict";
import { readBytes } from "../../wire/mod.ts";
import { contextOf, encodeAll, OPEN, OPEN6 } from "./_test_answers.ts";
import { pcap } from "./pcap.ts";

Deno.test("pcap writes a header, and each packet with its time and both lengths", async () => {
  const cut = { ...OPEN, end: OPEN.end - 4 };
  const bytes = encodeAll(await pcap.open(contextOf(pcap)), [cut, OPEN6]);
  const view = new DataView(bytes.buffer);
  assert.equal(view.getUint32(0, true), 0xa1b2c3d4);
  assert.equal(view.getUint32(20, true), 101);
  const head = [0, 4, 8, 12].map((at) => view.getUint32(24 + at, true));
  assert.deepEqual(head, [1_700_000_000, 5, 36, 40]);
  assert.deepEqual(bytes.slice(40, 76), readBytes(cut.view, cut.at, cut.end));
  assert.equal(view.getUint32(76 + 8, true), 60);
  assert.equal(bytes.length, 76 + 16 + 60);
});

Deno.test("pcap writes no second header where a run goes on, and rows that end where a chunk ends", async () => {
  const encoder = await pcap.open(contextOf(pcap, { keptBytes: 24 }));
  assert.equal(encoder.lengthBytes, 0);
  encoder.append(OPEN);
  const { bytes, isCuttable, rows } = encoder.take();
  assert.deepEqual([bytes.length, isCuttable, rows], [56, false, 1]);
});
