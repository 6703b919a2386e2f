import assert from "node:assert/strict";
import { wilsonInterval } from "../loss/mod.ts";
import { PathWarnings } from "./path_warnings.ts";

/** The warnings, by second, for so many silent follow-ups of 100 in each; null: not enough data. */
function warningsOf(silent: readonly (number | null)[]): (string | null)[] {
  const warnings = new PathWarnings(0.005);
  return silent.map((count, second) =>
    warnings.update(
      count === null ? null : wilsonInterval(count, 100),
      second,
    )
  );
}

Deno.test("PathWarnings.update() warns once of loss that is certain, not of what may be none", () => {
  const texts = warningsOf([null, 0, 1, 50, 48, 52]);
  assert.deepEqual(texts.map((text) => text !== null), [
    ...[false, false, false],
    ...[true, false, false],
  ]);
  assert.match(texts[3]!, /^path: losing about 50\.0% \(40\.\d-59\.\d%\)/);
});

Deno.test("PathWarnings.update() says when the loss changes by a factor, and when it has ended", () => {
  const quiet = Array<number>(10).fill(0);
  const texts = warningsOf([20, 60, 55, 20, ...quiet]);
  assert.match(texts[1]!, /more now, about 60/);
  assert.match(texts[3]!, /less now, about 20/);
  assert.match(texts[8]!, /has ended after 3 s; at worst it was about 60/);
  assert.equal(texts.filter((text) => text !== null).length, 4);
});

Deno.test("PathWarnings.finish() closes what is still losing, once", () => {
  const warnings = new PathWarnings(0.005);
  const loss = { rate: 0.5, low: 0.4, high: 0.6, samples: 100 };
  assert.equal(warnings.finish(), null);
  warnings.update(loss, 1);
  assert.match(warnings.finish()!, /no end of the loss was seen, over 1 s/);
  assert.equal(warnings.finish(), null);
});

Deno.test("PathWarnings.update() takes silence for no sign that the loss has ended", () => {
  const texts = warningsOf([50, ...Array<null>(100).fill(null)]);
  assert.equal(texts.filter((text) => text !== null).length, 1);
});
