import assert from "node:assert/strict";
import {
  ARP_BYTES,
  ARP_REPLY,
  ARP_REQUEST,
  type ArpMessage,
  ETHERNET_HEADER_BYTES,
  ETHERTYPE_ARP,
  ETHERTYPE_IPV4,
  writeArp,
  writeEthernetHeader,
} from "../wire/mod.ts";
import type { Ipv4Address } from "../base/mod.ts";
import { ARP } from "./arp.ts";
import { type NeighbourQuestion, readAnswer } from "./neighbour_protocol.ts";

const OWN_MAC = Uint8Array.of(2, 0, 0, 0, 0, 1);
const GATEWAY_MAC = Uint8Array.of(2, 0, 0, 0, 0, 0xfe);
const QUESTION: NeighbourQuestion<Ipv4Address> = {
  interfaceIndex: 2,
  sourceMac: OWN_MAC,
  sourceAddress: 0xc0000201,
  targetAddress: 0xc00002fe,
};
const ANSWER: ArpMessage = {
  operation: ARP_REPLY,
  senderMac: GATEWAY_MAC,
  senderAddress: 0xc00002fe,
  targetMac: OWN_MAC,
  targetAddress: 0xc0000201,
};
const FRAME_BYTES = ETHERNET_HEADER_BYTES + ARP_BYTES;

function answerOf(view: DataView, end: number): Uint8Array | null {
  return readAnswer(ARP, { view, end }, QUESTION);
}

function frameOf(message: ArpMessage, type: number = ETHERTYPE_ARP): DataView {
  const view = new DataView(new ArrayBuffer(FRAME_BYTES + 18)); // padded by a switch
  writeEthernetHeader(view, 0, {
    destination: OWN_MAC,
    source: GATEWAY_MAC,
    type,
  });
  writeArp(view, ETHERNET_HEADER_BYTES, message);
  return view;
}

Deno.test("ARP.readReply() takes the address from the answer to the question", () => {
  const view = frameOf(ANSWER);
  assert.deepEqual(answerOf(view, FRAME_BYTES), GATEWAY_MAC);
  assert.deepEqual(answerOf(view, view.byteLength), GATEWAY_MAC);
});

Deno.test("ARP.readReply() is null for anything else", () => {
  const others: Partial<ArpMessage>[] = [
    { operation: ARP_REQUEST },
    { senderAddress: 0xc00002fd },
    { targetAddress: 0xc0000202 },
    { targetMac: GATEWAY_MAC },
    { senderMac: new Uint8Array(6) },
    { senderMac: new Uint8Array(6).fill(0xff) },
    { senderMac: Uint8Array.of(1, 0, 0x5e, 0, 0, 1) },
  ];
  for (const other of others) {
    const view = frameOf({ ...ANSWER, ...other });
    assert.equal(
      answerOf(view, FRAME_BYTES),
      null,
      JSON.stringify(other),
    );
  }
  assert.equal(
    answerOf(frameOf(ANSWER, ETHERTYPE_IPV4), FRAME_BYTES),
    null,
  );
  for (let end = 0; end < FRAME_BYTES; end++) {
    assert.equal(
      answerOf(frameOf(ANSWER), end),
      null,
      `cut off at ${end}`,
    );
  }
});
