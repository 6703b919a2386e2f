import assert from "node:assert/strict";
import { IPV6_WORDS, parseIpv6, storeIpv6 } from "../base/mod.ts";
import {
  ETHERNET_HEADER_BYTES,
  ETHERTYPE_IPV4,
  ETHERTYPE_IPV6,
  IP_PROTOCOL_ICMPV6,
  IPV6_HEADER_BYTES,
  NDP_ADVERTISEMENT,
  NDP_BYTES,
  NDP_HOP_LIMIT,
  NDP_OVERRIDE,
  NDP_SOLICITATION,
  NDP_SOLICITED,
  parseEthernetHeader,
  parseIpv6Header,
  parseNeighborMessage,
  writeEthernetHeader,
  writeIpv6Header,
  writeNeighborMessage,
} from "../wire/mod.ts";
import { NDP } from "./ndp.ts";
import { readAnswer } from "./neighbour_protocol.ts";

const OWN = "fe80::1";
const ROUTER = "fe80::fe";
const OWN_MAC = Uint8Array.of(2, 0, 0, 0, 0, 1);
const ROUTER_MAC = Uint8Array.of(2, 0, 0, 0, 0, 0xfe);
const QUESTION = {
  interfaceIndex: 2,
  sourceMac: OWN_MAC,
  sourceAddress: parseIpv6(OWN)!,
  targetAddress: parseIpv6(ROUTER)!,
};
const MESSAGE_AT = ETHERNET_HEADER_BYTES + IPV6_HEADER_BYTES;
const FRAME_BYTES = MESSAGE_AT + NDP_BYTES;

function words(text: string): Uint32Array {
  const found = new Uint32Array(IPV6_WORDS);
  storeIpv6(parseIpv6(text)!, found, 0);
  return found;
}

/** The router's answer to the question, unless something else is said. */
interface Answer {
  readonly type: number;
  readonly flags: number;
  readonly target: string;
  readonly mac: Uint8Array | null;
  readonly source: string;
  readonly destination: string;
  readonly etherType: number;
  readonly frameTo: Uint8Array;
  readonly hopLimit: number;
  /** Added to the checksum. */
  readonly damage: number;
}

const ANSWER: Answer = {
  type: NDP_ADVERTISEMENT,
  flags: NDP_SOLICITED | NDP_OVERRIDE,
  target: ROUTER,
  mac: ROUTER_MAC,
  source: ROUTER,
  destination: OWN,
  etherType: ETHERTYPE_IPV6,
  frameTo: OWN_MAC,
  hopLimit: NDP_HOP_LIMIT,
  damage: 0,
};

function frameOf(change: Partial<Answer> = {}): DataView {
  const answer = { ...ANSWER, ...change };
  const pair = {
    source: words(answer.source),
    destination: words(answer.destination),
  };
  // The link may pad a frame.
  const view = new DataView(new ArrayBuffer(FRAME_BYTES + 6));
  writeEthernetHeader(view, 0, {
    destination: answer.frameTo,
    source: ROUTER_MAC,
    type: answer.etherType,
  });
  writeIpv6Header(view, ETHERNET_HEADER_BYTES, {
    trafficClass: 0,
    flowLabel: 0,
    payloadBytes: answer.mac === null ? NDP_BYTES - 8 : NDP_BYTES,
    nextHeader: IP_PROTOCOL_ICMPV6,
    hopLimit: answer.hopLimit,
    ...pair,
  });
  const { flags, mac, type } = answer;
  const message = { type, flags, mac, target: words(answer.target) };
  writeNeighborMessage(view, MESSAGE_AT, message, pair);
  const checksumAt = MESSAGE_AT + 2;
  view.setUint16(checksumAt, view.getUint16(checksumAt) + answer.damage);
  return view;
}

function answerOf(view: DataView, end = view.byteLength): Uint8Array | null {
  return readAnswer(NDP, { view, end }, QUESTION);
}

Deno.test("NDP.buildRequest() asks the group of the neighbour", () => {
  const frame = NDP.buildRequest(QUESTION);
  assert.equal(frame.length, NDP.requestBytes);
  const view = new DataView(frame.buffer);
  const ethernet = parseEthernetHeader(view, 0, frame.length)!;
  assert.deepEqual([...ethernet.destination], [0x33, 0x33, 0xff, 0, 0, 0xfe]);
  assert.deepEqual(ethernet.source, OWN_MAC);
  assert.equal(ethernet.type, ETHERTYPE_IPV6);
  const packet = parseIpv6Header(view, ETHERNET_HEADER_BYTES, frame.length)!;
  assert.deepEqual(packet.destination, words("ff02::1:ff00:fe"));
  assert.deepEqual(packet.source, words(OWN));
  assert.equal(packet.hopLimit, 255);
  const message = parseNeighborMessage(view, MESSAGE_AT, frame.length)!;
  assert.equal(message.type, NDP_SOLICITATION);
  assert.deepEqual(message.target, words(ROUTER));
  assert.deepEqual(message.mac, OWN_MAC);
  const word = NDP.readWord(view, frame.length);
  assert.equal(word?.address, QUESTION.sourceAddress, "its checksum is right");
});

Deno.test("NDP.readReply() takes the address from the answer to the question", () => {
  assert.deepEqual(answerOf(frameOf()), ROUTER_MAC);
  assert.deepEqual(answerOf(frameOf(), FRAME_BYTES), ROUTER_MAC);
  const other = Uint8Array.of(2, 0, 0, 0, 0, 0xfd);
  assert.deepEqual(answerOf(frameOf({ mac: other })), other, "the option's");
});

Deno.test("NDP.readReply() is null for anything else", () => {
  const others: Partial<Answer>[] = [
    { type: NDP_SOLICITATION },
    { flags: NDP_OVERRIDE },
    { target: "fe80::fd" },
    { destination: "fe80::2" },
    { destination: "ff02::1" },
    { mac: null },
    { mac: new Uint8Array(6) },
    { mac: Uint8Array.of(0x33, 0x33, 0, 0, 0, 1) },
    { frameTo: ROUTER_MAC },
    { hopLimit: 254 },
    { damage: 1 },
    { etherType: ETHERTYPE_IPV4 },
  ];
  for (const other of others) {
    assert.equal(answerOf(frameOf(other)), null, JSON.stringify(other));
  }
  for (let end = 0; end < FRAME_BYTES; end++) {
    assert.equal(answerOf(frameOf(), end), null, `cut off at ${end}`);
  }
});

Deno.test("NDP.readWord() takes advertisements, asked for or not, and solicitations", () => {
  const view = frameOf();
  const router = { address: parseIpv6(ROUTER)!, mac: ROUTER_MAC };
  assert.deepEqual(NDP.readWord(view, view.byteLength), router);
  const announced = frameOf({ flags: NDP_OVERRIDE, destination: "ff02::1" });
  assert.deepEqual(NDP.readWord(announced, FRAME_BYTES), router);
  const asks = frameOf({ type: NDP_SOLICITATION, target: OWN });
  assert.deepEqual(NDP.readWord(asks, FRAME_BYTES), router);
  for (const bad of [{ damage: 1 }, { hopLimit: 64 }, { mac: null }]) {
    assert.equal(NDP.readWord(frameOf(bad), FRAME_BYTES), null);
  }
});
