import assert from "node:assert/strict";
import { wilsonInterval } from "../loss/mod.ts";
import {
  NOTHING_SEEN,
  reasonToStop,
  remember,
  type Stop,
  type StopFacts,
  type StopMemory,
  type StopRules,
} from "./stop_rules.ts";

const FACTS: StopFacts = {
  phase: "sending",
  elapsedS: 1,
  signal: null,
  outputEnd: null,
  outageEnd: null,
  threadEnd: null,
  rows: 0,
  accepted: 1000,
  abandoned: 0,
  pending: 8,
  refusals: "ENOBUFS",
  isHeld: false,
  hits: 10,
  hitBase: 1000,
  pathLoss: null,
  localLosses: 0,
};
const RULES: StopRules = {
  limits: {
    maxRuntimeMs: null,
    maxResults: null,
    minHitRatePercent: 0,
    maxSendFailures: null,
    outageMs: 0,
    outputWaitMs: 0,
  },
  loss: { onLoss: "warn", target: 0.005 },
};

function withLimits(limits: Partial<StopRules["limits"]>): StopRules {
  return { ...RULES, limits: { ...RULES.limits, ...limits } };
}

/** What is said after these moments, each of which changes the facts of the one before. */
function after(
  moments: readonly Partial<StopFacts>[],
  rules: StopRules = RULES,
): Stop | null {
  let facts = FACTS;
  let memory: StopMemory = NOTHING_SEEN;
  for (const moment of moments) {
    facts = { ...facts, ...moment };
    memory = remember(memory, facts, rules);
  }
  return reasonToStop(facts, memory, rules);
}

Deno.test("reasonToStop() goes on while nothing is wrong", () => {
  assert.equal(after([{}, { elapsedS: 3600, accepted: 1e9 }]), null);
});

Deno.test("reasonToStop() names the signal, the output or the thread in every phase", () => {
  for (const phase of ["sending", "cooldown"] as const) {
    for (const name of ["signal", "outputEnd", "threadEnd"] as const) {
      const stop = after([{ phase, [name]: "it is over" }]);
      assert.deepEqual(stop, { kind: "aborted", reason: "it is over" });
    }
  }
});

/** A moment each second. */
function seconds(from: number, to: number): Partial<StopFacts>[] {
  return Array.from({ length: to - from + 1 }, (_, at) => ({
    elapsedS: from + at,
  }));
}

Deno.test("reasonToStop() gives up when the kernel takes nothing for 30 s, unless sending is held", () => {
  assert.equal(after(seconds(1, 30)), null);
  const stop = after(seconds(1, 31));
  assert.equal(stop?.reason, "the kernel took no frame for 30 s: ENOBUFS");
  const held = { isHeld: true, elapsedS: 32 };
  assert.equal(after([...seconds(1, 31), held, { isHeld: false }]), null);
  assert.equal(after([...seconds(1, 31), { phase: "cooldown" }]), null);
});

Deno.test("reasonToStop() does not count time in which this program was stopped", () => {
  assert.equal(after([...seconds(1, 20), ...seconds(3600, 3609)]), null);
  const stop = after([...seconds(1, 20), ...seconds(3600, 3611)]);
  assert.equal(stop?.kind, "aborted");
});

Deno.test("reasonToStop() ends at the limits of the user, which is no fault", () => {
  const rows = withLimits({ maxResults: 5 });
  assert.equal(after([{ rows: 4 }], rows), null);
  const full = after([{ rows: 5, phase: "cooldown" }], rows);
  assert.deepEqual(full, { kind: "limit", reason: "5 results" });
  const time = withLimits({ maxRuntimeMs: 2500 });
  assert.equal(after([{ elapsedS: 2.4 }], time), null);
  assert.equal(after([{ elapsedS: 2.5 }], time)?.reason, "2.5 s of sending");
  assert.equal(after([{ elapsedS: 2.5, phase: "cooldown" }], time), null);
  // Time of sending counts over all runs.
  const resumed = { elapsedBeforeS: 2, elapsedS: 0.4 };
  assert.equal(after([resumed], time), null);
  const over = after([{ ...resumed, elapsedS: 0.5 }], time);
  assert.deepEqual(over, { kind: "limit", reason: "2.5 s of sending" });
});

Deno.test("reasonToStop() waits before it calls a hit rate too low", () => {
  const rules = withLimits({ minHitRatePercent: 2 });
  const low = (elapsedS: number): Partial<StopFacts> => ({
    elapsedS,
    accepted: elapsedS * 1000,
  });
  assert.equal(after([low(4.9), low(9.9)], rules), null);
  const stop = after([low(4.9), low(5), low(10)], rules);
  assert.equal(stop?.reason, "the hit rate is 1.00%, below 2%");
  const better = { ...low(7), hits: 20 };
  assert.equal(after([low(5), better, { hits: 10, ...low(11) }], rules), null);
});

Deno.test("reasonToStop() aborts for certain loss only where it is told to", () => {
  const rules: StopRules = {
    ...RULES,
    loss: { onLoss: "abort", target: 0.005 },
  };
  const certain = { pathLoss: wilsonInterval(30, 300) };
  assert.equal(after([certain]), null);
  const stop = after([certain], rules);
  assert.equal(stop?.reason, "10.0% of the packets are lost on the way");
  assert.equal(after([{ pathLoss: wilsonInterval(1, 300) }], rules), null);
  assert.equal(after([{ localLosses: 100 }], rules), null);
  const local = after([{ localLosses: 101 }], rules);
  assert.equal(local?.reason, "101 packets were lost in this machine");
});

Deno.test("reasonToStop() counts the frames that were given up", () => {
  const rules = withLimits({ maxSendFailures: 3 });
  assert.equal(after([{ abandoned: 3 }], rules), null);
  const stop = after([{ abandoned: 4 }], rules);
  assert.equal(stop?.reason, "4 packets could not be sent, more than 3");
});
