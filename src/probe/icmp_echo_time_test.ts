import assert from "node:assert/strict";
import { formatIpv4 } from "../base/mod.ts";
import {
  echoAnswer,
  icmpError,
  judge,
  makeProbe,
  ROUTER,
  rowOf,
  send,
  SENT_MICROSECONDS,
  SENT_SECONDS,
  TARGET,
  truncated,
  viewOf,
} from "../../tests/fixtures/probe_scene.ts";
import {
  ICMP_ECHO_REPLY,
  ICMP_TIME_EXCEEDED,
  ICMP_UNREACHABLE,
} from "../wire/mod.ts";
import { icmpEchoTime } from "./icmp_echo_time.ts";

const TIMES = ["sent_timestamp_ts", "sent_timestamp_us", "rtt_us", "dst_raw"];

Deno.test("icmpEchoTime sends the time, little-endian, and the target", () => {
  const { packet } = send(makeProbe(icmpEchoTime), { port: 0 });
  const view = viewOf(packet);
  assert.equal(packet.length, 20 + 8 + 12);
  assert.equal(view.getUint32(28, true), SENT_SECONDS);
  assert.equal(view.getUint32(32, true), SENT_MICROSECONDS);
  assert.equal(view.getUint32(36), TARGET);
});

Deno.test("icmpEchoTime takes no arguments", () => {
  assert.throws(() => makeProbe(icmpEchoTime, { args: "text:a" }), SyntaxError);
});

Deno.test("icmpEchoTime columns hold the round-trip time of a reply", () => {
  const probe = makeProbe(icmpEchoTime);
  const packet = echoAnswer(send(probe, { port: 0 }), ICMP_ECHO_REPLY);
  const verdict = judge(probe, packet);
  assert.equal(verdict.outcome, "echoreply");
  const row = rowOf(probe, verdict.response);
  assert.deepEqual(Object.keys(row).slice(6, -8), [
    "type",
    "code",
    "icmp_id",
    "seq",
    "sent_timestamp_ts",
    "sent_timestamp_us",
    "recv_timestamp_ts",
    "recv_timestamp_us",
    "rtt_us",
    "dst_raw",
    "classification",
    "success",
  ]);
  assert.equal(row.sent_timestamp_ts, SENT_SECONDS);
  assert.equal(row.sent_timestamp_us, SENT_MICROSECONDS);
  assert.equal(row.recv_timestamp_ts, SENT_SECONDS + 1);
  assert.equal(row.recv_timestamp_us, 23_456);
  assert.equal(row.rtt_us, 900_000);
  assert.equal(row.dst_raw, 0x010012c6);
  assert.equal(row.success, 1);
});

Deno.test("icmpEchoTime columns hold no times for errors and for payloads that are not its own", () => {
  const probe = makeProbe(icmpEchoTime);
  const sent = send(probe, { port: 0 });
  const reply = echoAnswer(sent, ICMP_ECHO_REPLY);
  const changed = reply.slice();
  viewOf(changed).setUint32(36, TARGET + 1);
  const packets = [
    [icmpError(sent.packet, ICMP_UNREACHABLE, 1), "unreach", 0],
    [icmpError(sent.packet, ICMP_TIME_EXCEEDED, 0), "timxceed", 0],
    [truncated(reply, reply.length - 1), "echoreply", 1],
    [truncated(reply, 28), "echoreply", 1],
    [changed, "echoreply", 1],
  ] as const;
  for (const [packet, outcome, success] of packets) {
    const verdict = judge(probe, packet);
    assert.equal(verdict.outcome, outcome);
    const row = rowOf(probe, verdict.response);
    for (const name of TIMES) {
      const isTarget = name === "dst_raw" && success === 0;
      assert.equal(row[name], isTarget ? 0x010012c6 : null);
    }
    assert.equal(row.recv_timestamp_ts, SENT_SECONDS + 1);
    const sender = success === 1 ? TARGET : ROUTER;
    assert.equal(row.saddr, formatIpv4(sender));
    assert.equal(row.success, success);
    assert.equal(row.icmp_id, sent.tag[1]! >>> 16);
  }
});
