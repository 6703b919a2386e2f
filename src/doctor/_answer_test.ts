import assert from "node:assert/strict";
import {
  IPV4_MODULES,
  judge,
  makeProbe,
  SCANNER,
  send,
  TARGET,
  viewOf,
} from "../../tests/fixtures/probe_scene.ts";
import {
  judge6,
  makeProbe6,
  SCANNER6,
  send6,
  TARGET6,
} from "../../tests/fixtures/probe_scene6.ts";
import { hasAppSuccess, PROBE_MODULES, sendsTo } from "../probe/mod.ts";
import {
  internetChecksum,
  IP_PROTOCOL_ICMP,
  IP_PROTOCOL_TCP,
  IPV4_HEADER_BYTES,
  IPV4_PROTOCOL,
  IPV6_HEADER_BYTES,
  IPV6_NEXT_HEADER,
  IPV6_PAYLOAD_LENGTH,
  parseTcpHeader,
  pseudoHeaderSum,
  pseudoHeaderSum6,
  TCP_RST,
  tcpChecksum,
} from "../wire/mod.ts";
import { makeAnswer } from "./_answer.ts";

const PORT = 4711;

for (const module of IPV4_MODULES) {
  Deno.test(`makeAnswer() makes a success of a probe of ${module.name}`, () => {
    const probe = makeProbe(module, { args: module.exampleArgs });
    const port = module.usesPorts ? PORT : 0;
    const { packet } = send(probe, { port });
    const verdict = judge(probe, makeAnswer(probe, packet)!);
    const { address, outcome, probe: number, response } = verdict;
    assert.ok(response.isSuccess, outcome);
    assert.deepEqual([address, verdict.port, number], [TARGET, port, 0]);
    if (hasAppSuccess(probe)) {
      assert.equal(probe.classes[response.classIndex]!.isAppSuccess, true);
    }
  });

  Deno.test(`makeAnswer() has no wrong checksum for ${module.name}`, () => {
    const probe = makeProbe(module, { args: module.exampleArgs });
    const { packet } = send(probe, { port: module.usesPorts ? PORT : 0 });
    const answer = makeAnswer(probe, packet)!;
    const view = viewOf(answer);
    const [at, end] = [IPV4_HEADER_BYTES, answer.length];
    assert.equal(internetChecksum(view, 0, IPV4_HEADER_BYTES), 0);
    const protocol = view.getUint8(IPV4_PROTOCOL);
    if (protocol === IP_PROTOCOL_TCP) {
      assert.equal(tcpChecksum(view, at, end, TARGET, SCANNER), 0);
    } else if (protocol === IP_PROTOCOL_ICMP) {
      assert.equal(internetChecksum(view, at, end - at), 0);
    } else if (view.getUint16(at + 6) !== 0) {
      const sum = pseudoHeaderSum(TARGET, SCANNER, protocol, end - at);
      assert.equal(internetChecksum(view, at, end - at, sum), 0);
    } else assert.equal(module.name, "ipip", "whose datagram has none");
  });
}

for (const module of PROBE_MODULES.filter((one) => sendsTo(one, 6))) {
  Deno.test(`makeAnswer() makes a success of a probe of ${module.name} over IPv6, with the right checksum`, () => {
    const probe = makeProbe6(module, { args: module.exampleArgs });
    const port = module.usesPorts ? PORT : 0;
    const { packet } = send6(probe, { port });
    const answer = makeAnswer(probe, packet)!;
    const verdict = judge6(probe, answer);
    assert.ok(verdict.response.isSuccess, verdict.outcome);
    assert.deepEqual([verdict.address, verdict.port], [TARGET6, port]);
    const view = viewOf(answer);
    const lengthBytes = view.getUint16(IPV6_PAYLOAD_LENGTH);
    assert.equal(answer.length, IPV6_HEADER_BYTES + lengthBytes);
    const protocol = view.getUint8(IPV6_NEXT_HEADER);
    const sum = pseudoHeaderSum6(TARGET6, SCANNER6, protocol, lengthBytes);
    const checksum = internetChecksum(
      view,
      IPV6_HEADER_BYTES,
      lengthBytes,
      sum,
    );
    assert.equal(checksum, 0);
    for (const length of [0, 20, 39]) {
      assert.equal(makeAnswer(probe, packet.slice(0, length)), null);
    }
  });
}

Deno.test("makeAnswer() knows no answer to a packet of the other family", () => {
  const [module] = IPV4_MODULES;
  const [probe, probe6] = [makeProbe(module!), makeProbe6(module!)];
  assert.equal(makeAnswer(probe, send6(probe6).packet), null);
  assert.equal(makeAnswer(probe6, send(probe).packet), null);
});

Deno.test("makeAnswer() resets what acknowledges, with the number acknowledged", () => {
  const module = IPV4_MODULES.find(({ name }) => name === "tcp_synackscan")!;
  const probe = makeProbe(module);
  const { packet, tag } = send(probe, { port: PORT });
  const answer = viewOf(makeAnswer(probe, packet)!);
  const header = parseTcpHeader(answer, IPV4_HEADER_BYTES, answer.byteLength)!;
  assert.equal(header.flags, TCP_RST);
  assert.equal(header.sequence, tag[2]);
});

Deno.test("makeAnswer() knows no answer to other protocols, nor to stumps", () => {
  const probe = makeProbe(IPV4_MODULES[0]!);
  const { packet } = send(probe);
  for (const length of [0, 19, 20, 39]) {
    assert.equal(makeAnswer(probe, packet.slice(0, length)), null);
  }
  const other = packet.slice();
  other[IPV4_PROTOCOL] = 132; // SCTP
  assert.equal(makeAnswer(probe, other), null);
});
