import assert from "node:assert/strict";
import {
  type Comparison,
  errorOf,
  figuresOf,
  SCAN_CASES,
} from "./_scan_cases.ts";
import { SimulatedScan } from "./_simulated_scan.ts";

/** How far an estimate may be from the truth, in shares. */
const MOST_ERROR = 0.03;
const FOLLOW_UP_SHARE = 0.01;

/** Standard deviations by which few hosts may differ from all packets. */
const CHANCE = 2;

/** Asserts that a loss is told as it was for so many hosts. */
function assertTold(
  told: Comparison,
  hosts: number,
  mostUnknown: number,
): void {
  const text = `${hosts} hosts: ${JSON.stringify(told)}`;
  const spread = Math.sqrt(told.true * (1 - told.true) / hosts);
  assert.ok(errorOf(told) <= MOST_ERROR + CHANCE * spread, text);
  assert.ok(told.unknown <= mostUnknown, text);
}

const TESTED = SCAN_CASES.filter(({ isAsAnother = false }) => !isAsAnother);

for (const { name, scan, rate, found, unknown = 0.1 } of TESTED) {
  Deno.test(`ScanController: ${name}`, () => {
    const result = new SimulatedScan(scan).run();
    const figures = figuresOf(result);
    assert.equal(result.fault, "");
    assert.ok(result.mostFollowUps <= 2, "follow-ups to one host");
    assert.ok(result.followUps <= FOLLOW_UP_SHARE * result.packets);
    const { healed, path } = figures;
    for (const told of healed === null ? path : [...path, healed]) {
      assertTold(told, result.findable, unknown);
    }
    if (rate !== undefined) {
      const [least, most] = rate;
      const text = `rate / capacity: ${figures.rate}`;
      assert.ok(figures.rate >= least && figures.rate <= most, text);
    }
    const text = `found: ${figures.found}`;
    assert.ok(figures.found >= (found ?? 0), text);
  });
}
