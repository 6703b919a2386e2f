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
  /** Of `sent` and of `successes`. */
  readonly sentIpv6?: number;
  readonly successesIpv6?: number;
  readonly appSuccesses?: number;
  readonly captured?: number;
  readonly captureDrops?: number;
  /** Dropped by the interface's queue. */
  readonly queueDrops?: number;
  /** Errors by which frames were refused, and how often; and by which they were given up. */
  readonly refusals?: readonly (readonly [errno: number, count: number])[];
  readonly abandoned?: readonly (readonly [errno: number, count: number])[];
  /** What drops frames on their way out. */
  readonly filter?: string;
  /** Valid answers at other interfaces, and the number of one. */
  readonly elsewhere?: number;
  readonly elsewhereInterface?: number;
}

/** A ledger for tests. */
export function testLedger(counts: TestCounts): Ledger {
  const { failures = 0, sent = 0, successes = 0 } = counts;
  const send = makeCounters(SEND_SLOTS);
  send[SEND.made] = sent + failures;
  send[SEND.accepted] = sent;
  send[SEND.abandoned] = failures;
  for (const [errno, count] of counts.refusals ?? []) {
    send[SEND.refused]! += count;
    send[SEND.errno + errno] = count;
  }
  for (const [errno, count] of counts.abandoned ?? []) {
    send[SEND.abandonedErrno + errno] = count;
  }
  send[SEND.sentIpv6] = counts.sentIpv6 ?? 0;
  send[SEND.noNeighbour] = counts.noNeighbour ?? 0;
  const receive = makeCounters(RECEIVE_SLOTS);
  receive[RECEIVE.seen] = successes;
  receive[RECEIVE.valid] = successes;
  receive[RECEIVE.successUnique] = successes;
  receive[RECEIVE.validIpv6] = counts.successesIpv6 ?? 0;
  receive[RECEIVE.successUniqueIpv6] = counts.successesIpv6 ?? 0;
  receive[RECEIVE.appSuccessUnique] = counts.appSuccesses ?? 0;
  receive[RECEIVE.pcapReceived] = counts.captured ?? 0;
  receive[RECEIVE.pcapDropped] = counts.captureDrops ?? 0;
  receive[RECEIVE.elsewhere] = counts.elsewhere ?? 0;
  receive[RECEIVE.elsewhereInterface] = counts.elsewhereInterface ?? 0;
  const kernel = {
    ...NO_KERNEL_LOSSES,
    sendQueue: counts.queueDrops ?? 0,
    filter: counts.filter ?? null,
  };
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
  families: "ipv4",
  hasAppSuccess: false,
  wantedRatePps: 2000,
  pathLoss: null,
  outage: null,
  shortage: null,
  unknownShare: 0,
  sendSeconds: 5,
  maxSendSeconds: null,
  rowShare: null,
  cooldownSeconds: 2,
  cooldownElapsedSeconds: 0,
};
