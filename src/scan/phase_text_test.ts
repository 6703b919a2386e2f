import assert from "node:assert/strict";
import { type PhaseFacts, phaseText } from "./phase_text.ts";

const SENDING: PhaseFacts = {
  phase: "sending",
  packetsLeft: 1_200_000,
  isHeld: false,
  waitingFor: null,
  refusedS: 0.5,
  refusals: "ENOBUFS",
  cooldownLeftS: 8,
};

Deno.test("phaseText() says what is done and what is waited for", () => {
  const texts = [
    SENDING,
    { ...SENDING, isHeld: true },
    { ...SENDING, mayGrow: true, packetsLeft: 0 },
    { ...SENDING, refusedS: 7.9 },
    { ...SENDING, phase: "stopping" as const },
    { ...SENDING, phase: "cooldown" as const, cooldownLeftS: 6.2 },
    { ...SENDING, phase: "closing" as const },
    { ...SENDING, isHeld: true, waitingFor: "the disk is full" },
    { ...SENDING, phase: "cooldown" as const, waitingFor: "the disk is full" },
    { ...SENDING, phase: "closing" as const, waitingFor: "the disk is full" },
  ].map(phaseText);
  assert.deepEqual(texts, [
    "Sending, 1,200,000 packets left",
    "Sending, 1,200,000 packets left; waiting for the output, which is too slow",
    "Sending, 0 packets left, waiting for more targets",
    "Sending, 1,200,000 packets left; waiting for the kernel to take a frame for 7 s (ENOBUFS)",
    "Waiting for the threads to end",
    "Waiting for late answers, another 7 s",
    "Waiting for the outputs to take the last rows",
    "Sending, 1,200,000 packets left; waiting: the disk is full",
    "Waiting for late answers, another 8 s; waiting: the disk is full",
    "Waiting for the outputs to take the last rows: the disk is full",
  ]);
});
