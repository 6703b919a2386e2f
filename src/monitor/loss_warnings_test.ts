import assert from "node:assert/strict";
import { completeLibc } from "../../ffi/libc.ts";
import { testLedger } from "./_test_ledger.ts";
import { LossWarnings } from "./loss_warnings.ts";
import { ENOBUFS } from "./refusals.ts";

// It stays open as long as the thread lives, which Deno 2.6 takes for a leak of the test that opens it.
completeLibc();

/** <asm-generic/errno.h> */
const EPERM = 1;
const EAGAIN = 11;
const EMSGSIZE = 90;

/** Feeds one ledger a second with these totals of queue drops; returns the warnings by second. */
function warningsOf(totals: readonly number[]): string[][] {
  const warnings = new LossWarnings();
  return totals.slice(1).map((total, i) =>
    warnings.update(
      testLedger({ queueDrops: total }),
      testLedger({ queueDrops: totals[i]! }),
      i + 1,
      1,
    )
  );
}

Deno.test("LossWarnings.update() warns once when a loss begins, not every second", () => {
  const warnings = warningsOf([0, 0, 100, 200, 300, 400]);
  assert.deepEqual(warnings.map((some) => some.length), [0, 1, 0, 0, 0]);
  assert.match(warnings[1]![0]!, /^send: queue: .*100 in the last second/);
});

Deno.test("LossWarnings.update() says when a loss changes by a factor", () => {
  const warnings = warningsOf([0, 100, 200, 1200, 2200, 2210]);
  assert.deepEqual(warnings.map((some) => some.length), [1, 0, 1, 0, 1]);
  assert.match(warnings[2]![0]!, /more now, 1,000 in the last second/);
  assert.match(warnings[4]![0]!, /less now, 10 in the last second/);
});

Deno.test("LossWarnings.update() says once that a loss has ended, with its total", () => {
  const totals = [0, 50, 100, ...Array<number>(10).fill(100)];
  const flat = warningsOf(totals).flat();
  assert.equal(flat.length, 2);
  assert.match(flat[1]!, /has ended, 100 in/);
});

Deno.test("LossWarnings.finish() closes what is still losing", () => {
  const warnings = new LossWarnings();
  warnings.update(
    testLedger({ queueDrops: 30 }),
    testLedger({ queueDrops: 0 }),
    1,
    1,
  );
  assert.match(warnings.finish(testLedger({ queueDrops: 30 }))[0]!, /30 in/);
  assert.deepEqual(warnings.finish(testLedger({ queueDrops: 30 })), []);
});

Deno.test("LossWarnings.update() stays brief when loss comes and goes for ten minutes", () => {
  const totals = [0];
  for (let second = 0; second < 600; second++) {
    totals.push(totals.at(-1)! + (second % 20 < 10 ? 10 ** (second % 3) : 0));
  }
  const flat = warningsOf(totals).flat();
  assert.ok(flat.length > 4 && flat.length < 15, `${flat.length} lines`);
});

Deno.test("LossWarnings.update() names what is wrong with the network in place of advice", () => {
  const [before, now] = [0, 100].map((queueDrops) =>
    testLedger({ queueDrops })
  );
  const text = (outage: string | null): string =>
    new LossWarnings().update(now!, before!, 1, 1, outage)[0]!;
  assert.match(text("the link is down"), /last second: the link is down$/);
  assert.match(text(null), /lower --rate$/);
});

Deno.test("LossWarnings.update() names what refuses frames, and tells those given up from those sent again", () => {
  const before = testLedger({});
  const again = new LossWarnings().update(
    testLedger({ refusals: [[EAGAIN, 5]] }),
    before,
    1,
    1,
  );
  assert.match(
    again[0]!,
    /^send: refused: the kernel refuses frames, 5 in .*: EAGAIN \(the send buffer or ring is full\); they are offered again/,
  );
  const lost = new LossWarnings().update(
    testLedger({ failures: 7, abandoned: [[EPERM, 6], [EMSGSIZE, 1]] }),
    before,
    1,
    1,
  );
  assert.deepEqual(lost.length, 1);
  assert.match(
    lost[0]!,
    /^send: given up: losing packets, 7 in .*: EPERM \(the firewall .*\), EMSGSIZE \(the probe is longer .*nft list ruleset/,
  );
});

Deno.test("LossWarnings.update() takes a filter that is known for the cause of ENOBUFS", () => {
  const filter = "the egress filter of up0";
  const lost = new LossWarnings().update(
    testLedger({ failures: 1, abandoned: [[ENOBUFS, 1]], filter }),
    testLedger({}),
    1,
    1,
  );
  assert.match(
    lost[0]!,
    /ENOBUFS \(the egress filter of up0 drops the frame\)/,
  );
});

Deno.test("LossWarnings.update() names the interface where answers arrive unseen", () => {
  const lost = new LossWarnings().update(
    testLedger({ elsewhere: 3, elsewhereInterface: 1 }),
    testLedger({}),
    1,
    1,
  );
  assert.match(lost[0]!, /^receive: elsewhere: .* arrive at lo, which is not/);
});
