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

function assertTold(told: Comparison, mostUnknown: number, what: string): void {
  const text = `${what}: ${JSON.stringify(told)}`;
  assert.ok(errorOf(told) <= MOST_ERROR, text);
  assert.ok(told.unknown <= mostUnknown, text);
}

for (const { name, scan, rate, found, unknown = 0.1 } of SCAN_CASES) {
  Deno.test(`ScanController: ${name}`, () => {
    const result = new SimulatedScan(scan).run();
    const figures = figuresOf(result);
    assert.equal(result.fault, "");
    assert.ok(result.mostFollowUps <= 2, "follow-ups to one host");
    assert.ok(result.followUps <= FOLLOW_UP_SHARE * result.packets);
    for (const told of figures.path) assertTold(told, unknown, "path");
    if (figures.healed !== null) assertTold(figures.healed, unknown, "healed");
    if (rate !== undefined) {
      const [least, most] = rate;
      const text = `rate / capacity: ${figures.rate}`;
      assert.ok(figures.rate >= least && figures.rate <= most, text);
    }
    const text = `found: ${figures.found}`;
    assert.ok(figures.found >= (found ?? 0), text);
  });
}
