import assert from "node:assert/strict";
import { getLogger } from "@logtape/logtape";
import { PreflightError } from "../base/mod.ts";
import { TEST_CONTENT } from "../checkpoint/_test_content.ts";
import { likeCheckpoint, withCheckpoint } from "./checkpointed_families.ts";
import type { ScanConfig } from "./config.ts";
import { onlyFamily } from "./scan_targets.ts";

const IPV4 = { firstPosition: 0, endPosition: 256 };
const IPV6 = { firstPosition: 10, endPosition: 30 };
const JOB = { ...TEST_CONTENT.job, families: "both", targetCount: 276 };
const BOTH = {
  targets: {
    ipv4: IPV4,
    ipv6: IPV6,
    mix: {},
    firstPosition: 10,
    endPosition: 286,
  },
  checkpoint: { path: "found.pacemap", job: JOB },
} as unknown as ScanConfig;

function options(isResumed: boolean): Parameters<typeof withCheckpoint>[1] {
  return { isResumed, logger: getLogger(["pacemap", "test"]) };
}

Deno.test("a checkpoint says which families the machine could reach, and only they are gone on with", () => {
  assert.equal(withCheckpoint(BOTH, options(false)), BOTH);
  assert.equal(likeCheckpoint(BOTH, null), BOTH);
  assert.equal(likeCheckpoint(BOTH, { job: JOB }), BOTH);
  const reached = { ...BOTH, targets: onlyFamily(BOTH.targets, 6) };
  const { job } = withCheckpoint(reached, options(false)).checkpoint!;
  assert.deepEqual([job.families, job.targetCount], ["ipv6", 20]);
  // A machine that can reach both goes on with the one.
  const resumed = likeCheckpoint(BOTH, { job });
  assert.deepEqual(resumed.targets, reached.targets);
  const known = { ...resumed.checkpoint!, job };
  const config = { ...resumed, checkpoint: known };
  assert.equal(withCheckpoint(config, options(true)), config);
});

Deno.test("withCheckpoint() refuses to go on with both families where one cannot be reached", () => {
  const config = { ...BOTH, targets: onlyFamily(BOTH.targets, 4) };
  assert.throws(() => withCheckpoint(config, options(true)), PreflightError);
});
