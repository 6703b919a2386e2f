import assert from "node:assert/strict";
import {
  parseTcpHeader,
  TCP_CHECKSUM,
  tcpChecksum,
  tcpPayloadAt,
  writeTcpChecksum,
  writeTcpHeader,
} from "./tcp.ts";

const HEADER = {
  sourcePort: 57479,
  destinationPort: 80,
  sequence: 0x8f5c0a7f,
  acknowledgement: 0xfffefdfc,
  flags: 0x12,
  window: 65535,
};
const OPTIONS = Uint8Array.of(2, 4, 5, 0xb4, 1, 3, 3, 8);
const SOURCE = 0x0a090001;
const DESTINATION = 0xc6120001;

Deno.test("writeTcpHeader() writes every field and checksum 0", () => {
  const bytes = new Uint8Array(30).fill(0xa5);
  const end = writeTcpHeader(new DataView(bytes.buffer), 1, HEADER, OPTIONS);
  assert.equal(end, 29);
  assert.deepEqual(
    bytes,
    Uint8Array.of(
      ...[0xa5, 0xe0, 0x87, 0, 80, 0x8f, 0x5c, 0x0a, 0x7f],
      ...[0xff, 0xfe, 0xfd, 0xfc, 0x70, 0x12, 0xff, 0xff, 0, 0, 0, 0],
      ...OPTIONS,
      0xa5,
    ),
  );
});

Deno.test("parseTcpHeader() reads what writeTcpHeader() wrote", () => {
  const view = new DataView(new ArrayBuffer(28));
  writeTcpHeader(view, 0, HEADER, OPTIONS);
  assert.deepEqual(parseTcpHeader(view, 0, 28), HEADER);
  assert.equal(parseTcpHeader(view, 0, 27), null);
});

Deno.test("tcpPayloadAt() rejects headers that are cut off or state impossible lengths", () => {
  const view = new DataView(new ArrayBuffer(60));
  const end = writeTcpHeader(view, 0, HEADER, OPTIONS);
  assert.equal(tcpPayloadAt(view, 0, 60), end);
  for (let cut = 0; cut < end; cut++) {
    assert.equal(tcpPayloadAt(view, 0, cut), -1);
  }
  for (let words = 0; words < 16; words++) {
    view.setUint8(12, words << 4);
    assert.equal(tcpPayloadAt(view, 0, 60), words < 5 ? -1 : words * 4);
  }
});

Deno.test("writeTcpChecksum() writes a checksum that checks, odd lengths too", () => {
  for (const dataBytes of [0, 1, 2]) {
    const view = new DataView(new Uint8Array(40).fill(0xa5).buffer);
    const end = writeTcpHeader(view, 0, HEADER, OPTIONS) + dataBytes;
    writeTcpChecksum(view, 0, end, SOURCE, DESTINATION);
    assert.equal(tcpChecksum(view, 0, end, SOURCE, DESTINATION), 0);
    assert.notEqual(tcpChecksum(view, 0, end, SOURCE, DESTINATION + 1), 0);
    assert.notEqual(view.getUint16(TCP_CHECKSUM), 0);
  }
});
