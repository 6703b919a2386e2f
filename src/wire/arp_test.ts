import assert from "node:assert/strict";
import { ARP_BYTES, ARP_REQUEST, parseArp, writeArp } from "./arp.ts";

/** The request that Linux sends for 10.9.0.2 from 10.9.0.1. */
const REQUEST = {
  operation: ARP_REQUEST,
  senderMac: Uint8Array.of(0x02, 0, 0, 0, 0, 1),
  senderAddress: 0x0a090001,
  targetMac: new Uint8Array(6),
  targetAddress: 0x0a090002,
};
const BYTES = Uint8Array.of(
  ...[0, 1, 8, 0, 6, 4, 0, 1],
  ...[2, 0, 0, 0, 0, 1, 10, 9, 0, 1],
  ...[0, 0, 0, 0, 0, 0, 10, 9, 0, 2],
);

Deno.test("writeArp() writes a message and nothing else", () => {
  const bytes = new Uint8Array(ARP_BYTES + 2).fill(0xa5);
  writeArp(new DataView(bytes.buffer), 1, REQUEST);
  assert.deepEqual(bytes, Uint8Array.of(0xa5, ...BYTES, 0xa5));
});

Deno.test("parseArp() reads a message", () => {
  const view = new DataView(BYTES.slice().buffer);
  assert.deepEqual(parseArp(view, 0, ARP_BYTES), REQUEST);
});

Deno.test("parseArp() rejects what is cut off or not IPv4 over Ethernet", () => {
  for (let end = 0; end < ARP_BYTES; end++) {
    assert.equal(parseArp(new DataView(BYTES.slice().buffer), 0, end), null);
  }
  for (const at of [0, 1, 2, 3, 4, 5]) {
    const bytes = BYTES.slice();
    bytes[at]! ^= 0x40;
    assert.equal(parseArp(new DataView(bytes.buffer), 0, ARP_BYTES), null);
  }
});
