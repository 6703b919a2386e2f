import assert from "node:assert/strict";
import { AskedOnce } from "./asked_once.ts";

const POSITIONS = 1 << 16;

/** The positions that may be asked in a run with so many before it. */
function askable(
  runs: number,
  isTouched: boolean,
  salt = 7,
): Set<number> {
  const touched = isTouched ? [{ first: 0, end: POSITIONS }] : [];
  const asking = new AskedOnce({ runs, salt, touched });
  const asked = new Set<number>();
  for (let position = 0; position < POSITIONS; position++) {
    if (asking.mayBeAsked(position)) asked.add(position);
  }
  return asked;
}

Deno.test("AskedOnce never lets two runs ask the same target, and each of the first runs some", () => {
  // Whichever run probes a target first asks by the same rule.
  const runs = [
    askable(0, false),
    ...[1, 2, 3].map((run) => askable(run, true)),
  ];
  const all = new Set(runs.flatMap((asked) => [...asked]));
  assert.equal(all.size, runs.reduce((sum, { size }) => sum + size, 0));
  const shares = runs.map(({ size }) => size / POSITIONS);
  for (const [index, share] of [15 / 16, 1 / 32, 1 / 64, 1 / 128].entries()) {
    assert.ok(Math.abs(shares[index]! / share - 1) < 0.2, `${shares}`);
  }
  assert.deepEqual(askable(3, false), runs[0]);
  assert.equal(askable(40, true).size, 0);
});

Deno.test("AskedOnce chooses others with another salt, and among positions beyond 32 bits too", () => {
  const others = askable(1, true, 8);
  const same = [...askable(1, true)].filter((one) => others.has(one));
  assert.ok(same.length < others.size / 2);
  const asking = new AskedOnce({ runs: 0, salt: 7, touched: [] });
  let asked = 0;
  for (let i = 0; i < 1000; i++) {
    if (asking.mayBeAsked((i + 1) * 2 ** 32)) asked++;
  }
  assert.ok(asked > 850 && asked < 1000, String(asked));
});
