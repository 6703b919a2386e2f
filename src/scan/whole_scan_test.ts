import assert from "node:assert/strict";
import { jobMetadata, positionsMetadata } from "./whole_scan.ts";

const PARTS = [{ option: "--seed", text: "5", digest: "ab" }, {
  option: "TARGET",
  text: "",
  digest: "cd",
}];

Deno.test("jobMetadata() leaves out values that are too long", () => {
  const job = JSON.parse(
    JSON.stringify(jobMetadata({ digest: "ef", parts: PARTS })),
  );
  assert.deepEqual(job, {
    digest: "ef",
    options: [
      { option: "--seed", value: "5", digest: "ab" },
      { option: "TARGET", digest: "cd" },
    ],
  });
});

Deno.test("positionsMetadata() counts in the order of the whole scan", () => {
  const positions = { first: 100, end: 150, total: 1000 };
  const unsent = [{ first: 10, end: 12 }];
  // A shard of both families that has targets of one only.
  const own = { firstPosition: 5, endPosition: 55 };
  assert.deepEqual(positionsMetadata({ positions }, unsent, own), {
    ...positions,
    unsent: [[105, 107]],
  });
  // This machine has left one family out.
  const less = { firstPosition: 5, endPosition: 54 };
  assert.deepEqual(positionsMetadata({ positions }, unsent, less), {
    ...positions,
    unsent: null,
  });
  assert.equal(positionsMetadata({ positions: null }, unsent, own), null);
});
