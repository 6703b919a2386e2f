import assert from "node:assert/strict";
import {
  icmpError,
  IPV4_MODULES,
  judge,
  makeProbe,
  send,
  tcpAnswer,
  truncated,
} from "../../tests/fixtures/probe_scene.ts";
import { LINK_HEADER6, makeProbe6 } from "../../tests/fixtures/probe_scene6.ts";
import { ICMP_UNREACHABLE, TCP_RST } from "../wire/mod.ts";
import {
  hopLimitOf,
  icmpFactsOf,
  isFromTarget,
  isIpv6Response,
  probeProtocol,
  statedLengthOf,
  targetTextOf,
  tcpFlagsOf,
} from "./answer_facts.ts";
import { sendsTo } from "./probe.ts";
import { tcpSynscan } from "./tcp_synscan.ts";

Deno.test("probeProtocol() reads what a probe sends, with and without an Ethernet header", () => {
  const protocols = new Map<string, string>();
  for (const module of IPV4_MODULES) {
    const args = { args: module.exampleArgs };
    const bare = { ...args, linkHeader: new Uint8Array(0) };
    const protocol = probeProtocol(makeProbe(module, args));
    assert.equal(probeProtocol(makeProbe(module, bare)), protocol);
    protocols.set(module.name, protocol);
    if (!sendsTo(module, 6)) continue;
    for (const linkHeader of [LINK_HEADER6, new Uint8Array(0)]) {
      const six = makeProbe6(module, { ...args, linkHeader });
      assert.equal(probeProtocol(six), protocol, module.name);
    }
  }
  assert.equal(protocols.get("tcp_synackscan"), "tcp");
  assert.equal(protocols.get("dns"), "udp");
  assert.equal(protocols.get("icmp_echo_time"), "icmp");
  assert.equal(protocols.get("ipip"), "ip");
});

Deno.test("facts of an answer come from the target's own segment, or a router's error", () => {
  const probe = makeProbe(tcpSynscan);
  const sent = send(probe);
  const answer = tcpAnswer(sent, { flags: TCP_RST, acknowledgement: 0 });
  const { response } = judge(probe, answer);
  assert.equal(tcpFlagsOf(response), TCP_RST);
  assert.equal(icmpFactsOf(response), null);
  assert.equal(targetTextOf(response), "198.18.0.1");
  assert.ok(isFromTarget(response));
  assert.ok(!isIpv6Response(response));
  assert.equal(statedLengthOf(response), 40);
  assert.equal(hopLimitOf(response), response.view.getUint8(8));

  const error = icmpError(sent.packet, ICMP_UNREACHABLE, 1);
  const { response: refused } = judge(probe, error);
  assert.equal(tcpFlagsOf(refused), -1);
  assert.deepEqual(icmpFactsOf(refused), {
    type: ICMP_UNREACHABLE,
    code: 1,
    unreachable: "host unreachable",
  });
  assert.equal(targetTextOf(refused), "198.18.0.1");
  assert.ok(!isFromTarget(refused));
});

Deno.test("facts of an answer that is cut anywhere are none, never an error", () => {
  const probe = makeProbe(tcpSynscan);
  const sent = send(probe);
  for (
    const packet of [
      tcpAnswer(sent, { flags: TCP_RST, acknowledgement: 0 }),
      icmpError(sent.packet, ICMP_UNREACHABLE, 1),
    ]
  ) {
    for (let length = 20; length < packet.length; length++) {
      const { response } = judge(probe, packet);
      const cut = truncated(packet, length);
      const view = new DataView(cut.buffer);
      const short = { ...response, view, end: length };
      if (length < 34) assert.equal(tcpFlagsOf(short), -1);
      if (length < 28) assert.equal(icmpFactsOf(short), null);
      targetTextOf(short);
      isFromTarget(short);
      hopLimitOf(short);
    }
  }
});
