import assert from "node:assert/strict";
import {
  bytesOf,
  dataOf,
  hexOf,
  icmpError,
  judge,
  makeProbe,
  rowOf,
  send,
  udpAnswer,
} from "../../tests/fixtures/probe_scene.ts";
import { bacnet } from "./bacnet.ts";

const probe = makeProbe(bacnet);
const sent = send(probe, { port: 47808 });

Deno.test("bacnet sends a request with a number from the tag", () => {
  const number = hexOf(Uint8Array.of(sent.tag[1]! & 0xff));
  assert.equal(sent.frame.length, 59);
  assert.equal(
    hexOf(dataOf(sent)),
    `810a001101040005${number}0c0c023fffff194b`,
  );
});

Deno.test("bacnet takes what starts like BACnet/IP for a success", () => {
  for (
    const [hex, isSuccess] of [
      ["81", true],
      ["810b000c0120ffff00ff1008", true],
      ["82", false],
      ["", false],
      ["0081", false],
    ] as const
  ) {
    const verdict = judge(probe, udpAnswer(sent, bytesOf(hex)));
    assert.equal(verdict.outcome, "bacnet");
    const row = rowOf(probe, verdict.response);
    assert.equal(row.success, isSuccess, hex);
    assert.deepEqual(row.udp_payload, hex === "" ? null : bytesOf(hex));
    assert.equal(row.sport, 47808);
  }
});

Deno.test("bacnet reports any number of answers and ICMP errors", () => {
  for (let i = 0; i < 3; i++) {
    const error = judge(probe, icmpError(sent.packet.slice(0, 28), 11, 0));
    assert.equal(error.outcome, "icmp");
    const row = rowOf(probe, error.response);
    assert.equal(row.classification, "icmp");
    assert.equal(row.success, false);
    assert.equal(row.udp_payload, null);
    assert.equal(row.icmp_type, 11);
  }
});

Deno.test("bacnet takes no arguments", () => {
  assert.throws(() => makeProbe(bacnet, { args: "1" }), SyntaxError);
});
