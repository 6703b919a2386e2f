import assert from "node:assert/strict";
import { formatIpv4 } from "../base/mod.ts";
import {
  bytesOf,
  echoAnswer,
  hexOf,
  icmpError,
  judge,
  makeProbe,
  ROUTER,
  rowOf,
  SCANNER,
  send,
  TARGET,
  truncated,
  viewOf,
  withIpOptions,
} from "../../tests/fixtures/probe_scene.ts";
import {
  ICMP_ECHO_REPLY,
  ICMP_ECHO_REQUEST,
  ICMP_UNREACHABLE,
  IPV4_HEADER_BYTES,
  parseIcmpEcho,
} from "../wire/mod.ts";
import { icmpEchoscan } from "./icmp_echoscan.ts";

const SHORTEST_QUOTE = IPV4_HEADER_BYTES + 8;

Deno.test("icmpEchoscan puts the tag's words into identifier and sequence number", () => {
  const probe = makeProbe(icmpEchoscan, { maxProbes: 3 });
  for (const number of [0, 2]) {
    const { packet, tag } = send(probe, { port: 0, probe: number });
    assert.deepEqual(parseIcmpEcho(viewOf(packet), 20, packet.length), {
      type: ICMP_ECHO_REQUEST,
      code: 0,
      id: tag[1]! >>> 16,
      sequence: ((tag[2]! >>> 16) + number) & 0xffff,
    });
    assert.equal(viewOf(packet).getUint16(4), tag[3]! >>> 16);
  }
});

Deno.test("icmpEchoscan sends the payload that its arguments name", () => {
  const payloadOf = (args: string): string =>
    hexOf(
      send(makeProbe(icmpEchoscan, { args }), { port: 0 }).packet.slice(28),
    );
  assert.equal(payloadOf(""), "00".repeat(20));
  assert.equal(payloadOf("text:pace"), "70616365");
  assert.equal(payloadOf("text:é:\n"), "c3a93a0a");
  assert.equal(payloadOf("text:"), "");
  assert.equal(payloadOf("t:a"), "61");
  assert.equal(payloadOf("hex:00ffA5"), "00ffa5");
  assert.equal(payloadOf(`hex:${"7f".repeat(1458)}`), "7f".repeat(1458));
});

Deno.test("icmpEchoscan rejects arguments that name no payload", () => {
  for (
    const args of [
      "pace",
      ":pace",
      "template-hex:00",
      "TEXT:pace",
      "hex:0",
      "hex:0g",
      "hex: 00",
      "file:payload.bin",
      `text:${"x".repeat(1459)}`,
    ]
  ) {
    assert.throws(() => makeProbe(icmpEchoscan, { args }), SyntaxError);
  }
});

Deno.test("icmpEchoscan captures the whole of a reply", () => {
  const snapOf = (args: string): number =>
    makeProbe(icmpEchoscan, { args }).snapLengthBytes;
  assert.equal(snapOf(`hex:${"00".repeat(1458)}`), 14 + 60 + 8 + 1458);
  assert.ok(snapOf("text:") >= 14 + 60 + 8 + 60 + 8);
});

Deno.test("icmpEchoscan tells the probes of one target apart by sequence number", () => {
  const probe = makeProbe(icmpEchoscan, { maxProbes: 3 });
  for (let number = 0; number < 5; number++) {
    const sent = send(probe, { port: 0, probe: number });
    const verdict = judge(probe, echoAnswer(sent, ICMP_ECHO_REPLY));
    assert.equal(verdict.outcome, number < 3 ? "echoreply" : "invalid");
    assert.equal(verdict.probe, number);
    assert.deepEqual([verdict.address, verdict.port], [TARGET, 0]);
  }
});

Deno.test("icmpEchoscan takes replies with payloads of any length", () => {
  for (const args of ["text:", "text:a", "hex:0102"]) {
    const probe = makeProbe(icmpEchoscan, { args });
    const packet = echoAnswer(send(probe, { port: 0 }), ICMP_ECHO_REPLY);
    assert.equal(judge(probe, packet).outcome, "echoreply");
    assert.equal(judge(probe, withIpOptions(packet, 8)).outcome, "echoreply");
  }
});

Deno.test("icmpEchoscan rejects other identifiers, numbers, addresses and keys", () => {
  const probe = makeProbe(icmpEchoscan);
  const reply = echoAnswer(send(probe, { port: 0 }), ICMP_ECHO_REPLY);
  for (const at of [12, 16, 24, 26]) {
    const packet = reply.slice();
    viewOf(packet).setUint16(at, viewOf(packet).getUint16(at) ^ 0x0100);
    assert.equal(judge(probe, packet).outcome, "invalid");
  }
  const otherKey = Uint32Array.of(1, 2, 3, 4);
  assert.equal(judge(probe, reply, otherKey).outcome, "invalid");
});

Deno.test("icmpEchoscan does not take echo requests and other protocols for answers", () => {
  const probe = makeProbe(icmpEchoscan);
  const sent = send(probe, { port: 0 });
  const request = echoAnswer(sent, ICMP_ECHO_REQUEST);
  assert.equal(judge(probe, request).outcome, "unidentified");
  const tcp = echoAnswer(sent, ICMP_ECHO_REPLY);
  viewOf(tcp).setUint8(9, 6);
  assert.equal(judge(probe, tcp).outcome, "unidentified");
});

Deno.test("icmpEchoscan accepts errors that quote eight bytes behind the header", () => {
  const probe = makeProbe(icmpEchoscan, { maxProbes: 2 });
  const { packet: quoted } = send(probe, { port: 0, probe: 1 });
  const classes = [
    [3, "unreach"],
    [4, "sourcequench"],
    [5, "redirect"],
    [11, "timxceed"],
  ] as const;
  for (const [type, name] of classes) {
    const packet = icmpError(quoted.slice(0, SHORTEST_QUOTE), type, 0);
    const verdict = judge(probe, packet);
    assert.equal(verdict.outcome, name);
    assert.deepEqual([verdict.address, verdict.port], [TARGET, 0]);
    assert.equal(verdict.probe, 1);
  }
});

Deno.test("icmpEchoscan calls messages of any other type with its numbers other", () => {
  const probe = makeProbe(icmpEchoscan);
  const packet = echoAnswer(send(probe, { port: 0 }), 14);
  const verdict = judge(probe, packet);
  assert.equal(verdict.outcome, "other");
  assert.equal(verdict.response.isSuccess, false);
});

Deno.test("icmpEchoscan rejects errors that do not quote one of its probes", () => {
  const probe = makeProbe(icmpEchoscan);
  const { packet: quoted } = send(probe, { port: 0 });
  const outcomeOf = (change: (quote: DataView) => void): string => {
    const copy = quoted.slice();
    change(viewOf(copy));
    return judge(probe, icmpError(copy, ICMP_UNREACHABLE, 1)).outcome;
  };
  assert.equal(outcomeOf((quote) => quote.setUint8(20, 0)), "unidentified");
  assert.equal(outcomeOf((quote) => quote.setUint8(9, 6)), "unidentified");
  assert.equal(outcomeOf((quote) => quote.setUint16(2, 27)), "unidentified");
  assert.equal(
    outcomeOf((quote) => quote.setUint32(12, SCANNER ^ 1)),
    "unidentified",
  );
  assert.equal(
    outcomeOf((quote) => quote.setUint32(16, TARGET ^ 1)),
    "invalid",
  );
  assert.equal(outcomeOf((quote) => quote.setUint16(24, 0)), "invalid");
  assert.equal(outcomeOf((quote) => quote.setUint16(26, 0)), "invalid");
  const short = icmpError(quoted.slice(0, 27), ICMP_UNREACHABLE, 1);
  assert.equal(judge(probe, short).outcome, "unidentified");
});

Deno.test("icmpEchoscan accepts no message whose header is cut off", () => {
  const probe = makeProbe(icmpEchoscan);
  const packet = echoAnswer(send(probe, { port: 0 }), ICMP_ECHO_REPLY);
  for (let length = 0; length < SHORTEST_QUOTE; length++) {
    const { outcome } = judge(probe, truncated(packet, length));
    assert.equal(outcome, length < 20 ? "damaged" : "unidentified");
  }
});

Deno.test("icmpEchoscan columns describe a reply", () => {
  const probe = makeProbe(icmpEchoscan, { args: "text:pace" });
  const sent = send(probe, { port: 0 });
  const packet = echoAnswer(sent, ICMP_ECHO_REPLY);
  const row = rowOf(probe, judge(probe, packet).response);
  const id = sent.tag[1]! >>> 16;
  const sequence = sent.tag[2]! >>> 16;
  assert.deepEqual(Object.entries(row).slice(6, -8), [
    ["type", 0],
    ["code", 0],
    ["icmp_id", id],
    ["seq", sequence],
    ["classification", "echoreply"],
    ["success", true],
    ["data", sent.packet.slice(24)],
  ]);
  assert.equal(hexOf(sent.packet.slice(28)), hexOf(bytesOf("70616365")));
});

Deno.test("icmpEchoscan columns describe an error by what it quotes", () => {
  const probe = makeProbe(icmpEchoscan);
  const sent = send(probe, { port: 0 });
  const packet = icmpError(sent.packet, ICMP_UNREACHABLE, 13);
  const row = rowOf(probe, judge(probe, packet).response);
  assert.equal(row.saddr, formatIpv4(ROUTER));
  assert.equal(row.type, 3);
  assert.equal(row.code, 13);
  assert.equal(row.icmp_id, sent.tag[1]! >>> 16);
  assert.equal(row.seq, sent.tag[2]! >>> 16);
  assert.equal(row.classification, "unreach");
  assert.equal(row.success, false);
  assert.deepEqual(row.data, packet.slice(24));
});
