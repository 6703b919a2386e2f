import type { CheckpointContent } from "./checkpoint_file.ts";

/** What a checkpoint may say. */
export const TEST_CONTENT: CheckpointContent = {
  job: {
    program: "0.1.0",
    startedAt: "2026-01-02T03:04:05.000Z",
    directory: "/home/user",
    checkpoint: "found.csv.pacemap",
    args: ["-p", "80", "-o", "found.csv", "192.0.2.0/24"],
    seed: "12345678901234567890",
    salt: 0xffff_fff0,
    families: "ipv4",
    targetCount: 256,
    probesPerTarget: 1,
    parts: [
      { option: "--target-ports", text: "80", digest: "a", causes: [] },
      {
        option: "--seed",
        text: "12345678901234567890",
        digest: "b",
        causes: [],
      },
      {
        option: "TARGET",
        text: "",
        digest: "c",
        causes: [{ option: "--blocklist-file", digest: "d" }],
      },
    ],
  },
  state: {
    phase: "sending",
    writtenAt: "2026-01-02T03:05:05.000Z",
    work: {
      planned: [[{ first: 100, end: 256 }]],
      touched: [{ first: 100, end: 120 }],
      repairs: [{ pass: 1, ranges: [{ first: 3, end: 5 }] }],
    },
    journalEntries: 0,
    rows: 17,
    ratePps: 1000,
    outputs: [{
      path: "found.csv",
      format: "csv",
      offsetBytes: 204,
      digest: "e",
      owner: 1000,
    }],
    lives: [{
      startedAt: "2026-01-02T03:04:05.000Z",
      endedAt: "2026-01-02T03:05:05.000Z",
      reason: "",
      args: [],
      sendSeconds: 59.5,
      seconds: 60,
      packets: 100,
      rows: 17,
      mostUnrecorded: 30,
    }],
    secondsLeft: 90.5,
    ledger: { "send.accepted": 100, "receive.successUnique": 17 },
    measured: {
      evidence: [[
        { packets: 90, counted: 90, answers: 15, tried: 12, silent: 1 },
        { packets: 10, counted: 0, answers: 0, tried: 1.5, silent: 0 },
      ]],
      repair: {
        settledPositions: 80,
        settledLoss: 0.125,
        unknownPositions: 15,
        stretches: [
          { first: 3, end: 5, passes: 1, residual: 0.25, isKnown: true },
          { first: 7, end: 9, passes: 3, residual: 0.5, isKnown: true },
        ],
      },
      delay: { before: [0, 12.5], after: [12.5, 14], known: 2 },
      isRateKnown: true,
      passes: 2,
      busySeconds: 58.5,
      windowExcess: 0,
      changes: [{ atS: 3.25, ratePps: 1000, cause: "search", reason: "up" }],
      outages: [{
        cause: "link",
        text: "the link is down",
        startedAt: "2026-01-02T03:04:15.000Z",
        endedAt: "",
        positions: 5,
      }],
    },
  },
};
