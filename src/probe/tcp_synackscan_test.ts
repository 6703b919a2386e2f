import assert from "node:assert/strict";
import {
  icmpError,
  judge,
  makeProbe,
  rowOf,
  send,
  tcpAnswer,
  viewOf,
} from "../../tests/fixtures/probe_scene.ts";
import { parseTcpHeader, TCP_ACK, TCP_RST, TCP_SYN } from "../wire/mod.ts";
import { tcpSynackscan } from "./tcp_synackscan.ts";

const probe = makeProbe(tcpSynackscan);
const sent = send(probe);

Deno.test("tcpSynackscan sends SYN-ACK with numbers from the tag", () => {
  const tcp = parseTcpHeader(viewOf(sent.packet), 20, sent.packet.length);
  assert.equal(sent.frame.length, 58);
  assert.equal(tcp?.flags, TCP_SYN | TCP_ACK);
  assert.equal(tcp?.sequence, sent.tag[0]);
  assert.equal(tcp?.acknowledgement, sent.tag[2]);
  assert.equal(tcp?.window, 65535);
});

Deno.test("tcpSynackscan takes RST and SYN-ACK for successes, ICMP errors for failures", () => {
  const acknowledgement = sent.tag[0]! + 1;
  const flags = TCP_SYN | TCP_ACK;
  for (
    const [packet, outcome, isSuccess] of [
      [tcpAnswer(sent, { flags, acknowledgement }), "synack", true],
      [tcpAnswer(sent, { flags: TCP_RST, acknowledgement }), "rst", true],
      [icmpError(sent.packet.slice(0, 28), 3, 13), "icmp", false],
    ] as const
  ) {
    const verdict = judge(probe, packet);
    assert.equal(verdict.outcome, outcome);
    const row = rowOf(probe, verdict.response);
    assert.equal(row.success, isSuccess);
    assert.equal(row.sport, outcome === "icmp" ? null : 80);
    assert.equal(row.icmp_code, outcome === "icmp" ? 13 : null);
    assert.equal("tcpopt_mss" in row, false);
  }
});

/** A RST that acknowledges nothing of ours, and has this number. */
function resetOf(sequence: number): Uint8Array {
  const packet = tcpAnswer(sent, { flags: TCP_RST, acknowledgement: 0 });
  viewOf(packet).setUint32(24, sequence);
  return packet;
}

Deno.test("tcpSynackscan accepts a RST that takes up the number acknowledged", () => {
  const number = sent.tag[2]!;
  for (const ahead of [-1, 0, 1, 2]) {
    const expected = ahead === 0 || ahead === 1 ? "rst" : "invalid";
    assert.equal(judge(probe, resetOf(number + ahead)).outcome, expected);
  }
});

Deno.test("tcpSynackscan does not take the numbers of a RST from a SYN-ACK", () => {
  const packet = resetOf(sent.tag[2]!);
  packet[33] = TCP_SYN | TCP_ACK;
  assert.equal(judge(probe, packet).outcome, "invalid");
  const flags = TCP_RST;
  const same = tcpAnswer(sent, { flags, acknowledgement: sent.tag[0]! });
  assert.equal(judge(probe, same).outcome, "invalid");
});

Deno.test("tcpSynackscan takes no arguments", () => {
  assert.throws(() => makeProbe(tcpSynackscan, { args: "linux" }), {
    name: "SyntaxError",
    message: 'Cannot parse probe arguments "linux": tcp_synackscan takes none',
  });
});
