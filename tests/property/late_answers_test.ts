import assert from "node:assert/strict";
import type { HostOptions } from "./_simulated_hosts.ts";
import { type ScanResult, SimulatedScan } from "./_simulated_scan.ts";
import { fixedRate, labScanOf } from "./_simulated_settings.ts";

/** A scan with a rate of its own that takes twice as long as the latest answers. */
const RATE_PPS = 2000;
const TARGETS = 16_384;
/** Share of the first probes that is sent beyond them where nothing is lost. */
const MOST_EXTRA = 0.02;

/** Share of what is lost that has to be found by sending it again. */
const LEAST_HEALED = 0.85;

type Answers = Omit<HostOptions, "hitRate">;
const FAST: Answers = { delay: 0.01 };
const TWO_SECONDS: Answers = { delay: 2 };
const SPREAD: Answers = { delay: { leastS: 0.5, mostS: 4 } };
const HALF_LATE: Answers = {
  delay: { shortS: 0.01, longS: 3, longShare: 0.5 },
};
/** Where nothing is lost. */
const LATE: Readonly<Record<string, Answers>> = {
  "after 2 s": TWO_SECONDS,
  "after 0.5 to 4 s": SPREAD,
  "with a long tail": { delay: { medianS: 0.5, spread: 1, mostS: 6 } },
  "after 10 ms, of half the hosts after 3 s": HALF_LATE,
  "after 10 ms, one in ten after 3 s": {
    delay: { shortS: 0.01, longS: 3, longShare: 0.1 },
    delayOf: "answer",
  },
};
/** Where some is. */
const LOSSY: Readonly<Record<string, Answers>> = {
  "after 10 ms": FAST,
  "after 2 s": TWO_SECONDS,
  "after 0.5 to 4 s": SPREAD,
  "after 10 ms, of half the hosts after 3 s": HALF_LATE,
};

function scan(answers: Answers, randomLoss: number): ScanResult {
  const result = new SimulatedScan(labScanOf({
    ...answers,
    capacityPps: 1e9,
    targets: TARGETS,
    randomLoss,
    pace: fixedRate(RATE_PPS),
    onLoss: "slow",
  })).run();
  assert.equal(result.fault, "");
  return result;
}

/** Packets beyond one to each target, without follow-ups, as a share. */
function extraOf({ followUps, packets }: ScanResult): number {
  return (packets - followUps) / TARGETS - 1;
}

for (const [name, answers] of Object.entries(LATE)) {
  Deno.test(`ScanController sends nothing again that is only late: answers ${name}`, () => {
    const result = scan(answers, 0);
    const extra = extraOf(result);
    assert.ok(extra <= MOST_EXTRA, `sent again: ${extra}`);
    assert.equal(result.found, TARGETS);
    assert.ok(result.report.losses[0]!.estimate!.rate <= MOST_EXTRA);
  });
}

for (const [name, answers] of Object.entries(LOSSY)) {
  Deno.test(`ScanController heals 15% path loss: answers ${name}`, () => {
    const result = scan(answers, 0.15);
    const lost = result.losses[0]!;
    assert.ok(lost > 0.13, `lost: ${lost}`);
    const { high, low } = result.report.losses[0]!.estimate!;
    assert.ok(low <= lost && lost <= high, `${lost}: ${low} to ${high}`);
    const healed = 1 - (1 - result.found / TARGETS) / lost;
    assert.ok(healed >= LEAST_HEALED, `healed: ${healed}`);
  });
}
