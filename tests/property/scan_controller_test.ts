import assert from "node:assert/strict";
import fc from "fast-check";
import type { HostDelay } from "./_simulated_hosts.ts";
import {
  LOSS_TARGET,
  type ScanOptions,
  type ScanResult,
  SimulatedScan,
} from "./_simulated_scan.ts";
import {
  fixedRate,
  LAB_LIMIT_PPS,
  LAB_TARGETS,
  labScanOf,
  scanOf,
  type Setting,
  summaryOf,
} from "./_simulated_settings.ts";

/** Time in which the rate has to be found. */
const CONVERGENCE_S = 20;
const SEEDS = [1, 2, 3];
/** Simulated scans are a deterministic function of these. */
const FIXED = { seed: 20_260_729 };

function run(scan: ScanOptions): ScanResult {
  const result = new SimulatedScan(scan).run();
  assert.equal(result.fault, "");
  assert.ok(result.mostFollowUps <= 2);
  return result;
}

function simulate(setting: Setting): ScanResult {
  return run(scanOf(setting));
}

function simulateLab(setting: Setting): ScanResult {
  return run(labScanOf(setting));
}

function assertWithin(
  value: number,
  [low, high]: readonly [number, number],
  what: string,
): void {
  assert.ok(value >= low && value <= high, `${what}: ${value}`);
}

/** What one scan does depends on chance; what three of them do on average depends on it less. */
function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Share of the hosts that were found. */
function foundShare({ findable, found }: ScanResult): number {
  return found / findable;
}

/** Targets per second, as a share of the lab's limit. */
function meanRate({ endS }: ScanResult): number {
  return LAB_TARGETS / endS / LAB_LIMIT_PPS;
}

const anyDelay: fc.Arbitrary<HostDelay> = fc.oneof(
  fc.constant(0.0002),
  fc.double({ min: 0.001, max: 0.5, noNaN: true }),
  fc.constant({ leastS: 0.01, mostS: 0.5 }),
);
/** Any value between the two, evenly on a logarithmic scale. */
function logarithmic(low: number, high: number): fc.Arbitrary<number> {
  return fc.double({ min: 0, max: 1, noNaN: true }).map((part) =>
    low * (high / low) ** part
  );
}
/** Answers a second from which loss can be judged, and that the simulation is fast with. */
const LEAST_ANSWERS_PPS = 200;
const MOST_ANSWERS_PPS = 10_000;
const anyPath = logarithmic(2000, 1e6).chain((capacityPps) =>
  fc.record({
    capacityPps: fc.constant(capacityPps),
    hitRate: logarithmic(
      Math.max(0.001, LEAST_ANSWERS_PPS / capacityPps),
      Math.min(1, MOST_ANSWERS_PPS / capacityPps),
    ),
    delay: anyDelay,
    seed: fc.nat(1e6),
  })
);
/** Follow-ups per second, 1% of the packets, from which the loss target is kept to; it is missed a little with fewer. */
const ENOUGH_FOLLOW_UPS_PPS = 100;

Deno.test("ScanController finds 2,000 to 1,000,000 p/s within 20 s, keeps to it and to the loss target", () => {
  fc.assert(
    fc.property(anyPath, (path) => {
      const result = simulate(path);
      const { mean, least, most, loss } = summaryOf(result, CONVERGENCE_S);
      const hasEnough = path.capacityPps * 0.01 >= ENOUGH_FOLLOW_UPS_PPS;
      assertWithin(mean, [0.8, 1.02], "mean rate / capacity");
      assertWithin(least, [0.6, 1.05], "least rate / capacity");
      assertWithin(most, [0.8, 1.25], "highest rate / capacity");
      assertWithin(loss, [0, LOSS_TARGET * (hasEnough ? 1.25 : 3)], "loss");
    }),
    { ...FIXED, numRuns: 6, endOnFailure: true },
  );
});

Deno.test("ScanController never leaves the bounds of its rate", () => {
  const bounds = fc.record({
    minRatePps: logarithmic(1, 1000),
    factor: logarithmic(1, 1000),
    capacityPps: logarithmic(10, 1e6),
    hitRate: logarithmic(0.001, 0.1),
    isAuto: fc.boolean(),
    seed: fc.nat(1e6),
  });
  fc.assert(
    fc.property(bounds, ({ factor, isAuto, minRatePps, ...path }) => {
      const maxRatePps = minRatePps * factor;
      const startRatePps = isAuto
        ? Math.min(maxRatePps, Math.max(minRatePps, 1000))
        : maxRatePps;
      const { trace } = simulate({
        ...path,
        pace: { minRatePps, maxRatePps, startRatePps, isAuto },
        onLoss: "slow",
        durationS: 10,
      });
      for (const { ratePps } of trace) {
        assertWithin(ratePps, [minRatePps, maxRatePps], "rate");
      }
    }),
    { ...FIXED, numRuns: 10, endOnFailure: true },
  );
});

Deno.test("ScanController follows steps of the capacity", () => {
  const capacityPps = (timeS: number): number =>
    timeS < 15 ? 30_000 : timeS < 35 ? 8000 : 60_000;
  for (const hitRate of [0.3, 0.03]) {
    const result = simulate({ capacityPps, hitRate, durationS: 75 });
    const phases = [[10, 15], [25, 35], [60, 75]] as const;
    for (const [fromS, toS] of phases) {
      const { mean, loss } = summaryOf(result, fromS, toS);
      assertWithin(mean, [0.75, 1.05], `rate until ${toS} s at ${hitRate}`);
      assertWithin(loss, [0, 2 * LOSS_TARGET], `loss until ${toS} s`);
    }
  }
});

Deno.test("ScanController does not slow down for loss that does not depend on the rate", () => {
  const paths = [[0.02, 0.5], [0.03, 0.05]] as const;
  for (const [randomLoss, hitRate] of paths) {
    const summaries = SEEDS.map((seed) =>
      summaryOf(simulate({ seed, hitRate, randomLoss }), CONVERGENCE_S)
    );
    for (const { least, mean } of summaries) {
      assertWithin(mean, [0.8, 1.05], "mean rate / capacity");
      assertWithin(least, [0.6, 1], "least rate / capacity");
    }
    const beyond = meanOf(summaries.map(({ loss }) => loss)) - randomLoss;
    assertWithin(beyond, [-1e-9, 1.5 * LOSS_TARGET], "loss beyond");
  }
});

Deno.test("ScanController is not put off by bursts of loss", () => {
  const bursts = { goodS: 3, badS: 0.06, loss: 0.3 };
  for (const hitRate of [1, 0.1]) {
    const { mean, least } = summaryOf(
      simulate({ hitRate, bursts }),
      CONVERGENCE_S,
    );
    assertWithin(mean, [0.65, 1.05], "mean rate / capacity");
    assertWithin(least, [0.4, 1], "least rate / capacity");
  }
});

Deno.test("ScanController learns how much a queue or a generous limit holds", () => {
  const kinds: readonly Setting[] = [
    { kind: "queue", bufferS: 0.05 },
    { kind: "queue", bufferS: 0.2 },
    { kind: "policer", bufferS: 0.05 },
  ];
  for (const kind of kinds) {
    const result = simulate({ hitRate: 0.5, ...kind });
    const { mean, loss } = summaryOf(result, CONVERGENCE_S);
    assertWithin(mean, [0.85, 1.05], "mean rate / capacity");
    assertWithin(loss, [0, 3 * LOSS_TARGET], "loss");
  }
});

Deno.test("ScanController grows with few answers and no follow-ups, carefully", () => {
  for (const [hitRate, least] of [[0.05, 0.6], [0.01, 0.5]] as const) {
    const result = simulate({ hitRate, followUpShare: 0 });
    const { mean, most } = summaryOf(result, CONVERGENCE_S);
    assertWithin(mean, [least, 1.1], "mean rate / capacity");
    assertWithin(most, [0.5, 1.6], "highest rate / capacity");
  }
});

Deno.test("ScanController stays near the capacity with 2 to 30 answers a second", () => {
  const paths = [[2000, 0.01], [30_000, 0.001], [2000, 0.001]] as const;
  for (const [capacityPps, hitRate] of paths) {
    const { mean, most } = summaryOf(
      simulate({ capacityPps, hitRate }),
      CONVERGENCE_S,
    );
    assertWithin(mean, [0.3, 1.2], "mean rate / capacity");
    assertWithin(most, [0.3, 2], "highest rate / capacity");
  }
});

Deno.test("ScanController keeps below what the machine itself can do", () => {
  const localLimitPps = 20_000;
  const result = simulate({ hitRate: 0.01, localLimitPps });
  const { mean, loss } = summaryOf(result, CONVERGENCE_S);
  assertWithin(mean * LAB_LIMIT_PPS / localLimitPps, [0.8, 1.02], "mean");
  assertWithin(loss, [0, LOSS_TARGET], "loss");
  const causes = result.report.changes.map(({ cause }) => cause);
  assert.ok(causes.includes("machine"));
});

Deno.test("ScanController finds all hosts of the lab, and fast", () => {
  for (const seed of SEEDS) {
    const result = simulateLab({ seed });
    const { coverage } = result.report;
    assertWithin(meanRate(result), [0.8, 1], "mean rate");
    assertWithin(foundShare(result), [0.999, 1], "found");
    assertWithin(coverage!.covered, [0.999, 1], "covered");
    assert.deepEqual(coverage!.uncovered, []);
  }
});

Deno.test("ScanController finds all hosts of the lab where 1% of the targets are alive", () => {
  const results = SEEDS.map((seed) => simulateLab({ seed, hitRate: 0.01 }));
  assertWithin(meanOf(results.map(meanRate)), [0.6, 1], "mean rate");
  for (const result of results) {
    assertWithin(foundShare(result), [0.995, 1], "found");
  }
});

Deno.test("ScanController finds all hosts of the lab while its limit changes", () => {
  for (const [firstS, secondS] of [[1.5, 4], [2, 6]] as const) {
    const result = simulateLab({
      capacityPps: (timeS) =>
        timeS < firstS ? LAB_LIMIT_PPS : timeS < secondS ? 8000 : 60_000,
    });
    assertWithin(foundShare(result), [0.999, 1], "found");
  }
});

Deno.test("ScanController slows down a rate that is twice the limit", () => {
  for (const hitRate of [1, 0.05]) {
    const result = simulateLab({
      hitRate,
      pace: fixedRate(60_000),
      onLoss: "slow",
    });
    assertWithin(foundShare(result), [0.998, 1], "found");
    assert.ok(result.trace.every(({ ratePps }) => ratePps <= 60_000));
  }
});

Deno.test("ScanController misses nothing and sends nothing twice without a limit", () => {
  const result = simulateLab({ capacityPps: 1e9 });
  assert.equal(foundShare(result), 1);
  assertWithin(result.packets / LAB_TARGETS, [1, 1.03], "packets per target");
});

Deno.test("ScanController heals 2% path loss by a second pass", () => {
  const result = simulateLab({ randomLoss: 0.02 });
  assertWithin(foundShare(result), [0.99, 1], "found");
  assertWithin(result.packets / LAB_TARGETS, [1.3, 3], "packets per target");
});

Deno.test("ScanController asks no host more than twice where repeats pass the receiver", () => {
  const liars = {
    share: 0.01,
    firstAnswers: 100,
    followUpAnswers: 100,
    forgedFollowUps: 2,
  };
  const { found, findable, packets, report } = simulateLab({
    hitRate: 0.5,
    pace: fixedRate(10_000),
    liars,
    repeats: "pass",
  });
  assert.equal(found, findable);
  assertWithin(packets / LAB_TARGETS, [1, 1.011], "packets per target");
  assertWithin(report.losses[0]!.estimate!.rate, [0, 0.1], "loss");
});

Deno.test("ScanController takes answers that found no room for no loss", () => {
  const { losses, report } = simulate({
    pace: fixedRate(150_000),
    capacityPps: 1e9,
    stalls: [[3, 5.5]],
    durationS: 8,
  });
  assert.equal(losses[0], 0);
  assertWithin(report.losses[0]!.estimate!.rate, [0, 0.001], "loss");
});
