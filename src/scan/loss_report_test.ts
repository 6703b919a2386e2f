import assert from "node:assert/strict";
import { type PathLoss, wilsonInterval } from "../loss/mod.ts";
import { type Ledger, NO_KERNEL_LOSSES, readLedger } from "../monitor/mod.ts";
import {
  makeCounters,
  RECEIVE,
  RECEIVE_SLOTS,
  SEND,
  SEND_SLOTS,
} from "../shm/mod.ts";
import type { LossConfig } from "./config.ts";
import {
  allLosses,
  localLosses,
  type LossReport,
  lossReport,
} from "./loss_report.ts";
import type { PathReport } from "./path_report.ts";

const CONFIG: LossConfig = {
  sampleShare: 0.01,
  target: 0.005,
  onLoss: "warn",
  maxPasses: 3,
};
const FOUND = 80_000;

interface Case {
  readonly accepted?: number;
  readonly losses?: readonly PathLoss[];
  readonly coverage?: PathReport["coverage"];
  readonly abandoned?: number;
  readonly elsewhere?: number;
  readonly lostHandOver?: number;
  readonly lostRows?: number;
  readonly ring?: number;
  readonly sendQueue?: number;
}

function known(lost: number, followUps: number): PathLoss {
  const estimate = wilsonInterval(lost, followUps);
  return { estimate, followUps, unknownShare: 0 };
}

const UNKNOWN: PathLoss = { estimate: null, followUps: 0, unknownShare: 1 };

function report(one: Case): LossReport {
  const send = makeCounters(SEND_SLOTS);
  send[SEND.accepted] = one.accepted ?? 100_000;
  send[SEND.abandoned] = one.abandoned ?? 0;
  const receive = makeCounters(RECEIVE_SLOTS);
  receive[RECEIVE.seen] = FOUND;
  receive[RECEIVE.valid] = FOUND;
  receive[RECEIVE.elsewhere] = one.elsewhere ?? 0;
  receive[RECEIVE.successUnique] = FOUND;
  receive[RECEIVE.lostHandOver] = one.lostHandOver ?? 0;
  receive[RECEIVE.handedOver] = FOUND - (one.lostHandOver ?? 0);
  receive[RECEIVE.pcapDropped] = one.ring ?? 0;
  const kernel = { ...NO_KERNEL_LOSSES, sendQueue: one.sendQueue ?? 0 };
  const output = { rows: FOUND, lostRows: one.lostRows ?? 0, filtered: 0 };
  const losses = one.losses ?? [known(0, 10_000)];
  return lossReport({
    config: CONFIG,
    path: {
      losses,
      unknownShare: losses[0]!.unknownShare,
      reason: "too few",
      coverage: one.coverage ?? null,
      passes: 1,
      meanPps: 1000,
      changes: [],
    },
    ledger: readLedger([send], receive, kernel, output),
    askedPps: 1000,
    maxWindowExcess: 0,
  });
}

function assertCoverage(
  { coverageEstimate, missedEstimate }: LossReport,
  coverage: number,
): void {
  assert.ok(
    Math.abs(coverageEstimate! - coverage) < 0.001,
    `${coverageEstimate}`,
  );
  const all = FOUND / coverage;
  assert.ok(missedEstimate! <= all && missedEstimate! >= 0);
}

Deno.test("lossReport() covers everything where nothing was lost", () => {
  const found = report({});
  assertCoverage(found, 1);
  assert.equal(found.missedEstimate, 0);
  assert.equal(found.isAboveTarget, false);
});

Deno.test("lossReport() counts the losses of every place, not those on the way alone", () => {
  const half = FOUND / 2;
  for (
    const one of [
      { lostHandOver: half },
      { lostRows: half },
      { losses: [known(5000, 10_000)] },
      { abandoned: 100_000 },
      { elsewhere: FOUND },
    ]
  ) {
    const found = report(one);
    assertCoverage(found, 0.5);
    assert.equal(found.isAboveTarget, true, JSON.stringify(one));
  }
  const handOver = report({ lostHandOver: half });
  assert.equal(handOver.missedEstimate, half);
});

Deno.test("lossReport() takes drops of the interface for the scan's as far as follow-ups allow it", () => {
  assertCoverage(report({ sendQueue: 30_000 }), 1);
  const few = report({ sendQueue: 30_000, losses: [known(15, 60)] });
  assertCoverage(few, 0.7);
});

Deno.test("lossReport() multiplies the losses of several probes to a target", () => {
  assertCoverage(report({ losses: [known(20, 100), known(10, 100)] }), 0.98);
  assertCoverage(report({ losses: [known(20, 100), UNKNOWN] }), 0.8);
});

Deno.test("lossReport() says what it does not know", () => {
  const nothing = report({ losses: [UNKNOWN] });
  assert.equal(nothing.coverageEstimate, null);
  assert.equal(nothing.missedEstimate, null);
  assert.equal(nothing.isAboveTarget, false);
  assert.match(nothing.lines.join("\n"), /not enough data \(too few\)/);
  assert.match(
    nothing.lines.join("\n"),
    /not known for 100\.0% of the targets/,
  );
  const part = report({ losses: [{ ...known(0, 100), unknownShare: 0.3 }] });
  assert.match(part.lines.join("\n"), /not known for 30\.0% of the targets/);
});

Deno.test("lossReport() of a scan that heals goes by what was covered in the end", () => {
  const coverage = { covered: 1, loss: 0.001, unknown: 0, uncovered: [] };
  const healed = report({ losses: [known(50, 100)], coverage });
  assertCoverage(healed, 0.999);
  assert.equal(healed.isAboveTarget, false);
  const uncovered = [{ first: 5, end: 9 }];
  const failed = report({ coverage: { ...coverage, uncovered } });
  assert.equal(failed.isAboveTarget, true);
  assert.match(failed.lines.join("\n"), /not covered within 0.5% loss: 4/);
});

Deno.test("lossReport() counts what no follow-up tells of where all else was sent again", () => {
  const coverage = { loss: 0, covered: 1, unknown: 0, uncovered: [] };
  for (const one of [{ abandoned: 100_000 }, { elsewhere: FOUND }]) {
    const found = report({ ...one, coverage });
    assertCoverage(found, 0.5);
    assert.equal(found.isAboveTarget, true, JSON.stringify(one));
  }
});

Deno.test("localLosses() leaves out what depends on no rate, allLosses() does not", () => {
  const places = report({ abandoned: 5, elsewhere: 7, ring: 3 }).places;
  const ledger = { places } as Ledger;
  assert.equal(localLosses(ledger), 3);
  assert.equal(allLosses(ledger), 15);
});

Deno.test("lossReport() finds no loss where nothing was sent", () => {
  const coverage = { covered: 0, loss: 0, unknown: 0, uncovered: [] };
  for (const one of [{}, { coverage }]) {
    const { coverageEstimate, isAboveTarget } = report({
      ...one,
      accepted: 0,
      losses: [UNKNOWN],
    });
    assert.equal(isAboveTarget, false);
    assert.equal(coverageEstimate, null);
  }
});
