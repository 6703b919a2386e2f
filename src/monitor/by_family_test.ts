import assert from "node:assert/strict";
import { totalsByFamily } from "./by_family.ts";
import { testLedger } from "./_test_ledger.ts";

Deno.test("totalsByFamily() shares the totals between the families", () => {
  const ledger = testLedger({
    ...{ sent: 90, failures: 10, sentIpv6: 40 },
    ...{ successes: 30, successesIpv6: 20 },
  });
  const all = { sent: 100, valid: 30, successUnique: 30 };
  const none = { sent: 0, valid: 0, successUnique: 0 };
  assert.deepEqual(totalsByFamily(ledger, "both"), {
    ipv4: { sent: 60, valid: 10, successUnique: 10 },
    ipv6: { sent: 40, valid: 20, successUnique: 20 },
  });
  assert.deepEqual(totalsByFamily(ledger, "ipv4"), { ipv4: all, ipv6: none });
  assert.deepEqual(totalsByFamily(ledger, "ipv6"), { ipv4: none, ipv6: all });
});
