import assert from "node:assert/strict";
import {
  hexOf,
  icmpError,
  judge,
  makeProbe,
  rowOf,
  SCANNER,
  send,
  TARGET,
  truncated,
  viewOf,
} from "../../tests/fixtures/probe_scene.ts";
import {
  internetChecksum,
  parseIpv4Header,
  parseUdpHeader,
} from "../wire/mod.ts";
import { ipip } from "./ipip.ts";

const probe = makeProbe(ipip, { ttl: 7 });
const sent = send(probe, { port: 53 });
const REPLY = sent.packet.slice(20);

Deno.test("ipip sends a packet in a packet, with addresses that mirror", () => {
  const { packet, tag } = sent;
  const view = viewOf(packet);
  const outer = parseIpv4Header(view, 0, packet.length);
  const inner = parseIpv4Header(view, 20, packet.length);
  assert.deepEqual([outer?.source, outer?.destination], [SCANNER, TARGET]);
  assert.deepEqual([inner?.source, inner?.destination], [TARGET, SCANNER]);
  assert.deepEqual([outer?.protocol, inner?.protocol], [4, 17]);
  assert.deepEqual([outer?.ttl, inner?.ttl], [255, 255]);
  assert.equal(outer?.id, tag[3]! >>> 16);
  assert.equal(inner?.id, outer?.id);
  assert.equal(internetChecksum(view, 0, 20), 0);
  assert.equal(internetChecksum(view, 20, 20), 0);
  const udp = parseUdpHeader(view, 40, packet.length);
  assert.equal(udp?.destinationPort, 53);
  assert.equal(udp?.sourcePort, 32768 + tag[1]! % 28233);
  assert.equal(sent.frame.length, 91);
  const text = String.fromCharCode(...packet.subarray(48));
  assert.equal(text, "GET / HTTP/1.1\r\nHost: www\r\n\r\n");
});

Deno.test("ipip takes its payload from the arguments, up to 200 bytes", () => {
  const payloadOf = (args: string): string =>
    hexOf(send(makeProbe(ipip, { args })).packet.slice(48));
  assert.equal(payloadOf("text:ab"), "6162");
  assert.equal(payloadOf("hex:00ff"), "00ff");
  assert.equal(payloadOf(`text:${"x".repeat(200)}`).length, 400);
  for (const args of [`text:${"x".repeat(201)}`, "x", "file:a", "hex:0"]) {
    assert.throws(() => makeProbe(ipip, { args }), SyntaxError);
  }
});

Deno.test("ipip recognises its inner packet when it comes back", () => {
  const verdict = judge(probe, REPLY);
  assert.equal(verdict.outcome, "udp");
  assert.deepEqual([verdict.address, verdict.port], [TARGET, 53]);
  const row = rowOf(probe, verdict.response);
  assert.equal(row.success, true);
  assert.equal(row.saddr, "198.18.0.1");
  assert.equal(row.dport, 53);
  assert.equal(row.sport, viewOf(sent.packet).getUint16(40));
  assert.equal(row.udp_pkt_size, 37);
  assert.equal((row.data as Uint8Array).length, 29);
});

Deno.test("ipip tells the probes of one target apart", () => {
  const three = makeProbe(ipip, { maxProbes: 3 });
  for (const number of [0, 1, 2]) {
    const { packet } = send(three, { probe: number });
    assert.equal(judge(three, packet.slice(20)).probe, number);
    assert.equal(judge(three, icmpError(packet, 3, 2)).probe, number);
  }
});

Deno.test("ipip reports ICMP errors that quote the inner ports", () => {
  for (
    const [type, outcome] of [
      [3, "icmp-unreach"],
      [4, "other"],
      [5, "other"],
      [11, "other"],
    ] as const
  ) {
    for (const quotedBytes of [48, 60, sent.packet.length]) {
      const quoted = sent.packet.slice(0, quotedBytes);
      const verdict = judge(probe, icmpError(quoted, type, 2));
      assert.equal(verdict.outcome, outcome);
      assert.deepEqual([verdict.address, verdict.port], [TARGET, 53]);
      const row = rowOf(probe, verdict.response);
      assert.equal(row.success, false);
      assert.equal(row.icmp_unreach_str, "protocol unreachable");
      assert.equal(row.data, null);
    }
    const short = icmpError(sent.packet.slice(0, 47), type, 2);
    assert.equal(judge(probe, short).outcome, "unidentified");
  }
});

Deno.test("ipip rejects errors whose inner addresses do not mirror the outer ones", () => {
  for (const at of [20 + 12, 20 + 16, 20 + 9, 20 + 7]) {
    const quoted = sent.packet.slice();
    quoted[at]! ^= 1;
    assert.equal(judge(probe, icmpError(quoted, 3, 2)).outcome, "unidentified");
  }
});

Deno.test("ipip rejects what comes from other ports", () => {
  for (const bit of [1, 2, 128]) {
    const packet = REPLY.slice();
    packet[21]! ^= bit;
    assert.equal(judge(probe, packet).outcome, "invalid");
  }
  assert.equal(judge(probe, truncated(REPLY, 27)).outcome, "unidentified");
});
