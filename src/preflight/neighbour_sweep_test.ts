import assert from "node:assert/strict";
import { isKnown } from "../targets/mod.ts";
import {
  type NeighbourLink,
  NeighbourSweep,
  type SweepOptions,
} from "./neighbour_sweep.ts";

/** A clock that moves by rests alone. */
class RestClock {
  ms = 0;
  nowMs(): number {
    return this.ms;
  }
  rest(milliseconds: number): Promise<void> {
    this.ms += milliseconds;
    return Promise.resolve();
  }
}

/** A link whose hosts answer each request as `answer` says: after so many milliseconds, or never. */
class FakeLink implements NeighbourLink {
  readonly capacity = 16;
  /** When each neighbour was asked, in milliseconds. */
  readonly asked = new Map<number, number[]>();
  readonly #clock: RestClock;
  readonly #answer: (index: number, tries: number) => number | null;
  readonly #coming: { index: number; atMs: number }[] = [];
  /** How many requests the kernel takes at a time. */
  taken = this.capacity;
  total = 0;

  constructor(
    clock: RestClock,
    answer: (index: number, tries: number) => number | null,
  ) {
    this.#clock = clock;
    this.#answer = answer;
  }

  ask(indexes: Uint32Array, count: number): number {
    const left = Math.min(count, this.taken);
    for (const index of indexes.subarray(0, left)) {
      const times = this.asked.get(index) ?? [];
      const delayMs = this.#answer(index, times.length);
      times.push(this.#clock.ms);
      this.asked.set(index, times);
      this.total++;
      if (delayMs === null) continue;
      this.#coming.push({ index, atMs: this.#clock.ms + delayMs });
    }
    return left;
  }

  hear(mac: Uint8Array): number {
    const at = this.#coming.findIndex(({ atMs }) => atMs <= this.#clock.ms);
    if (at < 0) return -1;
    const { index } = this.#coming.splice(at, 1)[0]!;
    mac.fill(2);
    new DataView(mac.buffer).setUint32(2, index);
    return index;
  }
}

interface Course {
  readonly answered: number;
  readonly link: FakeLink;
  readonly clock: RestClock;
  readonly macs: Uint8Array;
}

async function sweep(
  count: number,
  answer: (index: number, tries: number) => number | null,
  options: Partial<SweepOptions> & { readonly taken?: number } = {},
): Promise<Course> {
  const macs = new Uint8Array(6 * count);
  const clock = new RestClock();
  const link = new FakeLink(clock, answer);
  link.taken = options.taken ?? link.taken;
  const answered = await new NeighbourSweep({
    macs,
    wanted: Uint32Array.from({ length: count }, (_, i) => i),
    link,
    clock,
    ratePps: 10_000,
    signal: new AbortController().signal,
    onProgress: () => {},
    ...options,
  }).run();
  return { answered, link, clock, macs };
}

Deno.test("NeighbourSweep.run() asks each neighbour once and ends when all have answered", async () => {
  const { answered, clock, link, macs } = await sweep(1000, () => 20);
  assert.equal(answered, 1000);
  assert.equal(link.total, 1000);
  assert.ok(clock.ms < 300, `${clock.ms} ms: 100 of sending and 20 of waiting`);
  const at = 999 * 6;
  assert.deepEqual([...macs.subarray(at + 2, at + 6)], [
    0,
    0,
    3,
    231,
  ]);
});

Deno.test("NeighbourSweep.run() asks the silent three times, a second apart, and no others again", async () => {
  const { answered, clock, link, macs } = await sweep(
    100,
    (index, tries) =>
      index % 2 === 0 ? 10 : index === 1 && tries === 2 ? 10 : null,
  );
  assert.equal(answered, 51);
  assert.ok(isKnown({ macs }, 1) && !isKnown({ macs }, 3));
  assert.equal(link.total, 50 + 3 * 50);
  const times = link.asked.get(3)!;
  assert.equal(times.length, 3);
  assert.ok(times[1]! - times[0]! >= 1000 && times[2]! - times[1]! >= 1000);
  assert.ok(clock.ms >= 3000 && clock.ms < 3200, `${clock.ms} ms`);
});

Deno.test("NeighbourSweep.run() takes answers that come after more than a second", async () => {
  const { answered } = await sweep(
    10,
    (_index, tries) => tries === 0 ? 2500 : null,
  );
  assert.equal(answered, 10);
});

Deno.test("NeighbourSweep.run() exceeds the rate in no window", async () => {
  const { link } = await sweep(300, () => null, { ratePps: 100 });
  const times = [...link.asked.values()].flat().sort((a, b) => a - b);
  assert.equal(times.length, 900);
  times.forEach((start, i) => {
    const within = times.filter((ms, j) => j >= i && ms < start + 1000).length;
    assert.ok(within <= 100 + 2, `${within} in the second from ${start} ms on`);
  });
});

Deno.test("NeighbourSweep.run() asks again what the kernel did not take", async () => {
  const { answered, link } = await sweep(100, () => 5, { taken: 3 });
  assert.equal(answered, 100);
  assert.equal(link.total, 100, "each once");
});

Deno.test("NeighbourSweep.run() asks nobody but whom it is to", async () => {
  const wanted = Uint32Array.of(3, 7);
  const { answered, link } = await sweep(10, () => 5, { wanted });
  assert.equal(answered, 2);
  assert.deepEqual([...link.asked.keys()], [3, 7]);
});

Deno.test("NeighbourSweep.run() ends at once when the signal aborts, while asking and while waiting", async () => {
  for (const abortAt of [1, 500]) {
    const controller = new AbortController();
    const { clock, link } = await sweep(1000, () => null, {
      signal: controller.signal,
      ratePps: 1000,
      onProgress(asked): void {
        if (asked >= abortAt || asked === 1000) controller.abort();
      },
    });
    assert.ok(link.total < abortAt + 32, `${link.total} asked`);
    assert.ok(clock.ms <= abortAt + 10, `${clock.ms} ms`);
  }
  const controller = new AbortController();
  const { clock } = await sweep(10, () => null, {
    signal: controller.signal,
    onProgress: (asked) => asked === 10 && controller.abort(),
  });
  assert.ok(clock.ms < 20, `${clock.ms} ms`);
});
