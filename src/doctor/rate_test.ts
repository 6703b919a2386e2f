import assert from "node:assert/strict";
import type { LinkDetails } from "../link/mod.ts";
import {
  buildingCheck,
  buildingLimit,
  linkSpeedCheck,
  queueCheck,
  receivingCheck,
  sendingCheck,
  verdict,
} from "./rate.ts";

const ASKED = { ratePps: 10_000, frameBytes: 60 };
const LINK = details({ speedMbps: 1000 });

function details(
  facts: Partial<LinkDetails>,
): { name: string; details: LinkDetails } {
  const base = { queueKind: "fq_codel", queueBytesPerSecond: null };
  return { name: "eth0", details: { ...base, ...facts } as LinkDetails };
}

function measured(
  ratePps: number | null,
  isEstimate = false,
): { ratePps: number | null; how: string; isEstimate: boolean } {
  return { ratePps, how: "one thread", isEstimate };
}

Deno.test("linkSpeedCheck() counts what a frame takes on the wire", () => {
  const { check, limit } = linkSpeedCheck(LINK, ASKED);
  // The rate of the shortest frames that every gigabit data sheet has.
  assert.equal(Math.floor(limit!.ratePps), 1_488_095);
  assert.equal(check.status, "ok");
  assert.equal(check.found, "eth0 has 1 Gbit/s: 1,488,095 packets/s");
  assert.equal(check.needed, "6.72 Mbit/s on the wire");
  const above = linkSpeedCheck(LINK, { ...ASKED, ratePps: 1_488_096 });
  assert.equal(above.check.status, "warning");
  assert.match(above.check.remedy, /-r 1488095/);
  const unknown = linkSpeedCheck(details({ speedMbps: null }), ASKED);
  assert.equal(unknown.limit, null);
  assert.match(unknown.check.found, /does not say its speed/);
});

Deno.test("queueCheck() knows queues that hold packets back", () => {
  const bucket = details({ queueKind: "tbf", queueBytesPerSecond: 1e6 });
  const slow = queueCheck(bucket, ASKED);
  assert.equal(slow.check.status, "ok");
  assert.equal(Math.floor(slow.limit!.ratePps), 16_666);
  const fast = queueCheck(bucket, { ...ASKED, ratePps: 20_000 });
  assert.equal(fast.check.status, "warning");
  const shaper = queueCheck(details({ queueKind: "htb" }), ASKED);
  assert.equal(shaper.check.status, "warning");
  assert.match(shaper.check.remedy, /tc -s qdisc show dev eth0/);
  assert.equal(queueCheck(LINK, ASKED).check.status, "ok");
});

const ALONE = { senders: 1, processors: 2 };

Deno.test("sendingCheck() leaves a fifth to driver and receiver", () => {
  const { check, limit } = sendingCheck(measured(100_000), ASKED, ALONE);
  assert.equal(limit!.ratePps, 80_000);
  assert.match(check.found, /the rate takes 10% of that/);
  const above = { ...ASKED, ratePps: 80_001 };
  const warned = sendingCheck(measured(100_000), above, ALONE).check;
  assert.equal(warned.status, "warning");
  assert.match(warned.remedy, /-r 80000, or less/);
  // An estimate that costs more than the real thing has its reserve already.
  assert.equal(
    sendingCheck(measured(100_000, true), above, ALONE).check.status,
    "ok",
  );
  assert.equal(sendingCheck(measured(null), above, ALONE).limit, null);
  const unlimited = { ...ASKED, ratePps: null };
  assert.equal(sendingCheck(measured(1), unlimited, ALONE).check.status, "ok");
});

Deno.test("sendingCheck() counts all senders, and says how many would do", () => {
  const asked = { ...ASKED, ratePps: 200_000 };
  const both = { senders: 2, processors: 4 };
  const { check, limit } = sendingCheck(measured(100_000), asked, both);
  assert.equal(limit!.ratePps, 160_000);
  assert.equal(check.status, "warning");
  assert.match(check.found, /; 2 of these$/);
  assert.equal(check.remedy, "Use 3 senders: -T 3");
  const few = { senders: 2, processors: 3 };
  const { remedy } = sendingCheck(measured(100_000), asked, few).check;
  assert.match(remedy, /^Lower the rate: -r 160000/);
});

Deno.test("receivingCheck() warns when all answers together are too many", () => {
  assert.equal(receivingCheck(measured(10_000), ASKED).status, "ok");
  const few = receivingCheck(measured(2500), ASKED);
  assert.equal(few.status, "warning");
  assert.match(few.remedy, /at most 25% of the targets/);
  assert.equal(receivingCheck(measured(null), ASKED).status, "ok");
  assert.match(buildingCheck(measured(5e6), ASKED).found, /^5,000,000/);
});

Deno.test("verdict() is one sentence with the rate and the part that limits it", () => {
  const limits = [
    {
      part: "the link (eth0, 1 Gbit/s)",
      ratePps: 1_488_095.2,
      isMeasured: false,
    },
    { part: "sending (one thread)", ratePps: 612_345, isMeasured: true },
  ];
  const fine = { hasErrors: false, isSendingMeasured: true };
  assert.equal(
    verdict(limits, ASKED, fine),
    "This machine can hold about 610,000 packets/s: sending (one thread) limits it.",
  );
  assert.equal(
    verdict(limits.slice(0, 1), { ...ASKED, ratePps: 2e6 }, fine),
    "This machine can hold 1,488,095 packets/s, less than the 2,000,000 asked for: " +
      "the link (eth0, 1 Gbit/s) limits it.",
  );
  const bound = buildingLimit(measured(5e6))!;
  const unmeasured = { hasErrors: true, isSendingMeasured: false };
  assert.equal(
    verdict([bound], ASKED, unmeasured),
    "Without the errors above this machine could hold at most about 5,000,000 packets/s, " +
      "perhaps much less since sending was not measured: building packets (one thread) limits it.",
  );
  assert.match(verdict([], ASKED, fine), /not known.*\.$/);
});
