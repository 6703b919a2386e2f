import assert from "node:assert/strict";
import {
  makeCounters,
  RECEIVE,
  RECEIVE_SLOTS,
  SEND,
  SEND_SLOTS,
} from "../shm/mod.ts";
import { NO_KERNEL_LOSSES } from "./kernel_counters.ts";
import { type Ledger, readLedger } from "./ledger.ts";
import {
  cutLedger,
  EMPTY_LEDGER,
  ledgerCounts,
  ledgerFrom,
  sumLedgers,
} from "./ledger_sum.ts";

/** A ledger in which every count is another number. */
function fullLedger(from: number): Ledger {
  let next = from;
  const sender = makeCounters(SEND_SLOTS).map(() => next++);
  const receiver = makeCounters(RECEIVE_SLOTS).map(() => next++);
  const kernel = {
    ...NO_KERNEL_LOSSES,
    sendQueue: 100_000 + next++,
    sendDevice: next++,
    receiveDevice: next++,
  };
  const output = { rows: next++, lostRows: next++, filtered: next++ };
  return readLedger([sender], receiver, kernel, output);
}

/** The equations that the summary tells. */
function assertBalanced({ output, receive, send }: Ledger): void {
  assert.equal(send.made, send.accepted + send.abandoned + send.pending);
  assert.equal(
    receive.seen,
    receive.damaged + receive.fragments + receive.otherLink +
      receive.unrecognised + receive.outside + receive.invalid + receive.valid,
  );
  assert.equal(
    receive.valid,
    receive.followUps + receive.aliases + receive.filtered +
      receive.handedOver + receive.lostHandOver,
  );
  assert.equal(
    receive.handedOver,
    output.rows + output.filtered + output.interrupted,
  );
}

Deno.test("ledgerFrom() makes of all counts the ledger that they are of", () => {
  const ledger = fullLedger(1);
  const made = ledgerFrom(JSON.parse(JSON.stringify(ledgerCounts(ledger))));
  const receive = { ...ledger.receive, elsewhereInterface: 0 };
  assert.deepEqual(made, { ...ledger, receive });
  assert.deepEqual(ledgerFrom({}), EMPTY_LEDGER);
  assert.deepEqual(ledgerFrom({ "send.unheard": 5 }), EMPTY_LEDGER);
});

Deno.test("sumLedgers() adds every count, by error too, and keeps what is so now", () => {
  const [one, two] = [fullLedger(1), fullLedger(1000)];
  const now = { ...two, send: { ...two.send, filter: "nft" } };
  const sum = sumLedgers(one, now);
  const [a, b] = [ledgerCounts(one), ledgerCounts(two)];
  for (const [name, count] of Object.entries(ledgerCounts(sum))) {
    assert.equal(count, (a[name] ?? 0) + (b[name] ?? 0), name);
  }
  assert.equal(Object.keys(ledgerCounts(sum)).length, Object.keys(a).length);
  assert.equal(sum.send.filter, "nft");
  assert.equal(
    sum.receive.elsewhereInterface,
    two.receive.elsewhereInterface,
  );
  assert.deepEqual(sumLedgers(EMPTY_LEDGER, now), now);
});

Deno.test("cutLedger() balances what threads have counted in different moments, also summed up", () => {
  const sender = makeCounters(SEND_SLOTS);
  sender[SEND.made] = 98;
  sender[SEND.accepted] = 90;
  sender[SEND.abandoned] = 10;
  const receiver = makeCounters(RECEIVE_SLOTS);
  receiver[RECEIVE.seen] = 70;
  receiver[RECEIVE.invalid] = 5;
  receiver[RECEIVE.valid] = 66;
  receiver[RECEIVE.followUps] = 2;
  receiver[RECEIVE.lostHandOver] = 1;
  receiver[RECEIVE.handedOver] = 60;
  receiver[RECEIVE.successUnique] = 59;
  receiver[RECEIVE.appSuccessUnique] = 58;
  const output = { rows: 50, lostRows: 3, filtered: 4 };
  const torn = readLedger([sender], receiver, NO_KERNEL_LOSSES, output);
  const noted = { successes: 48, failures: 0, successesIpv6: 0 };
  const cut = cutLedger(torn, noted);
  assertBalanced(cut);
  assert.equal(cut.output.interrupted, 6);
  // 48 are noted, and one found no room.
  assert.equal(cut.receive.successUnique, 49);
  assert.equal(cut.receive.appSuccessUnique, 49);
  assert.equal(cutLedger(torn, null).receive.successUnique, 59);
  assertBalanced(sumLedgers(cut, sumLedgers(cut, cut)));
  assert.deepEqual(cutLedger(EMPTY_LEDGER, null), EMPTY_LEDGER);
});
