import assert from "node:assert/strict";
import { TEST_CONTENT } from "../checkpoint/_test_content.ts";
import type { ScanParts } from "./scan_parts.ts";
import { NO_RUNS, runsUpTo } from "./runs_before.ts";
import { hitBase, targetsProbed } from "./targets_probed.ts";

const { state } = TEST_CONTENT;

Deno.test("runsUpTo() adds up the time of sending, without that between the runs", () => {
  const [life] = state.lives;
  const lives = [
    life!,
    {
      ...life!,
      // Ten days later.
      startedAt: "2026-01-12T00:00:00.000Z",
      endedAt: "2026-01-12T00:00:09.000Z",
      sendSeconds: 0.5,
      seconds: 9,
    },
  ];
  const before = runsUpTo({ ...state, lives });
  assert.deepEqual([before.sendSeconds, before.seconds], [60, 69]);
  assert.deepEqual([before.rows, before.targetsLeft], [17, 156]);
  assert.equal(before.ledger.send.accepted, 100);
});

Deno.test("runsUpTo() counts positions: packets to targets, and those that were given up or had no neighbour", () => {
  const ledger = {
    "send.accepted": 1000,
    "send.abandoned": 20,
    "send.noNeighbour": 3,
    "send.followUps": 10,
    "send.aliases": 5,
  };
  assert.equal(runsUpTo({ ...state, ledger }).done, 1008);
  assert.equal(runsUpTo({ ...state, ledger: {} }).done, 0);
});

Deno.test("targetsProbed() and hitBase() are of all runs: what is probed again counts once", () => {
  const parts = (done: number, before = NO_RUNS, method = "full") =>
    ({
      before,
      config: {
        targets: { firstPosition: 100, endPosition: 356 },
        dedup: { method },
      },
      controller: { done },
    }) as unknown as ScanParts;
  const before = runsUpTo(state);
  assert.equal(targetsProbed(parts(50)), 50);
  assert.equal(targetsProbed(parts(300)), 256);
  assert.equal(targetsProbed(parts(0, before)), 100);
  assert.equal(targetsProbed(parts(56, before)), 156);
  // With further probes, and repairs.
  assert.equal(targetsProbed(parts(900, before)), 256);
  assert.equal(hitBase(parts(56, before)), 156);
  // What was sent last is sent again, and may have brought its answers already.
  assert.equal(hitBase(parts(56, { ...before, done: 180 })), 180);
  assert.equal(hitBase(parts(56, { ...before, done: 999 })), 256);
  assert.equal(hitBase(parts(56, before, "none")), before.done + 56);
});
