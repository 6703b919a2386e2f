import assert from "node:assert/strict";
import { type RateFacts, rateLimit } from "./rate_limit.ts";

const SENDING: RateFacts = {
  progress: {
    phase: "sending",
    outage: null,
    shortage: null,
    packetsLeft: 1000,
  },
  sentPps: 9950,
  allowedPps: 10_000,
  mostPps: 50_000,
  isAdaptive: false,
  isOutputSlow: false,
  refused: 0,
  refusals: "",
};

Deno.test("rateLimit() names what keeps a scan from being faster", () => {
  const { progress } = SENDING;
  const cases: readonly (readonly [Partial<RateFacts>, string])[] = [
    [{}, "rate"],
    [{ isAdaptive: true }, "path"],
    [{ isAdaptive: true, mostPps: 10_000 }, "max_rate"],
    [{ sentPps: 5000 }, "machine"],
    [{ allowedPps: 0 }, "machine"],
    [{ sentPps: 5000, refused: 3 }, "kernel"],
    // A refusal now and then slows nothing.
    [{ refused: 3 }, "rate"],
    [{ isOutputSlow: true, sentPps: 0 }, "output"],
    [{ progress: { ...progress, outage: "gone" } }, "network"],
    [{ progress: { ...progress, shortage: "full" } }, "disk"],
    [{ progress: { ...progress, phase: "cooldown" }, sentPps: 0 }, "cooldown"],
    [{ progress: { ...progress, phase: "done" } }, "nothing"],
    [
      { progress: { ...progress, mayGrow: true, packetsLeft: 0 }, sentPps: 0 },
      "targets",
    ],
    [{ progress: { ...progress, mayGrow: true } }, "rate"],
    [{ progress: { ...progress, mayGrow: true }, sentPps: 300 }, "targets"],
    [
      {
        progress: { ...progress, mayGrow: true, packetsLeft: 1e6 },
        sentPps: 300,
      },
      "machine",
    ],
  ];
  for (const [facts, key] of cases) {
    assert.equal(rateLimit({ ...SENDING, ...facts }).key, key);
  }
});
