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
import { ntp } from "./ntp.ts";

const probe = makeProbe(ntp);
const sent = send(probe, { port: 123 });
/** RFC 5905 figure 8, each field with a value of its own. */
const ANSWER = bytesOf(`
  24 02 06 e9 00000123 00000456 c0000201
  e6b41c2d80000001 e6b41c2d80000002 e6b41c2d80000003 ffffffffffffffff`);
const VALUES = {
  LI_VN_MODE: 0x24,
  stratum: 2,
  poll: 6,
  precision: 0xe9,
  root_delay: 0x123,
  root_dispersion: 0x456,
  reference_clock_identifier: 0xc0000201,
  reference_timestamp: 0xe6b41c2d80000001n,
  originate_timestamp: 0xe6b41c2d80000002n,
  receive_timestamp: 0xe6b41c2d80000003n,
  transmit_timestamp: 0xffffffffffffffffn,
};

Deno.test("ntp sends the 48 bytes of a client", () => {
  assert.equal(sent.frame.length, 90);
  assert.equal(hexOf(dataOf(sent)), `e3${"00".repeat(47)}`);
});

Deno.test("ntp reports every field of an answer, big-endian and in full", () => {
  for (const more of [0, 20]) {
    const answer = Uint8Array.of(...ANSWER, ...new Uint8Array(more));
    const verdict = judge(probe, udpAnswer(sent, answer));
    assert.equal(verdict.outcome, "ntp");
    const row = rowOf(probe, verdict.response);
    assert.equal(row.success, true);
    for (const [name, value] of Object.entries(VALUES)) {
      assert.equal(row[name], value, name);
    }
  }
});

Deno.test("ntp reports no fields of what is shorter than a message", () => {
  for (let length = 0; length < ANSWER.length; length++) {
    const verdict = judge(probe, udpAnswer(sent, ANSWER.slice(0, length)));
    assert.equal(verdict.outcome, "ntp");
    const row = rowOf(probe, verdict.response);
    for (const name of Object.keys(VALUES)) assert.equal(row[name], null);
  }
});

Deno.test("ntp reports ICMP errors without fields", () => {
  const verdict = judge(probe, icmpError(sent.packet.slice(0, 28), 3, 3));
  assert.equal(verdict.outcome, "icmp");
  const row = rowOf(probe, verdict.response);
  assert.equal(row.icmp_unreach_str, "port unreachable");
  assert.equal(row.stratum, null);
});

Deno.test("ntp takes no arguments", () => {
  assert.throws(() => makeProbe(ntp, { args: "text:a" }), SyntaxError);
});
