import assert from "node:assert/strict";
import { requireProbeModule } from "../../src/probe/mod.ts";
import {
  judge,
  makeProbe,
  send,
  TARGET,
  viewOf,
} from "../fixtures/probe_scene.ts";
import { answerTo, numberOf, targetOf } from "./lies.ts";

const ETHERNET_BYTES = 14;
const KINDS = [
  { name: "icmp_echoscan", port: 0, outcome: "echoreply" },
  { name: "tcp_synscan", port: 80, outcome: "rst" },
];

Deno.test("answerTo() is what a scanner takes for an answer to that probe or a later one", () => {
  for (const { name, port, outcome } of KINDS) {
    const probe = makeProbe(requireProbeModule(name), { maxProbes: 3 });
    const { frame } = send(probe, { port });
    for (const later of [0, 1, 2]) {
      const answer = answerTo(frame, later);
      const { address, probe: number, ...verdict } = judge(
        probe,
        answer.slice(ETHERNET_BYTES),
      );
      assert.equal(verdict.outcome, outcome);
      assert.deepEqual([address, verdict.port, number], [TARGET, port, later]);
    }
  }
});

Deno.test("answerTo() keeps the checksum of an echo reply right", () => {
  const probe = makeProbe(requireProbeModule("icmp_echoscan"));
  const { frame } = send(probe, { port: 0 });
  for (const later of [0, 1, 40_000]) {
    const answer = viewOf(answerTo(frame, later));
    let sum = 0;
    for (let at = ETHERNET_BYTES + 20; at < answer.byteLength; at += 2) {
      sum += answer.getUint16(at);
    }
    assert.equal((sum & 0xffff) + (sum >>> 16), 0xffff);
  }
});

Deno.test("numberOf() counts up with the probes to one target", () => {
  for (const { name, port } of KINDS) {
    const probe = makeProbe(requireProbeModule(name), { maxProbes: 3 });
    const [first, again, second] = [0, 0, 1].map((number) =>
      viewOf(send(probe, { port, probe: number }).frame)
    );
    assert.equal(numberOf(again!), numberOf(first!));
    assert.equal(numberOf(second!), numberOf(first!) + 1);
    assert.equal(targetOf(second!), targetOf(first!));
    assert.equal(targetOf(first!), TARGET * 65_536 + port);
  }
});
