import assert from "node:assert/strict";
import { runInterruptibly, type SignalSource } from "./signals.ts";

/** Delivers signals to whoever listens in this process, without sending any. */
class FakeSignals implements SignalSource {
  readonly #handlers: {
    readonly name: Deno.Signal;
    readonly handler: () => void;
  }[] = [];

  get listenerCount(): number {
    return this.#handlers.length;
  }

  addSignalListener(name: Deno.Signal, handler: () => void): void {
    this.#handlers.push({ name, handler });
  }

  removeSignalListener(name: Deno.Signal, handler: () => void): void {
    const at = this.#handlers.findIndex((other) =>
      other.name === name && other.handler === handler
    );
    this.#handlers.splice(at, 1);
  }

  raise(name: Deno.Signal): void {
    for (const other of this.#handlers) {
      if (other.name === name) other.handler();
    }
  }
}

Deno.test("runInterruptibly() returns what the task returns, and stops listening", async () => {
  const signals = new FakeSignals();
  assert.equal(await runInterruptibly(() => Promise.resolve(3), signals), 3);
  const broken = runInterruptibly(
    () => Promise.reject(new Error("broken")),
    signals,
  );
  await assert.rejects(broken, /broken/);
  assert.equal(signals.listenerCount, 0);
});

Deno.test("runInterruptibly() lets the task end after the first signal", async () => {
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    const signals = new FakeSignals();
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
  const signals = new FakeSignals();
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
  const signals = new FakeSignals();
  const code = await runInterruptibly(async () => {
    await Promise.resolve();
    signals.raise("SIGTERM");
    signals.raise("SIGINT");
    return await new Promise<number>(() => {});
  }, signals);
  assert.equal(code, 130);
});
