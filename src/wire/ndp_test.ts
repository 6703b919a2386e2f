import assert from "node:assert/strict";
import { icmpv6Checksum } from "./icmpv6.ts";
import {
  multicastMac,
  NDP_ADVERTISEMENT,
  NDP_BYTES,
  NDP_OVERRIDE,
  NDP_SOLICITATION,
  NDP_SOLICITED,
  parseNeighborMessage,
  solicitedNodeAddress,
  writeNeighborMessage,
} from "./ndp.ts";

const MAC = Uint8Array.of(2, 0, 0, 0, 0, 7);
const TARGET = Uint32Array.of(0x20010db8, 0, 0, 0x01abcdef);
const PAIR = {
  source: Uint32Array.of(0xfe800000, 0, 0, 1),
  destination: solicitedNodeAddress(TARGET),
};
const MESSAGES = [
  { type: NDP_SOLICITATION, flags: 0, target: TARGET, mac: MAC },
  { type: NDP_SOLICITATION, flags: 0, target: TARGET, mac: null },
  {
    type: NDP_ADVERTISEMENT,
    flags: NDP_SOLICITED | NDP_OVERRIDE,
    target: TARGET,
    mac: MAC,
  },
];

Deno.test("parseNeighborMessage() reads what writeNeighborMessage() wrote, with a checksum that checks", () => {
  for (const message of MESSAGES) {
    const view = new DataView(new Uint8Array(50).fill(0xa5).buffer);
    const end = writeNeighborMessage(view, 3, message, PAIR);
    assert.equal(end - 3, message.mac === null ? NDP_BYTES - 8 : NDP_BYTES);
    assert.equal(icmpv6Checksum(view, 3, end, PAIR), 0);
    assert.deepEqual(parseNeighborMessage(view, 3, end), message);
    assert.equal(view.getUint8(end), 0xa5);
  }
});

Deno.test("parseNeighborMessage() refuses what is cut, of other types, or has options of no length", () => {
  const view = new DataView(new ArrayBuffer(60));
  const end = writeNeighborMessage(view, 0, MESSAGES[0]!, PAIR);
  for (let length = 0; length < end; length++) {
    const isWhole = length === 24;
    assert.equal(parseNeighborMessage(view, 0, length) !== null, isWhole);
  }
  view.setUint8(25, 0);
  assert.equal(parseNeighborMessage(view, 0, end), null);
  view.setUint8(25, 1);
  view.setUint8(0, 134);
  assert.equal(parseNeighborMessage(view, 0, end), null);
});

Deno.test("parseNeighborMessage() takes the option that belongs to the type, among others", () => {
  const view = new DataView(new ArrayBuffer(60));
  writeNeighborMessage(view, 8, MESSAGES[2]!, PAIR);
  const bytes = new Uint8Array(view.buffer);
  // A source address before the target address.
  bytes.copyWithin(0, 8, 32);
  bytes.set([1, 1, 9, 9, 9, 9, 9, 9], 24);
  assert.deepEqual(parseNeighborMessage(view, 0, 40)?.mac, MAC);
});

Deno.test("solicitedNodeAddress() and multicastMac() keep the last 24 and 32 bits", () => {
  assert.deepEqual(
    PAIR.destination,
    Uint32Array.of(0xff020000, 0, 1, 0xffabcdef),
  );
  assert.deepEqual(
    multicastMac(PAIR.destination),
    Uint8Array.of(0x33, 0x33, 0xff, 0xab, 0xcd, 0xef),
  );
});
