import assert from "node:assert/strict";
import { nearestName } from "./nearest.ts";

const NAMES = [
  "--rate",
  "--retries",
  "--shard",
  "--shards",
  "--seed",
  "--target-ports",
];

Deno.test("nearestName() finds slips of the finger", () => {
  for (
    const [name, expected] of [
      ["--raet", "--rate"],
      ["--targt-ports", "--target-ports"],
      ["--sead", "--seed"],
      ["--retrys", "--retries"],
      ["--target", "--target-ports"],
    ] as const
  ) assert.equal(nearestName(name, NAMES), expected);
});

Deno.test("nearestName() finds nothing for other words", () => {
  for (const name of ["--colour", "-z", "", "--"]) {
    assert.equal(nearestName(name, NAMES), null);
  }
});
