import assert from "node:assert/strict";
import type { PacketSource } from "../backend/mod.ts";
import type { Clock } from "../base/mod.ts";
import { DLT_EN10MB } from "../wire/mod.ts";
import { AnswerFeeder, type AnswerSlots } from "./_answer_feeder.ts";
import { MemorySink } from "./_memory_sink.ts";
import { type ReceiveTrialResult, runReceiveTrial } from "./_receive_trial.ts";
import { makeTestScan, makeTestScan6 } from "./_test_scan.ts";
import { linkHeaderOf } from "./calibration.ts";
import { makeProbe } from "./checked_scan.ts";
import { checkedIpv4, checkedIpv6, type FamilyTargets } from "./family_scan.ts";

const BATCH = 8;
const REPLAYS = 3;
const WARM_UP_ROUNDS = 2;
const ROUNDS = 4;
/** What handling an answer, and sending answers, takes on the clock of these tests. */
const ANSWER_NS = 1000;
const SENDING_NS = 7e6;

/** A wire in memory: what is sent is captured, at the cost of time on its own clock. */
class Wire extends MemorySink implements AnswerSlots, PacketSource, Clock {
  readonly linkType = DLT_EN10MB;
  readonly holdMs = 0;
  readonly seconds = 1_700_000_000;
  readonly microseconds = 5;
  wireBytes = 0;
  ns = 5e9;
  /** Sendings so far. */
  rounds = 0;
  /** Answers that are not to arrive, of each round. */
  lost = 0;
  failure: string | null = null;
  #arrived: Uint8Array[] = [];
  readonly #lengths = new Uint32Array(BATCH);

  constructor() {
    super({ capacity: BATCH, strideBytes: 256 });
  }
  override setFrame(slot = 0, lengthBytes = 0): void {
    this.#lengths[slot] = lengthBytes;
  }
  override send(first: number, count: number): number {
    this.ns += SENDING_NS;
    this.rounds++;
    for (let slot = first; slot < first + count - this.lost; slot++) {
      const at = this.frameAt(slot);
      const bytes = new Uint8Array(this.view.buffer, at, this.#lengths[slot]);
      this.#arrived.push(bytes.slice());
    }
    return count;
  }
  next(): number {
    if (this.failure !== null) return -1;
    const packet = this.#arrived.shift();
    if (packet === undefined) return 0;
    this.ns += ANSWER_NS;
    new Uint8Array(this.view.buffer).set(packet);
    this.wireBytes = packet.length;
    return packet.length;
  }
  lastError(): string {
    return this.failure ?? "";
  }
  wait(): void {
    throw new Error("the loop has slept");
  }
  stats(out: Float64Array): void {
    out.fill(0);
  }
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

/** @param feederKey what the answers are made with, when it is not the scan's own key */
function receive(
  wire: Wire,
  feederKey?: Uint32Array,
  scan: FamilyTargets = checkedIpv4(makeTestScan()),
): ReceiveTrialResult {
  const { isWide, plan, version } = scan;
  const { probe } = makeProbe(scan, linkHeaderOf(version));
  const validationKey = Uint32Array.of(1, 2, 3, 4);
  const feeder = new AnswerFeeder({
    slots: wire,
    probe,
    plan,
    validationKey: feederKey ?? validationKey,
  });
  return runReceiveTrial({
    capture: wire,
    clock: wire,
    send: () => feeder.send(),
    batch: BATCH,
    replays: REPLAYS,
    warmUpRounds: WARM_UP_ROUNDS,
    rounds: ROUNDS,
    probe,
    plan,
    isWide,
    validationKey,
    isPortChecked: true,
    dedup: { method: "full" },
  });
}

Deno.test("runReceiveTrial() measures the loop alone, and no round of the warm-up", () => {
  const wire = new Wire();
  const { answers, elapsedNs, error } = receive(wire);
  assert.equal(error, null);
  assert.equal(wire.rounds, WARM_UP_ROUNDS + ROUNDS);
  assert.equal(answers, ROUNDS * BATCH);
  assert.equal(elapsedNs, ROUNDS * BATCH * ANSWER_NS);
});

Deno.test("runReceiveTrial() measures answers over IPv6", () => {
  const scan = checkedIpv6(makeTestScan6());
  const { answers, elapsedNs, error } = receive(new Wire(), undefined, scan);
  assert.deepEqual([answers, error], [ROUNDS * BATCH, null]);
  assert.equal(elapsedNs, ROUNDS * BATCH * ANSWER_NS);
});

Deno.test("runReceiveTrial() waits for what is missing, but not for ever and not on the loop's time", () => {
  const wire = new Wire();
  wire.lost = 3;
  const { answers, elapsedNs, error } = receive(wire);
  assert.equal(error, null);
  assert.equal(wire.rounds, WARM_UP_ROUNDS + ROUNDS);
  assert.equal(answers, ROUNDS * (BATCH - 3));
  assert.equal(elapsedNs, answers * ANSWER_NS);
});

Deno.test("runReceiveTrial() gives up when nothing arrives at all", () => {
  const wire = new Wire();
  wire.lost = BATCH;
  assert.equal(receive(wire).answers, 0);
  assert.equal(wire.rounds, 1);
});

Deno.test("runReceiveTrial() counts no answer that does not pass validation", () => {
  const wire = new Wire();
  const { answers, error } = receive(wire, Uint32Array.of(4, 3, 2, 1));
  assert.deepEqual({ answers, error }, { answers: 0, error: null });
});

Deno.test("runReceiveTrial() tells why the capture has ended", () => {
  const wire = new Wire();
  wire.failure = "the interface disappeared";
  const { answers, error } = receive(wire);
  assert.deepEqual({ answers, error }, { answers: 0, error: wire.failure });
});
