import assert from "node:assert/strict";
import { makeStreamMemory, StreamIntake } from "../targets/mod.ts";
import { type StreamInput, StreamWork } from "./stream_work.ts";
import type { Lease } from "./work_source.ts";

const WINDOW = 16;

interface Scene {
  readonly work: StreamWork;
  readonly clock: { nowS: number };
  /** Hands the input on, and waits until it has been taken in. */
  feed(text: string | null): Promise<void>;
  /** Resolves when the input is not read any more. */
  readonly over: Promise<void>;
}

function scene(
  {
    isHeld = () => false,
    mostTargets = null,
    portCount = 1,
    probesPerTarget = 1,
    windowSize = WINDOW,
  }: {
    readonly isHeld?: () => boolean;
    readonly windowSize?: number;
    readonly mostTargets?: number | null;
    readonly portCount?: number;
    readonly probesPerTarget?: number;
  } = {},
): Scene {
  const clock = { nowS: 0 };
  const intake = new StreamIntake({
    memory: makeStreamMemory({
      words: 1,
      seed: 1n,
      capacity: 8 * windowSize,
      windowSize,
    }),
    name: "input",
    isAllowed: () => true,
    isRoutable: () => true,
    shards: 1,
    shard: 0,
    skip: () => {},
  });
  const work = new StreamWork({
    intake,
    portCount,
    probesPerTarget,
    mostTargets,
    isHeld,
    nowS: () => clock.nowS,
  });
  let next = Promise.withResolvers<Uint8Array | null>();
  let asked = Promise.withResolvers<void>();
  const input: StreamInput = {
    read(): Promise<Uint8Array | null> {
      asked.resolve();
      return next.promise;
    },
  };
  const over = work.read(input);
  return {
    work,
    clock,
    over,
    async feed(text): Promise<void> {
      await asked.promise;
      const { resolve } = next;
      next = Promise.withResolvers();
      asked = Promise.withResolvers();
      resolve(text === null ? null : new TextEncoder().encode(text));
      await Promise.race([asked.promise, over]);
    },
  };
}

/** All that can be given out at the moment, as `first-end probe`. */
function given(work: StreamWork, most = 1000): string[] {
  const leases: string[] = [];
  for (;;) {
    const lease: Lease | null = work.take(most);
    if (lease === null) return leases;
    leases.push(`${lease.first}-${lease.end} ${lease.probeNumber}`);
  }
}

Deno.test("StreamWork.take() gives a window out once it is full, old enough or the last", async () => {
  const { clock, feed, over, work } = scene();
  assert.deepEqual(given(work), []);
  await feed("192.0.2.0/28\n192.0.2.16\n");
  assert.equal(work.waiting, WINDOW + 1);
  assert.deepEqual(given(work, 10), ["0-10 0", "10-16 0"]);
  assert.equal(work.waiting, 1);
  clock.nowS = 1;
  assert.deepEqual(given(work), ["16-17 0"]);
  assert.equal(work.isOpen, true);
  await feed("192.0.2.0/28\n192.0.2.16/28");
  assert.deepEqual(given(work), [], "the last line may go on");
  await feed(null);
  await over;
  assert.equal(work.isOpen, false);
  assert.deepEqual(given(work), ["17-32 0"]);
  assert.equal(work.waiting, 0);
  assert.equal(work.counts.repeats, WINDOW + 1);
  assert.equal(work.failure, null);
});

Deno.test("StreamWork.take() sends several probes, and again what was lost, behind what waits", async () => {
  const { feed, work } = scene({ portCount: 2, probesPerTarget: 3 });
  await feed("192.0.2.0/28\n");
  work.repair({ first: 1, end: 3, pass: 1 });
  assert.equal(work.waiting, 2 * 3 * WINDOW + 2);
  await feed(null);
  assert.deepEqual(given(work), ["0-32 0", "0-32 1", "0-32 2", "1-3 0"]);
  assert.equal(work.probed(5), 27);
  work.again({ first: 4, end: 5, pass: 1, probeNumber: 2 });
  assert.deepEqual(given(work), ["4-5 2"]);
});

Deno.test("StreamWork.read() ends with as many targets as are wanted", async () => {
  const { feed, over, work } = scene({ portCount: 2, mostTargets: 5 });
  await feed("192.0.2.0/30\n192.0.2.9\n");
  await over;
  assert.equal(work.isOpen, false);
  assert.equal(work.known, 5);
  assert.deepEqual(given(work), ["0-5 0"]);
  assert.equal(work.waiting, 0);
});

Deno.test("StreamWork.read() says why the input could not be read", async () => {
  const { work } = scene();
  await work.read({ read: () => Promise.reject(new Error("it is gone")) });
  assert.equal(work.failure, "it is gone");
  assert.equal(work.isOpen, false);
});

Deno.test("StreamWork.read() waits while much is waiting, unless senders wait for the output", async () => {
  let isHeld = false;
  const { feed, work } = scene({ windowSize: 2 ** 16, isHeld: () => isHeld });
  const lines = [1, 2, 3, 4, 5, 6].map((i) => `${i}.0.0.0/16\n`);
  const isFed = feed(lines.join(""));
  const untilKnown = async (count: number): Promise<void> => {
    while (work.known < count) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };
  await untilKnown(2 ** 18);
  // Longer than between two looks.
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.equal(work.known, 2 ** 18);
  assert.deepEqual(given(work, 2 ** 16), [
    "0-65536 0",
    "65536-131072 0",
    "131072-196608 0",
    "196608-262144 0",
  ]);
  await untilKnown(6 * 2 ** 16);
  await isFed;
  const held = scene({ windowSize: 2 ** 16, isHeld: () => isHeld });
  const isHeldFed = held.feed(lines.join(""));
  isHeld = true;
  await isHeldFed;
  assert.equal(held.work.known, 6 * 2 ** 16);
});
