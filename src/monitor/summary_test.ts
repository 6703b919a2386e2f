import assert from "node:assert/strict";
import { completeLibc } from "../../ffi/libc.ts";
import { testLedger } from "./_test_ledger.ts";
import { summaryLines } from "./summary.ts";

// Deno 2.6 takes a library that a test opens, and that stays open with the thread, for a leak.
completeLibc();

const FACTS = {
  targetsPlanned: 20_000,
  targetsProbed: 9000,
  byFamily: null,
  hasAppSuccess: false,
  sendSeconds: 1,
  pathLines: [],
  endedEarly: null,
  ownAddresses: 0,
  aliases: null,
};

Deno.test("summaryLines() tells both families apart where there are both", () => {
  const ledger = testLedger({
    ...{ sent: 9000, sentIpv6: 4000, successes: 150, successesIpv6: 60 },
  });
  const byFamily = {
    ipv4: { planned: 12_000, probed: 5000 },
    ipv6: { planned: 8000, probed: 4000 },
  };
  const text = summaryLines(ledger, { ...FACTS, byFamily }).join("\n");
  assert.match(
    text,
    /of these, IPv4 +5,000 {2}of 12,000; 5,000 packets, 90 hosts answered/,
  );
  assert.match(
    text,
    /of these, IPv6 +4,000 {2}of 8,000; 4,000 packets, 60 hosts answered/,
  );
  assert.doesNotMatch(summaryLines(ledger, FACTS).join("\n"), /IPv/);
});
