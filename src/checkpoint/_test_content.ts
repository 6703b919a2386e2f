import type { CheckpointContent } from "./checkpoint_file.ts";

/** What a checkpoint may say. */
export const TEST_CONTENT: CheckpointContent = {
  job: {
    program: "0.1.0",
    startedAt: "2026-01-02T03:04:05.000Z",
    directory: "/home/user",
    args: ["-p", "80", "-o", "found.csv", "192.0.2.0/24"],
    seed: "12345678901234567890",
    salt: 0xffff_fff0,
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
      totals: { sent: 100, successUnique: 17 },
    }],
  },
};
