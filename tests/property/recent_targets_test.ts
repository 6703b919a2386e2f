import assert from "node:assert/strict";
import fc from "fast-check";
import { RecentTargets } from "../../src/receive/recent_targets.ts";

/** The newest pairs, newest first. */
class NaiveRecentTargets {
  #pairs: string[] = [];
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  add(address: number, port: number): boolean {
    const isNew = !this.has(address, port);
    const pair = `${address}:${port}`;
    this.#pairs = [pair, ...this.#pairs.filter((other) => other !== pair)]
      .slice(0, this.#capacity);
    return isNew;
  }

  has(address: number, port: number): boolean {
    return this.#pairs.includes(`${address}:${port}`);
  }
}

Deno.test("RecentTargets agrees with a naive list of the newest pairs", () => {
  const pair = fc.tuple(
    fc.oneof(fc.integer({ min: 0, max: 12 }), fc.constant(2 ** 32 - 1)),
    fc.constantFrom(0, 80, 65535),
  );
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9 }),
      fc.integer(),
      fc.array(pair, { maxLength: 100 }),
      (capacity, salt, pairs) => {
        const naive = new NaiveRecentTargets(capacity);
        const recent = new RecentTargets(capacity, salt);
        for (const [address, port] of pairs) {
          assert.equal(recent.has(address, port), naive.has(address, port));
          assert.equal(recent.add(address, port), naive.add(address, port));
        }
        assert.ok(recent.size <= capacity);
      },
    ),
    { numRuns: 1000 },
  );
});

Deno.test("RecentTargets remembers as many as it says", () => {
  const recent = new RecentTargets(1_000_000, 7);
  for (let address = 0; address < 2_000_000; address++) recent.add(address, 80);
  assert.equal(recent.size, 1_000_000);
  assert.equal(recent.has(999_999, 80), false);
  assert.equal(recent.has(1_000_000, 80), true);
});
