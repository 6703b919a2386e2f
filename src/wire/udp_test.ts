import assert from "node:assert/strict";
import { internetChecksum, pseudoHeaderSum } from "./checksum.ts";
import { parseUdpHeader, writeUdpChecksum, writeUdpHeader } from "./udp.ts";

const HEADER = { sourcePort: 40000, destinationPort: 53, lengthBytes: 10 };
const BYTES = Uint8Array.of(0x9c, 0x40, 0, 53, 0, 10, 0, 0);

Deno.test("writeUdpHeader() writes the header without a checksum", () => {
  const bytes = new Uint8Array(10).fill(0xa5);
  writeUdpHeader(new DataView(bytes.buffer), 1, HEADER);
  assert.deepEqual(bytes, Uint8Array.of(0xa5, ...BYTES, 0xa5));
});

Deno.test("parseUdpHeader() reads what writeUdpHeader() wrote", () => {
  const view = new DataView(new ArrayBuffer(10));
  writeUdpHeader(view, 0, HEADER);
  assert.deepEqual(parseUdpHeader(view, 0, 10), HEADER);
});

Deno.test("parseUdpHeader() rejects what is cut off or states an impossible length", () => {
  const view = new DataView(new ArrayBuffer(10));
  writeUdpHeader(view, 0, HEADER);
  for (let end = 0; end < 10; end++) {
    assert.equal(parseUdpHeader(view, 0, end), null);
  }
  writeUdpHeader(view, 0, { ...HEADER, lengthBytes: 7 });
  assert.equal(parseUdpHeader(view, 0, 10), null);
});

Deno.test("writeUdpChecksum() writes a checksum that checks, and never 0", () => {
  const view = new DataView(new Uint8Array(10).buffer);
  writeUdpHeader(view, 0, HEADER);
  const sum = pseudoHeaderSum(1, 2, 17, 10);
  for (let word = 0; word <= 0xffff; word++) {
    view.setUint16(8, word);
    writeUdpChecksum(view, 0, 10, 1, 2);
    if (internetChecksum(view, 0, 10, sum) !== 0) assert.fail(`Word ${word}`);
    if (view.getUint16(6) === 0) assert.fail(`Word ${word}`);
  }
});
