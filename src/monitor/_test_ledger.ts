import {
  makeCounters,
  RECEIVE,
  RECEIVE_SLOTS,
  SEND,
  SEND_SLOTS,
} from "../shm/mod.ts";
import { NO_KERNEL_LOSSES } from "./kernel_counters.ts";
import { type Ledger, readLedger } from "./ledger.ts";
import type { Progress } from "./progress.ts";

/** What a ledger for tests is made from; what is left out is 0. */
export interface TestCounts {
  readonly sent?: number;
  readonly failures?: number;
  readonly noNeighbour?: number;
  readonly successes?: number;
  readonly appSuccesses?: number;
  readonly captured?: number;
  readonly captureDrops?: number;
  /** Dropped by the interface's queue. */
  readonly queueDrops?: number;
}

/** A ledger for tests. */
export function testLedger(counts: TestCounts): Ledger {
  const { failures = 0, sent = 0, successes = 0 } = counts;
  const send = makeCounters(SEND_SLOTS);
  send[SEND.made] = sent + failures;
  send[SEND.accepted] = sent;
  send[SEND.abandoned] = failures;
  send[SEND.noNeighbour] = counts.noNeighbour ?? 0;
  const receive = makeCounters(RECEIVE_SLOTS);
  receive[RECEIVE.seen] = successes;
  receive[RECEIVE.valid] = successes;
  receive[RECEIVE.successUnique] = successes;
  receive[RECEIVE.appSuccessUnique] = counts.appSuccesses ?? 0;
  receive[RECEIVE.pcapReceived] = counts.captured ?? 0;
  receive[RECEIVE.pcapDropped] = counts.captureDrops ?? 0;
  const kernel = { ...NO_KERNEL_LOSSES, sendQueue: counts.queueDrops ?? 0 };
  return readLedger([send], receive, kernel, {
    rows: successes,
    lostRows: 0,
    filtered: 0,
  });
}

/** Progress for tests: half a minute of sending, 10,000 targets so far. */
export const TEST_PROGRESS: Progress = {
  phase: "sending",
  packetsLeft: 30_000,
  hitBase: 10_000,
  hasAppSuccess: false,
  wantedRatePps: 2000,
  pathLoss: null,
  unknownShare: 0,
  sendSeconds: 5,
  maxSendSeconds: null,
  rowShare: null,
  cooldownSeconds: 2,
  cooldownElapsedSeconds: 0,
};
