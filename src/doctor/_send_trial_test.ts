import assert from "node:assert/strict";
import type { PacketSink } from "../backend/mod.ts";
import type { Clock } from "../base/mod.ts";
import { ETHERNET_HEADER_BYTES, IPV4_DESTINATION } from "../wire/mod.ts";
import { MemorySink } from "./_memory_sink.ts";
import { SendTrial } from "./_send_trial.ts";
import { makeTestScan, makeTestTargets } from "./_test_scan.ts";
import { linkHeaderOf } from "./calibration.ts";
import { makeProbe } from "./checked_scan.ts";
import { checkedIpv4 } from "./family_scan.ts";

const BATCH = 16;
const EAGAIN = 11;

/** A clock that only the sink moves. */
class StillClock implements Clock {
  ns = 5e9;
  nowNs(): number {
    return this.ns;
  }
  wallClock(out: Uint32Array): void {
    out.fill(0);
  }
  sleepUntil(deadlineNs: number): void {
    this.ns = Math.max(this.ns, deadlineNs);
  }
}

/** Takes up to so many frames in a millisecond, and notes where they go. */
class SlowSink extends MemorySink implements PacketSink {
  readonly seen: number[] = [];
  readonly #clock: StillClock;
  readonly #most: number;

  constructor(clock: StillClock, most: number) {
    super({ capacity: BATCH, strideBytes: 128 });
    this.#clock = clock;
    this.#most = most;
  }
  override send(first: number, count: number): number {
    this.#clock.ns += 1e6;
    const taken = Math.min(count, this.#most);
    for (let slot = first; slot < first + taken; slot++) {
      const at = this.frameAt(slot) + ETHERNET_HEADER_BYTES;
      this.seen.push(this.view.getUint32(at + IPV4_DESTINATION));
    }
    return taken > 0 ? taken : -EAGAIN;
  }
}

function makeTrial(most: number): { trial: SendTrial; sink: SlowSink } {
  const clock = new StillClock();
  const sink = new SlowSink(clock, most);
  const trial = new SendTrial({
    sink,
    batch: BATCH,
    probe: makeProbe(checkedIpv4(makeTestScan()), linkHeaderOf(4)).probe,
    plan: { ipv4: makeTestTargets("198.18.0.0/26") },
    clock,
  });
  return { trial, sink };
}

Deno.test("SendTrial.run() sends each target in its turn for so long, and again from where it was", () => {
  const { sink, trial } = makeTrial(BATCH);
  assert.equal(trial.run(8), BATCH * 1000);
  assert.equal(sink.seen.length, 8 * BATCH);
  const once = sink.seen.slice(0, 64);
  assert.equal(new Set(once).size, 64, "each target once");
  assert.deepEqual(sink.seen.slice(64), once);
  assert.equal(trial.run(8), BATCH * 1000);
  assert.deepEqual(sink.seen.slice(128, 192), once);
});

Deno.test("SendTrial.run() counts only what the sink takes", () => {
  const { sink, trial } = makeTrial(4);
  assert.equal(trial.run(10), 4000);
  assert.equal(sink.seen.length, 40);
});

Deno.test("SendTrial.run() ends although the sink takes nothing", () => {
  const { sink, trial } = makeTrial(0);
  assert.equal(trial.run(10), 0);
  assert.equal(sink.seen.length, 0);
});
