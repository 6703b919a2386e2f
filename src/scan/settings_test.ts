import assert from "node:assert/strict";
import { LINK_HEADER, makeProbe } from "../../tests/fixtures/probe_scene.ts";
import { requireProbeModule } from "../probe/mod.ts";
import type { SendConfig } from "./config.ts";
import { choosePace, startingAt } from "./settings.ts";

const MEGABIT: SendConfig = {
  ratePps: null,
  bandwidthBps: 1e6,
  isAutoRate: false,
  minRatePps: 100,
  maxRatePps: null,
  batch: 64,
  retries: 10,
  backend: "sendmmsg",
  senders: 1,
  cooldownMs: 0,
};

Deno.test("choosePace() counts the whole Ethernet frame, whoever writes its header", () => {
  const paceOf = (
    module: string,
    args: string,
    linkHeader: Uint8Array,
  ): number => {
    const probe = makeProbe(requireProbeModule(module), { linkHeader, args });
    return choosePace({ send: MEGABIT }, probe, { linkHeader }).startRatePps;
  };
  for (
    const [module, args, frameBytes] of [
      ["tcp_synscan", "", 66],
      ["tcp_synscan", "smallest-probes", 60],
      ["udp", `hex:${"00".repeat(1000)}`, 1042],
      ["icmp_echoscan", "", 62],
    ] as const
  ) {
    const wanted = 1e6 / (8 * (frameBytes + 24));
    assert.equal(paceOf(module, args, LINK_HEADER), wanted);
    assert.equal(paceOf(module, args, new Uint8Array(0)), wanted);
  }
});

Deno.test("choosePace() lets --max-rate win over the bandwidth", () => {
  const probe = makeProbe(requireProbeModule("tcp_synscan"));
  const send = { ...MEGABIT, maxRatePps: 50 };
  const pace = choosePace({ send }, probe, { linkHeader: LINK_HEADER });
  assert.deepEqual(pace, {
    startRatePps: 50,
    minRatePps: 50,
    maxRatePps: 50,
    isAuto: false,
  });
});

Deno.test("startingAt() begins with the rate that an earlier run has found, within the bounds of this one", () => {
  const pace = {
    startRatePps: 1000,
    minRatePps: 100,
    maxRatePps: 50_000,
    isAuto: true,
  };
  const learned = (
    ratePps: number | null,
    isRateKnown: boolean | null,
  ): Parameters<typeof startingAt>[1] => ({
    ratePps,
    measured: { isRateKnown },
  });
  assert.deepEqual(startingAt(pace, learned(28_000, true)), {
    ...pace,
    startRatePps: 28_000,
    isKnown: true,
  });
  // It died while the rate was still doubled.
  assert.equal(startingAt(pace, learned(4000, false)).isKnown, false);
  const bounded = startingAt(pace, learned(90_000, true));
  assert.equal(bounded.startRatePps, 50_000);
  assert.equal(startingAt(pace, learned(9, true)).startRatePps, 100);
  // Of a fixed rate nothing was learned; and a fixed one stays.
  assert.equal(startingAt(pace, learned(28_000, null)), pace);
  assert.equal(startingAt(pace, null), pace);
  const fixed = { ...pace, isAuto: false };
  assert.equal(startingAt(fixed, learned(28_000, true)), fixed);
});
