import assert from "node:assert/strict";
import { parseEthernetHeader, writeEthernetHeader } from "./ethernet.ts";

const HEADER = {
  destination: Uint8Array.of(0x02, 0, 0, 0, 0, 2),
  source: Uint8Array.of(0x02, 0, 0, 0, 0, 1),
  type: 0x0800,
};
const BYTES = Uint8Array.of(2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0);

Deno.test("writeEthernetHeader() writes the header and nothing else", () => {
  const bytes = new Uint8Array(16).fill(0xa5);
  writeEthernetHeader(new DataView(bytes.buffer), 1, HEADER);
  assert.deepEqual(bytes, Uint8Array.of(0xa5, ...BYTES, 0xa5));
});

Deno.test("parseEthernetHeader() reads a whole header and copies the addresses", () => {
  const bytes = BYTES.slice();
  const view = new DataView(bytes.buffer);
  const header = parseEthernetHeader(view, 0, bytes.length);
  bytes.fill(0xa5);
  assert.deepEqual(header, HEADER);
  assert.equal(parseEthernetHeader(view, 0, bytes.length - 1), null);
});
