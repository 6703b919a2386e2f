import {
  makeCounters,
  RECEIVE,
  RECEIVE_SLOTS,
  SEND,
  SEND_SLOTS,
} from "../shared/mod.ts";
import { NO_KERNEL_LOSSES } from "./kernel_counters.ts";
import { type Ledger, readLedger } from "./ledger.ts";

/** A ledger for tests: packets sent, unique successes, and what the interface's queue dropped. */
export function testLedger(
  sent: number,
  successes: number,
  queueDrops = 0,
): Ledger {
  const send = makeCounters(SEND_SLOTS);
  send[SEND.made] = sent;
  send[SEND.accepted] = sent;
  const receive = makeCounters(RECEIVE_SLOTS);
  receive[RECEIVE.seen] = successes;
  receive[RECEIVE.valid] = successes;
  receive[RECEIVE.successUnique] = successes;
  const kernel = { ...NO_KERNEL_LOSSES, sendQueue: queueDrops };
  return readLedger([send], receive, kernel, {
    rows: successes,
    lostRows: 0,
    filtered: 0,
  });
}
