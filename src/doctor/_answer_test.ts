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
import { hasAppSuccess } from "../probe/mod.ts";
import {
  internetChecksum,
  IP_PROTOCOL_ICMP,
  IP_PROTOCOL_TCP,
  IPV4_HEADER_BYTES,
  IPV4_PROTOCOL,
  parseTcpHeader,
  pseudoHeaderSum,
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
