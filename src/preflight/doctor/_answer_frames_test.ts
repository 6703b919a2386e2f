import assert from "node:assert/strict";
import {
  requireProbeModule,
  TARGET_ADDRESS,
  TARGET_PORT,
  TARGET_SLOTS,
  TARGET_SOURCE,
} from "../../probe/mod.ts";
import { turnIntoAnswer } from "./_answer_frames.ts";

for (const name of ["tcp_synscan", "icmp_echoscan"]) {
  const module = requireProbeModule(name);
  Deno.test(`turnIntoAnswer() makes what ${name} takes for an answer`, () => {
    const probe = module.create({
      linkHeader: new Uint8Array(0),
      sourcePortFirst: 40_000,
      sourcePortLast: 41_000,
      maxProbes: 1,
      ttl: 64,
      args: "",
    });
    const view = new DataView(new ArrayBuffer(probe.maxFrameBytes));
    const sent = new Uint32Array(TARGET_SLOTS);
    sent[TARGET_ADDRESS] = 0xc612_3456;
    sent[TARGET_PORT] = module.usesPorts ? 443 : 0;
    sent[TARGET_SOURCE] = 0xc000_0201;
    probe.prepare(view, 0);
    const end = probe.patch(view, 0, sent, new Uint32Array(4));
    turnIntoAnswer(view, 0);
    const read = new Uint32Array(TARGET_SLOTS);
    assert.ok(probe.identify(view, 0, end, read));
    assert.deepEqual(read.slice(0, 3), sent.slice(0, 3));
  });
}
