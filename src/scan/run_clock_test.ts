import assert from "node:assert/strict";
import { RunClock } from "./run_clock.ts";

/** A clock and a count of SIGCONT that a test moves. */
class Scene {
  machineS = 100;
  continuations = 4;
  readonly clock: RunClock = new RunClock(
    { nowS: () => this.machineS, rest: () => Promise.resolve() },
    () => this.continuations,
  );

  /** Seconds that the clock goes on while the machine's does by `seconds`; `isStop`: SIGCONT ends them. */
  pass(seconds: number, isStop = false): number {
    const before = this.clock.nowS();
    this.machineS += seconds;
    if (isStop) this.continuations++;
    return this.clock.nowS() - before;
  }
}

Deno.test("RunClock.nowS() goes on with the machine, also while the main thread is kept waiting", () => {
  const scene = new Scene();
  assert.equal(scene.pass(0.25), 0.25);
  assert.equal(scene.pass(3600), 3600);
});

Deno.test("RunClock.nowS() does not count a stop, however often it is asked", () => {
  const scene = new Scene();
  for (let stops = 0; stops < 3; stops++) {
    assert.equal(scene.pass(3600, true), 0);
    assert.equal(scene.pass(2), 2);
  }
});

Deno.test("RunClock.nowS() cannot be held up by SIGCONT without a stop", () => {
  const scene = new Scene();
  let seconds = 0;
  for (let i = 0; i < 100; i++) {
    seconds += scene.pass(0.125, true);
  }
  assert.equal(seconds, 12.5);
});
