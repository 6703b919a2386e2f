import assert from "node:assert/strict";
import { findingsOf } from "./words.ts";

const GOOD = {
  exit_reason: "completed",
  targets_scanned: 1000,
  success_unique: 900,
  packets_sent: 1100,
  loss: {
    path: { rate: 0.0002, low: 0, high: 0.0009, samples: 500 },
    unknown_share: 0,
    places: { "send: refused": 0, "receive: ring": 0 },
    missed_estimate: 0,
    coverage_estimate: 0.9998,
  },
};

Deno.test("findingsOf() has nothing but good words for a scan that lost nothing", () => {
  const findings = findingsOf(GOOD);
  assert.deepEqual([...new Set(findings.map(({ level }) => level))], ["good"]);
  assert.match(findings[0]!.text, /99\.98%/);
});

Deno.test("findingsOf() names each place that has lost something, and what to do", () => {
  const places = { "receive: ring": 300, "send: refused": 5, output: 2 };
  const findings = findingsOf({
    ...GOOD,
    loss: { ...GOOD.loss, places },
    ledger: {
      receive: { seen: 900 },
      send: { refusedByErrno: { ENOBUFS: 5 } },
    },
  });
  const ring = findings.find(({ title }) => title.startsWith("receive: ring"))!;
  assert.equal(ring.level, "bad");
  assert.match(ring.title, /300/);
  assert.match(ring.remedy, /--capture-buffer/);
  const refused = findings.find(({ title }) => title.startsWith("send: ref"))!;
  assert.equal(refused.level, "note");
  assert.match(refused.text, /ENOBUFS 5 times/);
  assert.ok(findings.some(({ title }) => title === "output: 2"));
});

Deno.test("findingsOf() says what is not known", () => {
  const findings = findingsOf({
    ...GOOD,
    exit_reason: "SIGINT",
    loss: {
      path: null,
      path_reason: "no host answered",
      unknown_share: 0.25,
      places: {},
    },
    ranges_uncovered: [[10, 20], [30, 35]],
    outages: [{
      reason: "link down",
      start_time: "a",
      end_time: null,
      sent_again: 7,
    }],
  });
  const text = JSON.stringify(findings);
  assert.equal(findings[0]!.level, "bad");
  assert.match(text, /ended early: SIGINT/);
  assert.match(text, /no host answered/);
  assert.match(text, /25\.0% of the targets/);
  assert.match(text, /Not covered: 15 targets/);
  assert.match(text, /link down/);
});

Deno.test("findingsOf() takes metadata of any shape", () => {
  for (
    const odd of [{}, { loss: 7 }, {
      outages: "x",
      runs: [1],
      loss: { places: [] },
    }]
  ) {
    assert.ok(findingsOf(odd).length > 0);
  }
});
