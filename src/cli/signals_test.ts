import assert from "node:assert/strict";
import type { EndSignal } from "../signals/mod.ts";
import { runInterruptibly, runKillably } from "./signals.ts";

/** Signals that a test sends. */
class FakeEnds {
  #onSignal: (name: EndSignal) => void = () => {};

  readonly before: readonly EndSignal[];

  constructor(before: readonly EndSignal[] = []) {
    this.before = before;
  }

  listen(onSignal: (name: EndSignal) => void): void {
    this.#onSignal = onSignal;
    for (const name of this.before) onSignal(name);
  }

  release(): EndSignal | null {
    return this.before[0] ?? null;
  }

  raise(name: EndSignal): void {
    this.#onSignal(name);
  }
}

Deno.test("runInterruptibly() returns what the task returns", async () => {
  const signals = new FakeEnds();
  assert.equal(await runInterruptibly(() => Promise.resolve(3), signals), 3);
  const broken = runInterruptibly(
    () => Promise.reject(new Error("broken")),
    signals,
  );
  await assert.rejects(broken, /broken/);
});

Deno.test("runInterruptibly() lets the task end after the first signal", async () => {
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    const signals = new FakeEnds();
    const code = await runInterruptibly(async (signal) => {
      await Promise.resolve();
      signals.raise(name);
      assert.ok(signal.aborted);
      assert.equal(signal.reason, `stopped by ${name}`);
      return 1;
    }, signals);
    assert.equal(code, 1);
  }
});

Deno.test("runInterruptibly() gives the task a moment after the second signal", async () => {
  const signals = new FakeEnds();
  let isFlushed = false;
  const code = await runInterruptibly(async () => {
    await Promise.resolve();
    signals.raise("SIGINT");
    signals.raise("SIGINT");
    await new Promise((resolve) => setTimeout(resolve, 50));
    isFlushed = true;
    return 1;
  }, signals);
  assert.equal(code, 130);
  assert.ok(isFlushed);
});

Deno.test("runInterruptibly() does not wait for a task that hangs", async () => {
  const signals = new FakeEnds();
  const code = await runInterruptibly(async () => {
    await Promise.resolve();
    signals.raise("SIGTERM");
    signals.raise("SIGINT");
    return await new Promise<number>(() => {});
  }, signals);
  assert.equal(code, 130);
});

Deno.test("runInterruptibly() starts a task aborted when a signal has come before", async () => {
  const code = await runInterruptibly(({ reason }) => {
    assert.equal(reason, "stopped by SIGHUP");
    return Promise.resolve(1);
  }, new FakeEnds(["SIGHUP"]));
  assert.equal(code, 1);
});

Deno.test("runInterruptibly() does not mind what comes when the task has ended", async () => {
  const signals = new FakeEnds();
  assert.equal(await runInterruptibly(() => Promise.resolve(0), signals), 0);
  signals.raise("SIGTERM");
});

Deno.test("runKillably() runs the task unless a signal has come before", async () => {
  const run = (before: readonly EndSignal[]): Promise<number> =>
    runKillably(() => Promise.resolve(4), new FakeEnds(before));
  assert.equal(await run([]), 4);
  assert.equal(await run(["SIGTERM"]), 143);
  assert.equal(await run(["SIGINT"]), 130);
  assert.equal(await run(["SIGHUP"]), 129);
});
